"""Jobs of certificates run at once, as the worker would."""

from procrastinate.contrib.django.models import ProcrastinateJob

from peibu.training.certificate_tasks import certificate_book


def sign_everything() -> None:
    for job in ProcrastinateJob.objects.filter(task_name="training.certificate_book"):
        certificate_book(**job.args)
