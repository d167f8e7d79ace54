from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "peibu.learning"
