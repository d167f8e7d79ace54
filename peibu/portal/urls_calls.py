"""Addresses of calls, applications and expert reviews."""

from django.urls import path

from peibu.portal.views import applications, calls, reviews

APPLICATION = "applications/<uuid:application_id>/"
urlpatterns = [
    path("calls/", calls.index, name="calls"),
    path("calls/<uuid:call_id>/", calls.show, name="call"),
    path("calls/<uuid:call_id>/draw.json", calls.draw_json, name="call-draw"),
    path("calls/<uuid:call_id>/apply/", applications.start, name="application-start"),
    path("applications/", applications.index, name="applications"),
    path(APPLICATION, applications.show, name="application"),
    path(f"{APPLICATION}holdings/", applications.holding, name="application-holding"),
    path(f"{APPLICATION}holdings/<uuid:holding_id>/remove/", applications.drop, name="application-holding-remove"),
    path(f"{APPLICATION}evidence/", applications.evidence, name="application-evidence"),
    path(f"{APPLICATION}submit/", applications.submit, name="application-submit"),
    path(f"{APPLICATION}withdraw/", applications.withdraw, name="application-withdraw"),
    path(f"{APPLICATION}answers/<uuid:question_id>/", applications.reply, name="application-answer"),
    path(f"{APPLICATION}files/<uuid:evidence_id>/", applications.file, name="application-file"),
    path("applications/agreements/<uuid:agreement_id>/sign/", applications.sign, name="agreement-sign"),
    path("applications/measures/<uuid:measure_id>/appeal/", applications.appeal, name="measure-appeal"),
    path("reviews/", reviews.home, name="expert-home"),
    path("reviews/interests/", reviews.declare, name="expert-interest"),
    path("reviews/<uuid:seat_id>/<uuid:application_id>/", reviews.sheet, name="review"),
    path("reviews/<uuid:seat_id>/<uuid:application_id>/files/<uuid:evidence_id>/", reviews.file, name="review-file"),
    path("reviews/<uuid:seat_id>/recuse/", reviews.step_back, name="review-recuse"),
]
