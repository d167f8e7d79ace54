"""The signed files of a batch of certificates as a job."""

import datetime as dt
from concurrent.futures.process import BrokenProcessPool

from procrastinate.contrib.django import app

from peibu.accounts.actor import SYSTEM
from peibu.casework import progress as bar
from peibu.casework.again import repeatable
from peibu.gateways.seal import SealUnavailable
from peibu.kernel.errors import PeibuError
from peibu.papers.errors import PaperError
from peibu.training.models import CertificateBatch


@repeatable
@app.task(name="training.certificate_book", queue="papers")
def certificate_book(*, batch: str, progress: str, at: str) -> None:
    """Sign every certificate of a batch and the batch as one file. Running it again makes only what is missing."""
    from peibu.training.actions.sealed_files import seal_batch

    row = CertificateBatch.objects.select_related("cohort", "case__agency__division", "division").get(pk=batch)
    try:
        seal_batch(batch=row, by=SYSTEM, at=dt.datetime.fromisoformat(at), told=lambda done: bar.step(progress, done))
    except (PaperError, PeibuError, SealUnavailable) as problem:
        bar.finish(progress, problem=str(problem))
        return
    except BrokenProcessPool:  # a process that made papers was ended from outside, for want of memory as a rule
        bar.finish(
            progress, problem="制作证书文件的进程被系统中止，已完成的文件已保存。请稍后重新生成，只补做未完成的部分。"
        )
        return
    bar.finish(progress, result_url=f"/certificates/book/{row.pk}.pdf")
