"""Signed certificates as the job makes them, against one document after the other: 1,500 in a minute on two cores.

python -m benchmarks.certificates [--people 1500] [--limit-people 60]

The limit, written by hand and plain: every certificate is typeset with its drawn ground, segno makes its QR code, pyHanko
puts its signature together; then all of it again for the book. It is measured on fewer people in the same run. What both
make is compared: the same words on the page, a signature the validator accepts. Database and disk are not in it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import os
import resource
import tempfile
import time
from pathlib import Path

import segno
from pypdf import PdfReader

from peibu.gateways.seal import SealSettings, seal_of, trusted_roots
from peibu.papers import certificates as papers
from peibu.papers import guilloche, typesetting
from peibu.papers.certificates import CertificateData, certificate_pdf
from peibu.papers.press import press
from peibu.papers.sealing import read_seal, sealed
from peibu.papers.steady import SteadySigner

BUREAU = "青岛市市南区人力资源和社会保障局"
TARGET_SECONDS, TARGET_PEOPLE = 60, 1500
PLACE = {"reason": "签发", "place": "青岛市"}
GROUND = 'background: image("ground.svg", width: paper-width, height: paper-height), margin: (x: 36mm'
TILED = (
    "background: rect(width: paper-width, height: paper-height, fill: tiling(size: (paper-width, paper-height), "
    'image("ground.svg", width: paper-width, height: paper-height))), margin: (x: 36mm'
)


def certificates(people: int) -> list[CertificateData]:
    return [
        CertificateData(
            serial=f"鲁青工培〔2020〕370202-{number:06d}",
            name="欧阳若兰",
            id_number_masked="3702**********0018",
            course_title="工业互联网平台应用与智能制造系统集成培训",
            provider="青岛大学",
            from_on=dt.date(2020, 9, 1),
            to_on=dt.date(2020, 9, 20),
            class_hours=40,
            issuer=BUREAU,
            issued_on=dt.date(2020, 10, 28),
            verify_url=f"https://peibu.example.cn/verify/370202-{number:06d}/?c=0123456789ab",
            check_code="0123 4567 89AB",
        )
        for number in range(1, people + 1)
    ]


class Clock:
    """Wall and CPU seconds (with those of helpers that have ended) since it was made."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), self._used()

    def read(self) -> tuple[float, float]:
        return time.perf_counter() - self._wall, self._used() - self._cpu

    @staticmethod
    def _used() -> float:
        kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, kinds))


def ours(rows: list[CertificateData], signer) -> tuple[list[bytes], bytes]:
    signer = SteadySigner(signer)
    with press(len(rows)) as at_work:
        book = at_work.book(rows)
        made = [sealed(pdf, signer, **PLACE) for pdf in at_work.singles(rows)]
        return made, sealed(book.result(), signer, **PLACE)


def by_hand(rows: list[CertificateData], signer) -> tuple[list[bytes], bytes]:
    made = [sealed(_plain([row], GROUND), signer, **PLACE) for row in rows]
    return made, sealed(_plain(rows, TILED), signer, **PLACE)


def _plain(rows: list[CertificateData], ground: str) -> bytes:
    """As one would write it first: the drawing in the template, the QR code by segno."""
    pictures = {"ground.svg": guilloche.certificate_ground()}
    for index, row in enumerate(rows):
        drawn = io.BytesIO()
        segno.make(row.verify_url, error="m", micro=False).save(drawn, kind="svg", border=0, xmldecl=False, scale=4)
        pictures[f"qr-{index}.svg"] = drawn.getvalue()
    pages = [papers._page(row, f"qr-{index}.svg", None) for index, row in enumerate(rows)]
    files = typesetting._template("certificate").decode().replace("margin: (x: 36mm", ground)
    real, typesetting._template = (
        typesetting._template,
        lambda name: files.encode() if name == "certificate" else real(name),
    )
    try:
        payload = {"document_title": rows[0].title, "certificates": pages}
        return typesetting.typeset("certificate", payload, dated=rows[0].issued_on, pictures=pictures)
    finally:
        typesetting._template = real


def words(pdf: bytes) -> str:
    return "".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=TARGET_PEOPLE)
    parser.add_argument("--limit-people", type=int, default=60)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = SealSettings(kind="test", folder=Path(folder), password="benchmark")
        signer = seal_of(settings, code="370202", name=BUREAU)
        rows = certificates(asked.people)
        certificate_pdf(rows[0])  # fonts are read once per process
        clock = Clock()
        made, book = ours(rows, signer)
        wall, cpu = clock.read()
        clock = Clock()
        plain, plain_book = by_hand(rows[: asked.limit_people], signer)
        limit_wall, limit_cpu = clock.read()
        roots = trusted_roots(settings)
        for file in (made[0], made[-1], book, plain[0], plain_book):
            assert (seal := read_seal(file, roots)) is not None
            assert seal.valid
        assert [words(file) for file in made[: len(plain)]] == [words(file) for file in plain]
    each, limit_each = cpu / asked.people, limit_cpu / asked.limit_people
    size = sum(map(len, made)) / asked.people / 1000
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(
        f"ours: {asked.people} signed files and the book: wall {wall:.1f} s, CPU {cpu:.1f} s, {1000 * each:.1f} ms each"
    )
    print(
        f"by hand ({asked.limit_people}): wall {limit_wall:.1f} s, CPU {limit_cpu:.1f} s, {1000 * limit_each:.1f} ms each"
    )
    print(f"ratio ours / by hand: {each / limit_each:.2f} in CPU")
    print(
        f"at this CPU price {TARGET_PEOPLE} take {TARGET_PEOPLE * each / 2:.0f} s of two free cores (target {TARGET_SECONDS})"
    )
    print(f"a file {size:.0f} KB, the book {len(book) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
