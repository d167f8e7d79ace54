"""State, Activity Profile and Agent Profile (xAPI 1.0.3 communication 2.2 to 2.4, 2.6, 2.7)."""

import json
import re

from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date

from peibu.accounts.access import platform
from peibu.accounts.enums import Scope
from peibu.api.xapi.answers import Parameters
from peibu.api.xapi.answers import resource as speaks
from peibu.api.xapi.middleware import told
from peibu.learning.actions.documents import Condition, Content, delete_documents, post_document, put_document
from peibu.learning.enums import DocumentKind
from peibu.learning.queries.documents import Place, names, rows_of
from peibu.learning.statement.errors import Invalid
from peibu.learning.statement.keys import identifier
from peibu.learning.statement.package import JSON, parse

_TAG = re.compile(r'(?:W/)?"([^"]*)"')
MEDIA = "application/octet-stream"
STATES, PROFILES = (Scope.STATE,), (Scope.PROFILE,)


@platform(read=STATES, write=STATES)
@speaks
def state(request: HttpRequest, version: str) -> HttpResponse:
    """Where a learner stands in an activity."""
    asked = Parameters(request, "activityId", "agent", "registration", "stateId", "since")
    registration = asked.uuid("registration")
    name = asked.text("stateId")
    place = Place(
        request.platform.unit,
        DocumentKind.STATE,
        activity=asked.iri("activityId", required=True),
        agent=identifier(asked.agent("agent", required=True)),
        registration=str(registration) if registration else ("" if name is not None else None),
        name=name,
    )
    return _answer(request, version, asked, place, "stateId", all_at_once=True)


@platform(read=PROFILES, write=PROFILES)
@speaks
def activity_profile(request: HttpRequest, version: str) -> HttpResponse:
    """What is kept about an activity."""
    asked = Parameters(request, "activityId", "profileId", "since")
    activity = asked.iri("activityId", required=True)
    kind = DocumentKind.ACTIVITY_PROFILE
    place = Place(request.platform.unit, kind, activity=activity, name=asked.text("profileId"))
    return _answer(request, version, asked, place, "profileId")


@platform(read=PROFILES, write=PROFILES)
@speaks
def agent_profile(request: HttpRequest, version: str) -> HttpResponse:
    """What is kept about an agent."""
    asked = Parameters(request, "agent", "profileId", "since")
    agent = identifier(asked.agent("agent", required=True))
    place = Place(request.platform.unit, DocumentKind.AGENT_PROFILE, agent=agent, name=asked.text("profileId"))
    return _answer(request, version, asked, place, "profileId")


def _answer(
    request: HttpRequest, version: str, asked: Parameters, place: Place, name: str, *, all_at_once: bool = False
) -> HttpResponse:
    since = asked.moment("since")
    if request.method in ("GET", "HEAD"):
        return _names(place, since) if place.name is None else _document(place)
    if place.name is None and not (request.method == "DELETE" and all_at_once):
        raise Invalid(name, "缺少该参数")
    condition = _condition(request)
    if request.method == "DELETE":
        delete_documents(place, condition)
        return HttpResponse(status=204)
    return _write(request, version, place, condition)


def _write(request: HttpRequest, version: str, place: Place, condition: Condition) -> HttpResponse:
    sent = Content(request.META.get("CONTENT_TYPE") or MEDIA, request.body)
    if sent.is_json:
        parse(sent.content)
    if request.method == "POST":
        post_document(place, sent, condition, at=request.now)
        return HttpResponse(status=204)
    if (
        version == "1"
        and place.kind != DocumentKind.STATE
        and condition == Condition()
        and not rows_of(place).exists()
    ):
        raise Invalid("If-None-Match", "缺少 If-Match 或 If-None-Match", "新建文档请带 If-None-Match: *。")
    careful = place.kind != DocumentKind.STATE or version == "2"
    put_document(place, sent, condition, at=request.now, careful=careful)
    return HttpResponse(status=204)


def _names(place: Place, since) -> HttpResponse:
    found, newest = names(place, since=since)
    answer = HttpResponse(json.dumps(found, ensure_ascii=False), content_type=JSON)
    if newest:
        answer["Last-Modified"] = http_date(newest.timestamp())
    return answer


def _document(place: Place) -> HttpResponse:
    row = rows_of(place).first()
    if row is None:
        return told(Invalid("", "没有这份文档", "请核对参数。"), 404)
    answer = HttpResponse(bytes(row.content), content_type=row.content_type)
    answer["Content-Disposition"] = "attachment"
    answer["ETag"] = f'"{row.etag}"'
    answer["Last-Modified"] = http_date(row.updated.timestamp())
    return answer


def _condition(request: HttpRequest) -> Condition:
    return Condition(_tags(request.headers.get("If-Match")), _tags(request.headers.get("If-None-Match")))


def _tags(header: str | None) -> tuple[str, ...] | None:
    if header is None:
        return None
    return ("*",) if header.strip() == "*" else tuple(_TAG.findall(header)) or (header.strip(),)
