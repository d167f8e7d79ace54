"""What runs by itself: sessions nobody is in any more come to an end."""

from procrastinate.contrib.django import app

from peibu.accounts import clock
from peibu.courses.actions.sessions import close_idle


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="close_idle_learning")
def end_idle_learning(timestamp: int) -> None:
    """Every five minutes; nothing that was learned depends on it."""
    close_idle(at=clock.now())
