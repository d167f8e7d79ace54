from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TrainingConfig(AppConfig):
    name = "peibu.training"

    def ready(self) -> None:
        from peibu.training import hooks  # noqa: F401  registers guards and effects of case moves
        from peibu.training.actions.photos import index_old_photos

        post_migrate.connect(index_old_photos, sender=self)
