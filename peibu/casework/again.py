"""Jobs whose worker ended without a word are queued again: those of which it is known that doing them twice harms nothing."""

from procrastinate import App
from procrastinate.tasks import Task

# Whoever kills its worker five times is to be looked at, not to be tried for ever.
MOST_ATTEMPTS = 5

_REPEATABLE: set[str] = set()


def repeatable(task: Task) -> Task:
    """Mark a task: begun anew it goes on where it was."""
    _REPEATABLE.add(task.name)
    return task


async def queue_again(app: App) -> list[int]:
    """Queue the repeatable jobs of workers without a heartbeat for half a minute; returns their numbers."""
    stalled = await app.job_manager.get_stalled_jobs()
    chosen = [job for job in stalled if job.task_name in _REPEATABLE and job.attempts < MOST_ATTEMPTS]
    for job in chosen:
        await app.job_manager.retry_job(job)
    return [job.id for job in chosen if job.id is not None]
