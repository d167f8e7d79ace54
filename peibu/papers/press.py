"""Many certificates typeset beside the caller, by helpers: typst and Python need a core each.

Only bytes come back: no key and no database is ever in a helper. A helper ends when its master is gone, however that ended.
"""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager

from peibu.papers.certificates import CertificateData, certificate_pdf, certificates_pdf

# To start a helper takes as long as this many certificates.
FEW = 40
MOST_HELPERS = 4


class Press:
    """Made by `press`. Without a pool everything is done at once, in the order asked for."""

    def __init__(self, pool: ProcessPoolExecutor | None, helpers: int) -> None:
        self._pool, self._ahead = pool, 4 * helpers

    def book(self, certificates: list[CertificateData]) -> Future[bytes]:
        """All in one file, a page each. Its result raises what `certificates_pdf` raises."""
        if self._pool is not None:
            return self._pool.submit(certificates_pdf, certificates)
        done: Future[bytes] = Future()
        done.set_result(certificates_pdf(certificates))
        return done

    def singles(self, certificates: Iterable[CertificateData]) -> Iterator[bytes]:
        """A file each, in the order given; never more than a few ahead of who takes them. Raises as `certificate_pdf`."""
        if self._pool is None:
            yield from map(certificate_pdf, certificates)
            return
        waiting: deque[Future[bytes]] = deque()
        for certificate in certificates:
            waiting.append(self._pool.submit(certificate_pdf, certificate))
            if len(waiting) > self._ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


@contextmanager
def press(certificates: int, *, helpers: int | None = None) -> Iterator[Press]:
    """A press for that many certificates; helpers: one per core (at most MOST_HELPERS), none for a FEW certificates."""
    count = min(os.cpu_count() or 1, MOST_HELPERS) if helpers is None else helpers
    if certificates <= FEW or count < 1:
        yield Press(None, 0)
        return
    # "spawn": a fork would inherit the threads and the database connections of the master
    pool = ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), initializer=_end_with_master)
    try:
        yield Press(pool, count)
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_master() -> None:
    master = multiprocessing.parent_process()
    assert master is not None

    def watch() -> None:
        master.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
