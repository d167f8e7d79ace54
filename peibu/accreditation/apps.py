from django.apps import AppConfig


class AccreditationConfig(AppConfig):
    name = "peibu.accreditation"

    def ready(self) -> None:
        from peibu.accreditation import hooks  # noqa: F401  registers guards and effects of case moves
