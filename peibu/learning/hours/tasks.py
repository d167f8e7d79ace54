"""Standing work: what came in is read, credited and looked through for signals."""

from procrastinate.contrib.django import app

from peibu.accounts import clock


@app.periodic(cron="*/10 * * * *")
@app.task(name="learning.read_hours", queueing_lock="read_learning_hours")
def read_hours(timestamp: int) -> None:
    """Every ten minutes: a claim can ask a quarter of an hour after the learning."""
    from peibu.learning.hours.refresh import refresh

    refresh(shift=clock.shift())


@app.periodic(cron="40 3 * * *")
@app.task(name="learning.look_for_signals", queueing_lock="look_for_learning_signals")
def look_for_signals(timestamp: int) -> None:
    """At night, over all classes."""
    from peibu.learning.signals.find import find_signals

    find_signals(at=clock.now())
