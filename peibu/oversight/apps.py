from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "peibu.oversight"

    def ready(self) -> None:
        from peibu.oversight import hooks  # noqa: F401  registers guards and effects of case moves
