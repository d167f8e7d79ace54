"""What runs by itself: the public page is asked whether it answers, notices end, their personal columns are taken off,
interrupted jobs go on."""

from django.conf import settings
from procrastinate import JobContext
from procrastinate.contrib.django import app

from peibu.accounts import clock
from peibu.casework.again import queue_again
from peibu.casework.notices import close_due_notices
from peibu.casework.reachability import probe
from peibu.casework.take_down import take_down_old


@app.periodic(cron="5 * * * *")
@app.task(queueing_lock="close_due_notices")
def end_notices(timestamp: int) -> None:
    """Every hour, because the demo's clock may jump over midnight at any time."""
    close_due_notices(at=clock.now())


@app.periodic(cron="35 3 * * *")
@app.task(queueing_lock="take_down_notices")
def take_down_notices(timestamp: int) -> None:
    take_down_old(at=clock.now())


@app.periodic(cron="*/20 * * * *")
@app.task(queueing_lock="probe_notices")
def probe_notices(timestamp: int) -> None:
    """In demo mode nothing is watched: its clock jumps over days on which nobody could have asked."""
    if not settings.DEMO:
        probe(at=clock.now())


@app.periodic(cron="* * * * *")
@app.task(name="casework.go_on", queueing_lock="go_on", pass_context=True)
async def go_on(context: JobContext, timestamp: int) -> None:
    """Every minute: a worker that was killed leaves its job behind as if it were still at it."""
    await queue_again(context.app)
