"""About, Activities and Agents: what this store speaks, and what it knows of an activity or agent."""

import json

from django.http import HttpRequest, HttpResponse, JsonResponse

from peibu.accounts.access import platform, public
from peibu.accounts.enums import Scope
from peibu.api.xapi.answers import Parameters, sender_of
from peibu.api.xapi.answers import resource as speaks
from peibu.learning.queries.statements import definition_of, names_of
from peibu.learning.statement.actors import IDENTIFIERS
from peibu.learning.statement.keys import identifier

VERSIONS = ["1.0", "1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0"]
READERS = (Scope.READ, Scope.READ_MINE, Scope.STATE, Scope.PROFILE)


@public()
def show(request: HttpRequest) -> HttpResponse:
    """The versions spoken here; the only resource without a key and without a version."""
    return JsonResponse({"version": VERSIONS})


@platform(read=READERS)
@speaks
def activity(request: HttpRequest, version: str) -> HttpResponse:
    """An activity as the platform's statements tell it, those that this key may read."""
    wanted = Parameters(request, "activityId").iri("activityId", required=True)
    return _json(definition_of(wanted, tenant=request.platform.unit, sender=sender_of(request)))


@platform(read=READERS)
@speaks
def agent(request: HttpRequest, version: str) -> HttpResponse:
    """The person behind an agent, as far as the platform told of it: its identifier and the names it bore."""
    wanted = Parameters(request, "agent").agent("agent", required=True, groups=True)
    person = {"objectType": "Person"} | {name: [wanted[name]] for name in IDENTIFIERS & wanted.keys()}
    names = names_of(identifier(wanted), tenant=request.platform.unit, sender=sender_of(request))
    if "name" in wanted and wanted["name"] not in names:
        names.insert(0, wanted["name"])
    return _json(person | ({"name": names} if names else {}))


def _json(value: dict) -> HttpResponse:
    return HttpResponse(json.dumps(value, ensure_ascii=False), content_type="application/json")
