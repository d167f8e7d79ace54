"""Addresses of the officers' side. Each area of work keeps its own list beside its views."""

from django.urls import include, path

from peibu.desk.views import case, held_certificates, home, not_held, practitioners, records, rosters, todo

urlpatterns = [
    path("", home.show, name="desk-home"),
    path("", include("peibu.desk.urls_claims")),
    path("todo/", todo.show, name="desk-todo"),
    path("todo/chosen/", todo.chosen, name="desk-todo-chosen"),
    path("todo/move/", todo.move, name="desk-todo-move"),
    path("cases/", home.cases, name="desk-cases"),
    path("cases/<uuid:case_id>/", case.show, name="desk-case"),
    path("cases/<uuid:case_id>/move/", case.move, name="desk-case-move"),
    path("classes/<uuid:cohort_id>/rosters/<int:number>.xlsx", rosters.version, name="desk-roster-version"),
    path("sessions/<uuid:session_id>/not-held/", not_held.agree, name="desk-session-not-held"),
    path("documents/<uuid:document_id>/", case.document, name="desk-document"),
    path("records/", records.show, name="desk-records"),
    path("held-certificates/", held_certificates.show, name="desk-held-certificates"),
    path(
        "held-certificates/<uuid:certificate_id>/withdraw/",
        held_certificates.withdraw,
        name="desk-held-certificate-withdraw",
    ),
    path("practitioners/", practitioners.index, name="desk-practitioners"),
    path("practitioners/<uuid:person_id>/", practitioners.person, name="desk-practitioner"),
    path(
        "practitioners/qualifications/<uuid:qualification_id>/withdraw/",
        practitioners.take_back,
        name="desk-practitioner-withdraw",
    ),
    path("practitioners/<uuid:person_id>/name/", practitioners.name, name="desk-practitioner-name"),
    path("practitioners/engagements/<uuid:engagement_id>/leave/", practitioners.leave, name="desk-practitioner-leave"),
    path("recoveries/", include("peibu.desk.urls_recovery")),
    path("payments/", include("peibu.desk.urls_payments")),
    path("", include("peibu.desk.urls_exams")),
    path("", include("peibu.desk.urls_oversight")),
    path("", include("peibu.desk.urls_callbacks")),
    path("", include("peibu.desk.urls_calls")),
    path("", include("peibu.desk.urls_policies")),
    path("", include("peibu.desk.urls_catalogues")),
    path("", include("peibu.desk.urls_platforms")),
]
