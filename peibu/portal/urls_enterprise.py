"""Addresses of an enterprise's sign-ups."""

from django.urls import path

from peibu.portal.views import enterprise, enterprise_papers, enterprise_steps, payee_account

urlpatterns = [
    path("enterprise/", enterprise.home, name="enterprise-home"),
    path("enterprise/account/", payee_account.show, name="payee-account"),
    path("enterprise/account/propose/", payee_account.propose, name="payee-account-propose"),
    path("enterprise/account/<uuid:change_id>/confirm/", payee_account.confirm, name="payee-account-confirm"),
    path("enterprise/account/<uuid:change_id>/object/", payee_account.object_to, name="payee-account-object"),
    path("enterprise/account/<uuid:change_id>/read/", payee_account.read, name="payee-account-read"),
    path("enterprise/account/<uuid:change_id>/withdraw/", payee_account.withdraw, name="payee-account-withdraw"),
    path("enterprise/account/<uuid:change_id>/paper/", payee_account.paper, name="payee-account-paper"),
    path("enterprise/signups/", enterprise.signups, name="enterprise-signups"),
    path("enterprise/signups/start/", enterprise.start, name="enterprise-signup-start"),
    path("enterprise/roster-template/", enterprise_papers.template, name="enterprise-roster-template"),
    path("enterprise/signups/<uuid:signup_id>/", enterprise.show, name="enterprise-signup"),
    path("enterprise/signups/<uuid:signup_id>/withdraw/", enterprise.withdraw, name="enterprise-signup-withdraw"),
    path("enterprise/signups/<uuid:signup_id>/roster/", enterprise_steps.roster, name="enterprise-signup-roster"),
    path("enterprise/signups/<uuid:signup_id>/job/", enterprise_steps.job, name="enterprise-signup-job"),
    path("enterprise/signups/<uuid:signup_id>/people/", enterprise_steps.add, name="enterprise-signup-add"),
    path(
        "enterprise/signups/<uuid:signup_id>/people/<uuid:line_id>/remove/",
        enterprise_steps.remove,
        name="enterprise-signup-remove",
    ),
    path("enterprise/signups/<uuid:signup_id>/check/", enterprise_steps.check, name="enterprise-signup-check"),
    path(
        "enterprise/signups/<uuid:signup_id>/provider/", enterprise_steps.provider, name="enterprise-signup-provider"
    ),
    path(
        "enterprise/signups/<uuid:signup_id>/commitment/",
        enterprise_steps.commitment,
        name="enterprise-signup-commitment",
    ),
    path(
        "enterprise/signups/<uuid:signup_id>/problems.xlsx",
        enterprise_papers.problems,
        name="enterprise-signup-problems",
    ),
    path(
        "enterprise/signups/<uuid:signup_id>/commitment.pdf",
        enterprise_papers.commitment,
        name="enterprise-signup-commitment-pdf",
    ),
    path(
        "enterprise/signups/<uuid:signup_id>/roster.pdf",
        enterprise_papers.roster_pdf_file,
        name="enterprise-roster-pdf",
    ),
    path(
        "enterprise/signups/<uuid:signup_id>/roster.xlsx",
        enterprise_papers.roster_table,
        name="enterprise-roster-xlsx",
    ),
]
