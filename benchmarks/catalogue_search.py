"""Searching a catalogue of 50,000 entries beside 1,000,000 registered wishes, against ILIKE without an index.

python -m benchmarks.catalogue_search [--entries 50000] [--wishes 1000000] [--rounds 40]

A database of its own is made on the embedded PostgreSQL (var/bench), filled and dropped. Asked is what the page asks: the
first thirty rows and how many there are. The limit is the query one writes by hand without an index, over the same words of
the same rows in the same connection. Both must find the same entries before a time is printed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import os
import random
import statistics
import time
from pathlib import Path

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
NAME = "peibu_bench_catalogue"
ON = dt.date(2020, 10, 12)
TARGET_MS = 100
HEADS = list("电焊钳车铣汽机建木瓦护餐茶农林渔纺织印染化药仪表网络数据云智")
MIDDLES = list("气工控装修配造设运检测养育艺饪播销管调试")
TAILS = ("工", "员", "师", "技师", "操作工", "管理员", "检测员", "装调工", "维修工", "服务员")
QUESTIONS = {
    "two characters": ["电工", "修工", "管理", "网络", "据养"],
    "pinyin": ["diangong", "hangong", "wangluo", "yinran", "qixiu"],
    "initials": ["dg", "wxg", "czg", "gly", "jcy"],
    "two words": ["电 技师", "网 gly", "6-01 员", "qi xiu", "数据 工"],
}


def open_database() -> None:
    from peibu.config import embedded

    os.environ["DATABASE_URL"] = embedded.ensure(ROOT / "var" / "bench")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(NAME)))
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
    os.environ["DATABASE_URL"] = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{NAME}"
    from peibu.cli import site

    site.set_up()
    from peibu.cli.tables import make_from_models

    make_from_models()


def close_database() -> None:
    from django.db import connections

    address = os.environ["DATABASE_URL"].rpartition("/")[0] + "/postgres"
    connections.close_all()
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(NAME)))


def fill(entries: int, wishes: int) -> None:
    from django.db import connection
    from django.utils import timezone

    from peibu.accounts.models import Division, User
    from peibu.catalogue.fragments import fold, grams, words_of
    from peibu.catalogue.models import Edition, Entry

    rng = random.Random(20201012)
    city = Division.objects.create(code="370200", name="青岛市", kind="city")
    user = User.objects.create(username="bench", name="bench", person_key="0" * 64, created_at=timezone.now())
    edition = Edition.objects.create(
        division=city, kind="general_training", title="目录", source="基准", effective_from=dt.date(2020, 1, 1),
        state="in_force", file_name="x.xlsx", sha256="0" * 64, uploaded_by=user, uploaded_at=timezone.now(),
        decided_by=user, decided_at=timezone.now(),
    )  # fmt: skip
    names = ["".join(parts) for parts in itertools.product(HEADS, HEADS, MIDDLES, TAILS)]
    rows = []
    for number, name in enumerate(rng.sample(names, entries)):
        code = f"6-{number % 40:02d}-{number // 40 % 40:02d}-{number // 1600:02d}"
        words = words_of(name, code)
        rows.append(
            Entry(
                division=city,
                kind="general_training",
                code=code,
                name=name,
                level="middle",
                industry=f"行业{number % 17}",
                valid=(dt.date(2020, 1, 1), None),
                opened_by=edition,
                words=fold(words),
                grams=grams(words),
            )  # fmt: skip
        )
    Entry.objects.bulk_create(rows, batch_size=2000)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO catalogue_demand (id, division_id, code, name, level, token, sender, registered_on)"
            " SELECT gen_random_uuid(), %s, '6-' || lpad((n %% 40)::text, 2, '0') || '-00-00', '职业' || n %% 40,"
            " 'middle', gen_random_uuid(), md5(n::text), DATE '2020-01-01' + (n %% 250)::int"
            " FROM generate_series(1, %s) n",
            [city.pk, wishes],
        )
        cursor.execute("VACUUM ANALYZE catalogue_entry, catalogue_demand")


def ours(question: str):
    from peibu.catalogue.queries.entries import matching, standing

    return matching(standing("general_training", on=ON), question)


def by_hand(question: str):
    """ILIKE over the same words, as one would write it first; no index can serve it."""
    from peibu.catalogue.queries.entries import standing

    rows = standing("general_training", on=ON)
    for word in question.split():
        rows = rows.extra(where=["catalogue_entry.words ILIKE %s"], params=[f"%{word}%"])
    return rows


def page(rows) -> float:
    """Milliseconds of what a page asks: thirty rows and their number."""
    began = time.perf_counter()
    list(rows[:30])
    rows.count()
    return 1000 * (time.perf_counter() - began)


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def measure(rounds: int) -> None:
    for kind, questions in QUESTIONS.items():
        for question in questions:
            found = set(ours(question).values_list("pk", flat=True))
            assert found == set(by_hand(question).values_list("pk", flat=True)), question
        mine = [page(ours(question)) for _ in range(rounds) for question in questions]
        hand = [page(by_hand(question)) for _ in range(max(2, rounds // 8)) for question in questions]
        plan = ours(questions[0]).order_by().explain()
        index = "entry_fragments" in plan
        print(
            f"{kind:15} p50 {statistics.median(mine):6.1f} ms  p95 {p95(mine):6.1f} ms  ILIKE p95 {p95(hand):7.1f} ms"
            f"  ratio {p95(mine) / p95(hand):.2f}  index {'entry_fragments' if index else 'NOT USED'}"
        )


def wishes_counted(rounds: int) -> None:
    from peibu.catalogue.queries.demand import wanted

    times = []
    for _ in range(max(3, rounds // 8)):
        began = time.perf_counter()
        assert wanted(on=ON, query="6-01")
        times.append(1000 * (time.perf_counter() - began))
    print(f"wishes counted by occupation and place: p50 {statistics.median(times):.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=50_000)
    parser.add_argument("--wishes", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=40)
    asked = parser.parse_args()
    open_database()
    try:
        fill(asked.entries, asked.wishes)
        print(
            f"{asked.entries} entries, {asked.wishes} wishes; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
        )
        measure(asked.rounds)
        wishes_counted(asked.rounds)
        print(f"target: p95 under {TARGET_MS} ms")
    finally:
        close_database()


if __name__ == "__main__":
    main()
