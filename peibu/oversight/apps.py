from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "peibu.oversight"
