"""The Statements resource (xAPI 1.0.3 communication 2.1; IEEE 9274.1.1 4.1.6.1)."""

import functools
import json
from collections.abc import Callable
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date

from peibu.accounts.access import platform
from peibu.accounts.enums import Scope
from peibu.api.xapi.answers import Parameters, sender_of
from peibu.api.xapi.answers import resource as speaks
from peibu.api.xapi.middleware import told
from peibu.api.xapi.versions import LATEST, stamp
from peibu.learning.actions.statements import store
from peibu.learning.queries.attachments import contents, named_in
from peibu.learning.queries.statements import MOST, Search, consistent_through, find, one
from peibu.learning.statement.errors import Invalid
from peibu.learning.statement.formats import FORMATS, languages_of, shaped
from peibu.learning.statement.keys import identifier
from peibu.learning.statement.multipart import build
from peibu.learning.statement.package import read
from peibu.learning.statement.values import moment

USUAL = 100
_FILTERS = (
    "agent", "verb", "activity", "registration", "related_activities", "related_agents", "since", "until", "limit",
    "ascending",
)  # fmt: skip
_SHAPE = ("format", "attachments")
READERS = (Scope.READ, Scope.READ_MINE)


def dated(view: Callable) -> Callable:
    """Whatever a question is answered with, the answer says up to which moment everything stored can be seen."""

    @functools.wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return view(request)
        through = consistent_through(request.shift)
        response = view(request)
        response["X-Experience-API-Consistent-Through"] = stamp(through)
        return response

    return answer


@platform(read=READERS, write=(Scope.WRITE,))
@dated
@speaks
def resource(request: HttpRequest, version: str) -> HttpResponse:
    """Statements in and out."""
    if request.method == "POST":
        return _post(request, version)
    if request.method == "PUT":
        return _put(request, version)
    return _get(request)


def _keep(request: HttpRequest, version: str, package) -> list[str]:
    return store(package, by=request.platform, home=settings.BASE_URL, version=LATEST[version], shift=request.shift)


def _post(request: HttpRequest, version: str) -> HttpResponse:
    Parameters(request)
    package = read(request.body, request.META.get("CONTENT_TYPE", ""), version)
    return _json(json.dumps(_keep(request, version, package)))


def _put(request: HttpRequest, version: str) -> HttpResponse:
    asked = Parameters(request, "statementId").uuid("statementId", required=True)
    package = read(request.body, request.META.get("CONTENT_TYPE", ""), version, named=str(asked))
    _keep(request, version, package)
    return HttpResponse(status=204)


def _get(request: HttpRequest) -> HttpResponse:
    asked = Parameters(request, "statementId", "voidedStatementId", *_FILTERS, *_SHAPE)
    languages = languages_of(request.headers.get("Accept-Language", ""))
    shape = _shape(asked)
    if "statementId" in asked or "voidedStatementId" in asked:
        return _single(request, asked, shape, languages)
    return _page(request, _search(request, asked), shape, languages)


def _shape(asked: Parameters) -> str:
    shape = asked.text("format") or "exact"
    if shape not in FORMATS:
        raise Invalid("format", "应为 exact、ids 或 canonical")
    return shape


def _single(request: HttpRequest, asked: Parameters, shape: str, languages: list[str]) -> HttpResponse:
    if {"statementId", "voidedStatementId"} <= asked.names() or asked.names() & set(_FILTERS):
        raise Invalid("statementId", "按编号查询时只能再带 format 和 attachments")
    voided = "voidedStatementId" in asked
    wanted = asked.uuid("voidedStatementId" if voided else "statementId")
    found = one(wanted, tenant=request.platform.unit, sender=sender_of(request))
    if found is None or found.voided != voided:
        return told(Invalid("statementId", "没有这条语句", "请核对编号；已作废的语句用 voidedStatementId 查询。"), 404)
    text = json.dumps(shaped(found.statement, shape, languages), ensure_ascii=False)
    answer = _with_files(request, asked, text, [found.statement])
    answer["Last-Modified"] = http_date(found.stored.timestamp())
    return answer


def _search(request: HttpRequest, asked: Parameters) -> Search:
    agent = asked.agent("agent", groups=True)
    return Search(
        tenant=request.platform.unit,
        sender=sender_of(request),
        agent=identifier(agent) if agent else None,
        verb=asked.iri("verb"),
        activity=asked.iri("activity"),
        registration=asked.uuid("registration"),
        related_agents=asked.flag("related_agents"),
        related_activities=asked.flag("related_activities"),
        since=asked.moment("since"),
        until=asked.moment("until"),
        ascending=asked.flag("ascending"),
        limit=min(asked.count("limit") or USUAL, MOST),
        after=_place(asked.text("after")) if "after" in asked else None,
    )


def _page(request: HttpRequest, search: Search, shape: str, languages: list[str]) -> HttpResponse:
    page = find(search)
    asked = Parameters(request, *_FILTERS, *_SHAPE, "after")
    attached = asked.flag("attachments")
    statements = page.statements
    parsed = [json.loads(text) for text in statements] if attached or shape != "exact" else []
    if shape != "exact":
        statements = [json.dumps(shaped(one, shape, languages), ensure_ascii=False) for one in parsed]
    further = json.dumps(_more(request, page.more) if page.more else "")
    return _with_files(request, asked, f'{{"statements":[{",".join(statements)}],"more":{further}}}', parsed)


def _more(request: HttpRequest, place: tuple) -> str:
    asked = request.GET.dict() | {"after": Signer(salt="xapi").sign(f"{place[0].isoformat()} {place[1]}")}
    base = request.path.removesuffix("/more")
    return f"{base}/more?{urlencode(asked)}"


def _place(after: str) -> tuple:
    try:
        when, _blank, name = Signer(salt="xapi").unsign(after).rpartition(" ")
    except BadSignature:
        raise Invalid("after", "翻页链接不完整", "请原样使用上一页返回的 more 链接。") from None
    return moment(when, "after"), UUID(name)


@platform(read=READERS)
@dated
@speaks
def more(request: HttpRequest, version: str) -> HttpResponse:
    """The next page of an earlier question, by the link that came with the last one."""
    asked = Parameters(request, *_FILTERS, *_SHAPE, "after")
    asked.text("after", required=True)
    languages = languages_of(request.headers.get("Accept-Language", ""))
    return _page(request, _search(request, asked), _shape(asked), languages)


def _with_files(request: HttpRequest, asked: Parameters, text: str, statements: list[dict]) -> HttpResponse:
    if not asked.flag("attachments"):
        return _json(text)
    body, kind = build(text.encode(), contents(named_in(statements), tenant=request.platform.unit))
    return HttpResponse(body, content_type=kind)


def _json(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="application/json")
