"""Addresses of the trainee's app. All under /trainee/: that is the whole scope of its service worker."""

from django.urls import path

from peibu.portal.views import phone

urlpatterns = [
    path("trainee/app.webmanifest", phone.manifest, name="trainee-manifest"),
    path("trainee/worker.js", phone.worker, name="trainee-worker"),
    path("trainee/offline/", phone.offline, name="trainee-offline"),
    path("trainee/today.json", phone.today, name="trainee-today"),
    path("trainee/scans/", phone.send, name="trainee-send"),
]
