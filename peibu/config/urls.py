"""All addresses. Each view declares who may use it (`peibu.accounts.access`); an undeclared one is closed."""

from django.urls import include, path

urlpatterns = [
    path("", include("peibu.portal.urls")),
    path("desk/", include("peibu.desk.urls")),
    path("api/", include("peibu.api.urls")),
    path("demo/", include("peibu.demo.urls")),
    path("", include("peibu.theme.urls")),
]
