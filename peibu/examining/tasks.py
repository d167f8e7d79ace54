"""What runs by itself: sittings end at their time, finished tests are counted."""

from procrastinate.contrib.django import app

from peibu.accounts import clock
from peibu.examining.actions.sittings import close_expired, count_finished


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="close_online_tests")
def end_online_tests(timestamp: int) -> None:
    """Every minute; nothing that was answered in time depends on it, only the sheet becomes complete."""
    at = clock.now()
    close_expired(at=at)
    count_finished(at=at)
