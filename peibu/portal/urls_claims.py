"""Addresses of claims (enterprise) and public notices (everybody)."""

from django.urls import path

from peibu.portal.views import claims, notices

urlpatterns = [
    path("enterprise/claims/", claims.index, name="enterprise-claims"),
    path("enterprise/claims/draft/", claims.draft, name="enterprise-claim-draft"),
    path("enterprise/claims/<uuid:claim_id>/", claims.show, name="enterprise-claim"),
    path("enterprise/claims/<uuid:claim_id>/judge/", claims.judge, name="enterprise-claim-judge"),
    path("enterprise/claims/<uuid:claim_id>/invoice/", claims.invoice, name="enterprise-claim-invoice"),
    path("enterprise/claims/<uuid:claim_id>/roster/", claims.roster, name="enterprise-claim-roster"),
    path("enterprise/claims/<uuid:claim_id>/move/", claims.move, name="enterprise-claim-move"),
    path("enterprise/claims/<uuid:claim_id>/papers/<str:paper>", claims.paper, name="enterprise-claim-paper"),
    path(
        "enterprise/claims/<uuid:claim_id>/lines/<int:position>/determination.zip",
        claims.bundle,
        name="enterprise-claim-line-bundle",
    ),
    path("notices/", notices.index, name="notices"),
    path("notices/check/", notices.check, name="notice-check"),
    path("notices/<str:number>/", notices.show, name="notice"),
    path("notices/<str:number>/objection/", notices.objection, name="notice-objection"),
    path("notices/<str:number>/proof/<int:position>.json", notices.proof, name="notice-proof"),
    path("notices/<str:number>/result.pdf", notices.result, name="notice-result"),
]
