"""Long work of training, done by the job worker; each task calls one action."""

from peibu.training import certificate_tasks, place_tasks, roster_tasks  # noqa: F401
