"""Standing work: what came in is read, credited and looked through for signals."""

from procrastinate.contrib.django import app

from peibu.accounts import clock


@app.periodic(cron="*/10 * * * *")
@app.task(name="learning.read_hours", queueing_lock="read_learning_hours")
def read_hours(timestamp: int) -> None:
    """Every ten minutes: a claim can ask a quarter of an hour after the learning."""
    from peibu.learning.hours.refresh import refresh

    refresh(shift=clock.shift())
