"""What holds for every answer of the xAPI addresses, and for a request that hides in a form.

xAPI 1.0.3 lets a browser send any method as a POST whose form holds headers, parameters and content (communication
1.3). It is unfolded before anybody asks who comes and what may be written; 2.0 has given this up.
"""

import io
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict

from peibu.api.xapi.versions import HEADER, LATEST, spoken
from peibu.learning.statement.errors import Invalid

PREFIX = "/api/xapi/"
OLDER = (
    PREFIX + "1.0/"
)  # the same resources for platforms of 1.0: a request that names no version is answered in theirs
_HEADERS = {
    "Authorization": "HTTP_AUTHORIZATION",
    "X-Experience-API-Version": "HTTP_X_EXPERIENCE_API_VERSION",
    "Content-Type": "CONTENT_TYPE",
    "Content-Length": "CONTENT_LENGTH",
    "If-Match": "HTTP_IF_MATCH",
    "If-None-Match": "HTTP_IF_NONE_MATCH",
    "Accept-Language": "HTTP_ACCEPT_LANGUAGE",
}
# What is answered was written by platforms: a browser may neither show it as a page of this address nor run it.
_SHUT = {"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff"}
_METHODS = ("GET", "PUT", "POST", "DELETE", "HEAD")


class XapiMiddleware:
    """Unfolds the alternate request syntax; writes the version on every answer, and that no browser may run it."""

    def __init__(self, get_response: Callable):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        try:
            if "method" in request.GET:
                unfold(request)
        except Invalid as fault:
            answer = told(fault)
        except RequestDataTooBig:
            answer = too_big()
        else:
            answer = self.get_response(request)
        answer[HEADER] = LATEST[spoken(request) or ("1" if request.path.startswith(OLDER) else "2")]
        for name, value in _SHUT.items():
            answer[name] = value
        return answer


def too_big() -> JsonResponse:
    """What holds more than is read at once is refused with the limit."""
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    fault = Invalid("请求正文", f"超过 {limit // 2**20} MB（{limit} 字节）", "请分成几次发送。")
    return told(fault, 413)


def told(fault: Invalid, status: int = 400) -> JsonResponse:
    """A fault as JSON: the whole sentence, and its parts for programs."""
    body = {"error": str(fault), "where": fault.where, "why": fault.why, "todo": fault.todo}
    return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})


def unfold(request: HttpRequest) -> None:
    """Turn the form into the request it stands for."""
    method = request.GET["method"]
    form = QueryDict(request.body.decode("utf-8", "replace"), encoding="utf-8")
    version = form.get("X-Experience-API-Version") or request.headers.get("X-Experience-API-Version", "")
    if request.method != "POST" or method not in _METHODS or not version.startswith("1.0"):
        raise Invalid("method", "只有 1.0.x 版的 POST 请求可以用 method 参数代替请求方法")
    if len(request.GET) > 1:
        raise Invalid("method", "使用 method 参数时，其他参数都应放在表单中")
    fields = form.dict()
    for name in _HEADERS.keys() & fields.keys():
        request.META[_HEADERS[name]] = fields.pop(name)
    content = fields.pop("content", None)
    if method in ("PUT", "POST") and content is None:
        raise Invalid("content", "表单中没有 content")
    _become(request, method, fields, content)


def _become(request: HttpRequest, method: str, fields: dict[str, str], content: str | None) -> None:
    if request.META.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        request.META["CONTENT_TYPE"] = "application/json"
    asked = QueryDict(mutable=True)
    asked.update(fields)
    request.method = request.META["REQUEST_METHOD"] = method
    request.META["QUERY_STRING"] = asked.urlencode()
    request.GET = asked
    request._body = (content or "").encode()
    request._stream = io.BytesIO(request._body)
    for cached in ("headers", "content_params"):
        request.__dict__.pop(cached, None)
