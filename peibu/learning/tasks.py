"""Standing work of this room, done by the job worker."""

from procrastinate.contrib.django import app

from peibu.accounts import clock


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="look_after_learning_records")
def look_after(timestamp: int) -> None:
    """Make the partitions of the coming months, and link references that came together with their targets."""
    from peibu.learning.actions.refs import link_late
    from peibu.learning.tables import make_months_ahead

    now = clock.now()
    make_months_ahead(now)
    link_late(at=now)
