from django.apps import AppConfig


class ExaminingConfig(AppConfig):
    name = "peibu.examining"

    def ready(self) -> None:
        from peibu.examining import hooks  # noqa: F401  registers guards of case moves
