"""What runs by itself around places: offers end, the next in the list gets one."""

from procrastinate.contrib.django import app

from peibu.accounts import clock
from peibu.training.actions.applications import expire_offers


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="expire_place_offers")
def end_offers(timestamp: int) -> None:
    """Every ten minutes, because the demo's clock may jump."""
    expire_offers(at=clock.now())
