"""Addresses of calls, panels, joint decisions and the expert library."""

from django.urls import path

from peibu.desk.views import calls, experts, listings

CALL = "calls/<uuid:call_id>/"
urlpatterns = [
    path("calls/", calls.index, name="desk-calls"),
    path("calls/new/", calls.new, name="desk-call-new"),
    path(CALL, calls.show, name="desk-call"),
    path(f"{CALL}panel/", calls.panel_step, name="desk-call-panel"),
    path("seats/<uuid:seat_id>/recuse/", calls.recuse_seat, name="desk-seat-recuse"),
    path(f"{CALL}notice/", calls.notice, name="desk-call-notice"),
    path(f"{CALL}list/", calls.to_list, name="desk-call-list"),
    path("applications/<uuid:application_id>/assent/", calls.give_assent, name="desk-application-assent"),
    path("applications/<uuid:application_id>/ask/", calls.ask_applicant, name="desk-application-ask"),
    path("experts/", experts.index, name="desk-experts"),
    path("experts/add/", experts.add, name="desk-expert-add"),
    path("listings/", listings.index, name="desk-listings"),
    path("listings/<uuid:listing_id>/", listings.show, name="desk-listing"),
    path("listings/<uuid:listing_id>/measure/", listings.measure, name="desk-listing-measure"),
    path("listings/<uuid:listing_id>/agreement/", listings.agreement, name="desk-listing-agreement"),
    path("appeals/<uuid:appeal_id>/decide/", listings.decide, name="desk-appeal-decide"),
]
