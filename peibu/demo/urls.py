"""Addresses of demo mode."""

from django.urls import path

from peibu.demo import views

urlpatterns = [path("clock/", views.move_clock, name="demo-clock")]
