from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "peibu.training"
