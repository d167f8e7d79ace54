"""What every resource does the same way: speak the version, read parameters strictly, say faults as JSON."""

import datetime as dt
import functools
from collections.abc import Callable
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse

from peibu.accounts.enums import Scope
from peibu.api.xapi.middleware import told, too_big
from peibu.api.xapi.versions import required
from peibu.learning.actions.documents import Precondition
from peibu.learning.actions.statements import Conflict
from peibu.learning.statement import actors, values
from peibu.learning.statement.errors import Invalid
from peibu.learning.statement.package import parse


def resource(view: Callable) -> Callable:
    """Call the view with the version; faults become 400, conflicts 409, unmet conditions 412, too much 413."""

    @functools.wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        try:
            return view(request, required(request))
        except Invalid as fault:
            return told(fault)
        except Conflict as clash:
            return JsonResponse({"error": str(clash)}, status=409, json_dumps_params={"ensure_ascii": False})
        except Precondition as unmet:
            body = {"error": str(unmet)}
            return JsonResponse(body, status=unmet.status, json_dumps_params={"ensure_ascii": False})
        except RequestDataTooBig:
            return too_big()
        except DataError:
            return told(Invalid("请求正文", "含有数据库无法保存的值"))

    return answer


def sender_of(request: HttpRequest) -> UUID | None:
    """Whose statements may be read: all of the platform, or only those of this key."""
    return None if request.platform.may(Scope.READ) else request.platform.key


class Parameters:
    """The query of a request: only names that the resource knows, each once."""

    def __init__(self, request: HttpRequest, *known: str):
        self._told = {}
        for name, found in request.GET.lists():
            if name not in known:
                raise Invalid(name, "该资源没有这个参数")
            if len(found) != 1:
                raise Invalid(name, "参数重复")
            self._told[name] = found[0]

    def names(self) -> set[str]:
        return set(self._told)

    def __contains__(self, name: str) -> bool:
        return name in self._told

    def text(self, name: str, *, required: bool = False) -> str | None:
        if required and name not in self._told:
            raise Invalid(name, "缺少该参数")
        return self._told.get(name)

    def _read(self, name: str, check: Callable, *, required: bool = False) -> object:
        found = self.text(name, required=required)
        return None if found is None else check(found, name)

    def iri(self, name: str, *, required: bool = False) -> str | None:
        return self._read(name, values.iri, required=required)

    def uuid(self, name: str, *, required: bool = False) -> UUID | None:
        found = self._read(name, values.uuid, required=required)
        return UUID(found) if found else None

    def moment(self, name: str) -> dt.datetime | None:
        return self._read(name, values.moment)

    def flag(self, name: str) -> bool:
        found = self._told.get(name, "false").lower()
        if found not in ("true", "false"):
            raise Invalid(name, "应为 true 或 false")
        return found == "true"

    def count(self, name: str) -> int:
        found = self._told.get(name, "0")
        if not (found.isascii() and found.isdigit() and len(found) < 10):
            raise Invalid(name, "应为非负整数")
        return int(found)

    def agent(self, name: str, *, required: bool = False, groups: bool = False) -> dict | None:
        """An agent (or identified group) written as JSON."""
        found = self.text(name, required=required)
        if found is None:
            return None
        told_agent = (actors.actor if groups else actors.agent)(parse(found.encode(), name), name)
        if not actors.IDENTIFIERS & told_agent.keys():
            raise Invalid(name, "缺少身份标识")
        return told_agent
