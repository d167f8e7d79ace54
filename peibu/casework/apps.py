from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "peibu.casework"

    def ready(self) -> None:
        from peibu.casework import objections  # noqa: F401  registers the effects of settling an objection
