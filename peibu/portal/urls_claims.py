"""Addresses of claims (units, persons) and public notices (everybody)."""

from django.urls import path

from peibu.portal.views import claims, notices, own_claims

urlpatterns = [
    path("enterprise/claims/", claims.index, name="enterprise-claims"),
    path("enterprise/claims/draft/", claims.draft, name="enterprise-claim-draft"),
    path("enterprise/claims/project/", claims.draft_project, name="enterprise-claim-project"),
    path("enterprise/claims/class/<uuid:cohort_id>/", claims.people, name="enterprise-claim-class"),
    path("enterprise/claims/<uuid:claim_id>/", claims.show, name="enterprise-claim"),
    path("enterprise/claims/<uuid:claim_id>/judge/", claims.judge, name="enterprise-claim-judge"),
    path("enterprise/claims/<uuid:claim_id>/invoice/", claims.invoice, name="enterprise-claim-invoice"),
    path("enterprise/claims/<uuid:claim_id>/roster/", claims.roster, name="enterprise-claim-roster"),
    path("enterprise/claims/<uuid:claim_id>/move/", claims.move, name="enterprise-claim-move"),
    path("enterprise/claims/<uuid:claim_id>/papers/<str:paper>", claims.paper, name="enterprise-claim-paper"),
    path("enterprise/claims/<uuid:claim_id>/facts/", claims.state, name="enterprise-claim-facts"),
    path("enterprise/claims/<uuid:claim_id>/attach/<slug:code>/", claims.attach, name="enterprise-claim-attach"),
    path(
        "enterprise/claims/<uuid:claim_id>/lines/<int:position>/determination.zip",
        claims.bundle,
        name="enterprise-claim-line-bundle",
    ),
    path("trainee/claims/", own_claims.index, name="trainee-claims"),
    path("trainee/claims/draft/", own_claims.draft, name="trainee-claim-draft"),
    path("trainee/claims/<uuid:claim_id>/", own_claims.show, name="trainee-claim"),
    path("trainee/claims/<uuid:claim_id>/account/", own_claims.account, name="trainee-claim-account"),
    path("trainee/claims/<uuid:claim_id>/facts/", own_claims.state, name="trainee-claim-facts"),
    path("trainee/claims/<uuid:claim_id>/attach/<slug:code>/", own_claims.attach, name="trainee-claim-attach"),
    path("trainee/claims/<uuid:claim_id>/move/", own_claims.move, name="trainee-claim-move"),
    path("trainee/claims/<uuid:claim_id>/decision.pdf", own_claims.letter, name="trainee-claim-letter"),
    path("notices/", notices.index, name="notices"),
    path("notices/check/", notices.check, name="notice-check"),
    path("notices/<str:number>/", notices.show, name="notice"),
    path("notices/<str:number>/objection/", notices.objection, name="notice-objection"),
    path("notices/<str:number>/proof/<int:position>.json", notices.proof, name="notice-proof"),
    path("notices/<str:number>/result.pdf", notices.result, name="notice-result"),
]
