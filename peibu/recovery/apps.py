from django.apps import AppConfig


class RecoveryConfig(AppConfig):
    name = "peibu.recovery"

    def ready(self) -> None:
        from peibu.recovery import hooks  # noqa: F401
