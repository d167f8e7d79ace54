"""Signed certificates of one batch: a file each, typeset and sealed, as the job makes them. Target: 500 in a minute.

python -m benchmarks.certificates [--people 500]
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
import time
from pathlib import Path

from peibu.gateways.seal import SealSettings, seal_of, trusted_roots
from peibu.papers.certificates import CertificateData, certificate_pdf, certificates_pdf
from peibu.papers.sealing import read_seal, sealed

BUREAU = "青岛市市南区人力资源和社会保障局"
TARGET_SECONDS = 60


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=500)
    people = parser.parse_args().people
    with tempfile.TemporaryDirectory() as folder:
        settings = SealSettings(kind="test", folder=Path(folder), password="benchmark")
        signer = seal_of(settings, code="370202", name=BUREAU)
        rows = certificates(people)
        certificate_pdf(rows[0])  # fonts are read once per process
        wall, cpu = time.perf_counter(), time.process_time()
        made = [sealed(certificate_pdf(row), signer, reason="签发", place="青岛市") for row in rows]
        book = sealed(certificates_pdf(rows), signer, reason="签发", place="青岛市")
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        roots = trusted_roots(settings)
        assert all((seal := read_seal(file, roots)) is not None and seal.valid for file in (made[0], made[-1], book))
    size = sum(map(len, made)) / people / 1000
    print(f"{people} signed files and the book: wall {wall:.1f} s, CPU {cpu:.1f} s, {people / cpu:.1f} a CPU second")
    print(f"a file {size:.0f} KB, the book {len(book) / 1e6:.1f} MB; target {TARGET_SECONDS} s for 500")


if __name__ == "__main__":
    main()
