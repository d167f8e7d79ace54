from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "peibu.demo"
