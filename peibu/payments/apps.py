from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "peibu.payments"

    def ready(self) -> None:
        from peibu.payments import hooks  # noqa: F401  registers guards and effects of case moves
