"""Addresses of this room."""

from django.urls import path

from peibu.theme import gallery, views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("switch-role/", views.switch_role, name="switch-role"),
    path("language/", views.set_language, name="set_language"),
    path("my/", views.my_desk, name="my-desk"),
    path("progress/<uuid:progress_id>/", views.progress, name="progress"),
    path("theme/gallery/", gallery.show, name="gallery"),
    path("theme/gallery/job/<int:percent>/", gallery.job, name="gallery-job"),
]
