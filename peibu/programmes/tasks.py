"""Long work that an officer asked for, done by the job worker with a bar to look at."""

from procrastinate.contrib.django import app

from peibu.accounts import clock
from peibu.casework.progress import finish, step
from peibu.learning.hours.refresh import refresh
from peibu.learning.signals.find import find_signals

HUNDRED = 100


@app.task(name="programmes.read_learning")
def read_learning(*, progress: str, result: str) -> None:
    """Read new learning records, credit them and look for signals; the bar ends at `result`."""
    problem = "学习记录没有处理完，请稍后再试"
    try:
        now, shift = clock.reading()
        refresh(shift=shift, told=lambda done, total: step(progress, done * HUNDRED // (2 * total)))
        step(progress, HUNDRED // 2)
        find_signals(at=now)
        problem = ""
    finally:
        finish(progress, result_url="" if problem else result, problem=problem)
