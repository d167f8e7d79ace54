from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "peibu.training"

    def ready(self) -> None:
        from peibu.training import hooks  # noqa: F401  registers guards and effects of case moves
