"""Addresses of demo mode."""

urlpatterns = []
