"""Certificates as signed credentials: for their holders; what validators need of them, for everybody."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404

from peibu.accounts.access import public, signed_in
from peibu.gateways.seal import SealUnavailable
from peibu.papers.badges import MEDIA_TYPE
from peibu.training.models import CertificateBatch
from peibu.training.permissions.exam import certificates_of
from peibu.training.queries.credentials import credential_of, issuing_unit, key_document_of, status_list_of

UNAVAILABLE = 503


def _not_yet(problem: SealUnavailable) -> HttpResponse:
    return HttpResponse(str(problem), status=UNAVAILABLE, content_type="text/plain; charset=utf-8")


@signed_in()
def credential(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """One certificate as an Open Badge, for those who may have its PDF."""
    row = get_object_or_404(certificates_of(request.actor), pk=certificate_id)
    try:
        response = HttpResponse(credential_of(row), content_type=MEDIA_TYPE)
    except SealUnavailable as problem:
        return _not_yet(problem)
    response["Content-Disposition"] = f'attachment; filename="certificate-{row.serial_no:06d}.jwt"'
    response["Cache-Control"] = "no-store"
    return response


@public()
def status_list(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Which numbers of a batch are void, signed; it names nobody."""
    batch = get_object_or_404(CertificateBatch.objects.exclude(first=None), pk=batch_id)
    try:
        response = HttpResponse(status_list_of(batch), content_type=MEDIA_TYPE)
    except SealUnavailable as problem:
        return _not_yet(problem)
    response["Cache-Control"] = "no-cache"
    response["Access-Control-Allow-Origin"] = "*"  # validators run in other sites' pages
    return response


@public()
def key_document(request: HttpRequest, code: str) -> HttpResponse:
    """The public key of an issuing bureau (did:web)."""
    unit = issuing_unit(code)
    if unit is None:
        raise Http404
    try:
        response = JsonResponse(key_document_of(unit), content_type="application/did+json")
    except SealUnavailable as problem:
        raise Http404 from problem
    response["Access-Control-Allow-Origin"] = "*"
    return response
