"""Files of courses: opened with a signed link by the person it was made for, in parts if wanted."""

from django.core.files.storage import Storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.courses.links import read_link
from peibu.courses.models import Caption, Media
from peibu.portal.ranges import ranged


@only(Role.TRAINEE, Role.PROVIDER, Role.ENTERPRISE)
def show(request: HttpRequest, token: str) -> HttpResponse:
    """A video, a document or captions. A link that was made up, is over or is another's opens nothing."""
    grant = read_link(token, by=request.actor, at=request.now)
    if grant is None:
        raise Http404
    if grant.caption:
        row = get_object_or_404(Caption, media=grant.media, language=grant.caption)
        answer = HttpResponse(row.text, content_type="text/vtt; charset=utf-8")
    else:
        answer = _file(request, get_object_or_404(Media, pk=grant.media))
    answer["Cache-Control"] = "private, no-store"
    return answer


def _file(request: HttpRequest, media: Media) -> HttpResponse:
    """From a folder of this machine in parts; a store elsewhere gets the visitor with a link of its own, short-lived."""
    store = media.file.storage
    if not _is_folder(store):
        return HttpResponseRedirect(store.url(media.file.name))
    answer = ranged(
        request, store.open(media.file.name, "rb"), size=media.size, content_type=media.content_type,
        etag=f'"{media.sha256}"',
    )  # fmt: skip
    answer["Content-Disposition"] = "inline"
    return answer


def _is_folder(store: Storage) -> bool:
    try:
        return bool(store.path("x"))
    except NotImplementedError:
        return False
