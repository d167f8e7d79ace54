from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "peibu.portal"
