from django.apps import AppConfig


class ClaimsConfig(AppConfig):
    name = "peibu.claims"

    def ready(self) -> None:
        from peibu.claims import hooks  # noqa: F401  registers guards and effects of case moves
