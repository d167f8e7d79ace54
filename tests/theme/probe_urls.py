"""Addresses that exist only in the tests of the access rules."""

from django.http import HttpResponse
from django.urls import include, path

from peibu.accounts import access
from peibu.accounts.models import Division
from peibu.kernel.errors import Refused


def undeclared(request):
    return HttpResponse("open")


@access.public()
def reads(request):
    return HttpResponse(str(Division.objects.count()))


@access.public(writes=True)
def writes(request):
    Division.objects.create(name="写入区", kind="district")
    return HttpResponse("written")


@access.only("finance")
def for_finance(request):
    return HttpResponse("finance")


@access.only("agency_reviewer")
def for_reviewers(request):
    return HttpResponse("reviewers")


@access.demo_only()
def in_demo(request):
    return HttpResponse("demo")


@access.public()
def refuses(request):
    raise Refused("名额已满", "quota_full", "请选择下一期")


urlpatterns = [
    path("undeclared/", undeclared),
    path("reads/", reads),
    path("writes/", writes),
    path("for-finance/", for_finance),
    path("for-reviewers/", for_reviewers),
    path("in-demo/", in_demo),
    path("refuses/", refuses),
    path("", include("peibu.theme.urls")),
]
