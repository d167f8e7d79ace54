"""How many statements a second the store takes, and how long questions last while it grows; beside a naive store.

    .venv/bin/python -m benchmarks.learning_records [--seconds 5] [--rows 100000 1000000]

Both stand behind the same server (granian, 2 processes), are asked over HTTP by client processes on the same machine, and
commit every request with fsync. Only the naive one skips most of the validation.
"""

import argparse
import base64
import http.client
import json
import multiprocessing
import os
import random
import socket
import statistics
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

ROOT = Path(__file__).resolve().parents[1]
DATABASE = "peibu_bench_learning"
LEARNERS, COURSES = 5000, 200
SHAPES = ((1, 1), (1, 4), (100, 1), (100, 4))
QUESTIONS = 200


def statement(rng: random.Random) -> dict:
    """About 1.3 KB, as a player sends it."""
    learner, course = rng.randrange(LEARNERS), rng.randrange(COURSES)
    return {
        "id": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        "actor": {
            "objectType": "Agent",
            "account": {"homePage": "https://platform.example", "name": f"learner-{learner:06d}"},
        },
        "verb": {"id": "http://adlnet.gov/expapi/verbs/progressed", "display": {"zh-CN": "学习", "en": "progressed"}},
        "object": {
            "objectType": "Activity",
            "id": f"https://platform.example/course/{course}",
            "definition": {
                "name": {"zh-CN": "电工（中级工）线上培训课程", "en": "Electrician, intermediate"},
                "description": {"zh-CN": "安全用电、低压电器、照明线路的安装与检修" * 3},
                "type": "http://adlnet.gov/expapi/activities/course",
            },
        },
        "result": {
            "duration": f"PT{rng.randrange(20, 90)}.{rng.randrange(100):02d}S",
            "completion": False,
            "score": {"scaled": 0.5, "raw": 50, "min": 0, "max": 100},
            "extensions": {"https://w3id.org/xapi/video/extensions/time": rng.random() * 2400},
        },
        "context": {
            "registration": str(uuid.UUID(int=learner * COURSES + course, version=4)),
            "contextActivities": {"parent": [{"id": f"https://platform.example/programme/{course % 7}"}]},
            "platform": "web",
            "language": "zh-CN",
            "extensions": {"https://w3id.org/xapi/cmi5/context/extensions/sessionid": str(rng.getrandbits(40))},
        },
        "timestamp": "2026-11-28T08:30:00.123Z",
    }


def _database() -> str:
    import tests.database  # noqa: F401  the embedded server of this checkout

    address = urlsplit(os.environ["DATABASE_URL"])
    import psycopg

    with psycopg.connect(address.geturl(), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {DATABASE}")
    return address._replace(path=f"/{DATABASE}").geturl()


def _prepare() -> str:
    """Tables, one platform with a key, the naive store's tables. Returns the Authorization header."""
    os.environ["DATABASE_URL"] = _database()
    os.environ["DJANGO_SETTINGS_MODULE"] = "peibu.config.settings"
    import django

    django.setup()
    from django.utils import timezone

    from benchmarks.naive_store import make_tables
    from peibu.accounts.enums import Scope
    from peibu.accounts.models import Division, PlatformKey, Unit, User
    from peibu.accounts.platforms import digest_of, new_secret
    from peibu.cli.tables import make_from_models

    make_from_models()
    make_tables()
    now, secret = timezone.now(), new_secret()
    city = Division.objects.create(name="基准市", code="370000", kind="city")
    unit = Unit.objects.create(kind="organisation", name="基准平台", division=city)
    user = User.objects.create(username="bench", name="bench", person_key="bench", created_at=now)
    key = PlatformKey.objects.create(
        unit=unit, label="bench", scopes=list(Scope.values), digest=digest_of(secret), issued_by=user, issued_at=now,
        expires_on=now.date().replace(year=now.year + 1),
    )  # fmt: skip
    return "Basic " + base64.b64encode(f"{key.pk}:{secret}".encode()).decode()


class Server:
    """The production server on a free port."""

    def __init__(self, settings: str):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        env = os.environ | {"DJANGO_SETTINGS_MODULE": settings, "PEIBU_LOG": "ERROR"}
        command = [
            sys.executable,
            "-m",
            "peibu",
            "serve",
            "--port",
            str(self.port),
            "--workers",
            "2",
            "--threads",
            "4",
        ]
        self._process = subprocess.Popen(command, cwd=ROOT, env=env)
        self.pid = self._process.pid

    def __enter__(self) -> "Server":
        for _try in range(600):
            try:
                line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
                line.request("GET", "/")
                line.getresponse()
                return self
            except (OSError, http.client.HTTPException):
                time.sleep(0.2)
        raise RuntimeError("the server did not start")

    def __exit__(self, *_what) -> None:
        self._process.terminate()
        self._process.wait()


def _client(port: int, header: str, batch: int, seconds: float, seed: int, start, out) -> None:
    rng = random.Random(seed)
    rounds = max(20, int(seconds * 6000 / batch))
    bodies = [json.dumps([statement(rng) for _n in range(batch)]).encode() for _round in range(min(rounds, 4000))]
    headers = {"Authorization": header, "X-Experience-API-Version": "2.0.0", "Content-Type": "application/json"}
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    start.wait()
    times, wrong, end = [], 0, time.perf_counter() + seconds
    for body in bodies:
        begun = time.perf_counter()
        if begun > end:
            break
        line.request("POST", "/api/xapi/statements", body, headers)
        answer = line.getresponse()
        answer.read()
        wrong += answer.status != 200
        times.append(time.perf_counter() - begun)
    out.put((times, wrong))


class Taken(NamedTuple):
    """Statements a second, p50 and p95 in ms of a request, CPU ms a statement (server, database), wrong answers."""

    rate: float
    p50: float
    p95: float
    cpu: float
    wrong: int


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[1])


def _cpu(server: int) -> float:
    """CPU seconds so far of the server and of PostgreSQL, children included: hardly moved by what else runs here."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        database = _parent(cursor.fetchone()[0])
    parents, spent = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        parents[int(folder.name)], spent[int(folder.name)] = int(fields[1]), sum(map(int, fields[11:15]))
    mine = {server, database}
    for _depth in range(4):
        mine |= {pid for pid, parent in parents.items() if parent in mine}
    return sum(spent.get(pid, 0) for pid in mine) / os.sysconf("SC_CLK_TCK")


def ingest(server: "Server", header: str, batch: int, clients: int, seconds: float, seed: int) -> Taken:
    """Let clients send as fast as they are answered."""
    context = multiprocessing.get_context("fork")
    start, out = context.Barrier(clients), context.Queue()
    jobs = [
        context.Process(target=_client, args=(server.port, header, batch, seconds, seed + number, start, out))
        for number in range(clients)
    ]
    for job in jobs:
        job.start()
    before = _cpu(server.pid)
    found = [out.get() for _job in jobs]
    for job in jobs:
        job.join()
    cpu = _cpu(server.pid) - before
    times = sorted(one for told, _wrong in found for one in told)
    rate = sum(batch * len(told) / sum(told) for told, _wrong in found)
    cut = statistics.quantiles(times + times[-1:], n=100)
    wrong = sum(wrong for _told, wrong in found)
    return Taken(rate, cut[49] * 1000, cut[94] * 1000, cpu * 1000 / (batch * len(times)), wrong)


def questions(port: int, header: str) -> dict[str, tuple[float, float]]:
    """p50 and p95 in ms of each kind of question, one client."""
    rng, found = random.Random(5), {}
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": header, "X-Experience-API-Version": "2.0.0"}
    for name in ("latest 50", "learner", "course", "registration", "learner and course", "related course"):
        times = []
        for _round in range(QUESTIONS):
            begun = time.perf_counter()
            line.request("GET", f"/api/xapi/statements?{urlencode(_query(name, rng))}", headers=headers)
            answer = line.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(name)
            times.append((time.perf_counter() - begun) * 1000)
        cut = statistics.quantiles(times, n=100)
        found[name] = cut[49], cut[94]
    return found


def _query(name: str, rng: random.Random) -> dict:
    learner, course = rng.randrange(LEARNERS), rng.randrange(COURSES)
    agent = json.dumps({"account": {"homePage": "https://platform.example", "name": f"learner-{learner:06d}"}})
    activity = f"https://platform.example/course/{course}"
    return {"limit": 50} | {
        "latest 50": {},
        "learner": {"agent": agent},
        "course": {"activity": activity},
        "registration": {"registration": str(uuid.UUID(int=learner * COURSES + course, version=4))},
        "learner and course": {"agent": agent, "activity": activity},
        "related course": {
            "activity": f"https://platform.example/programme/{course % 7}",
            "related_activities": "true",
        },
    }[name]


def _rows() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM learning_statement")
        return cursor.fetchone()[0]


def main() -> None:
    told = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    told.add_argument("--seconds", type=float, default=5)
    told.add_argument("--rows", type=int, nargs="*", default=[100_000])
    given = told.parse_args()
    header = _prepare()
    print(f"load average at the start: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print("\nstore    batch clients   statements/s   p50 ms   p95 ms   CPU ms each  wrong")
    seed = 1
    for name, settings in (("naive", "benchmarks.naive_settings"), ("peibu", "peibu.config.settings")):
        with Server(settings) as server:
            ingest(server, header, 1, 2, 3, 0)
            for batch, clients in SHAPES:
                seed += 100
                told = ingest(server, header, batch, clients, given.seconds, seed)
                print(
                    f"{name:<8} {batch:>5} {clients:>7} {told.rate:>14.0f} {told.p50:>8.1f} {told.p95:>8.1f}"
                    f" {told.cpu:>13.3f} {told.wrong:>6}",
                    flush=True,
                )
    with Server("peibu.config.settings") as server:
        for rows in given.rows:
            while _rows() < rows:
                seed += 100
                ingest(server, header, 500, 2, 10, seed)
            told = ingest(server, header, 100, 4, given.seconds, seed + 50)
            asked = "; ".join(
                f"{name} {p50:.1f}/{p95:.1f}" for name, (p50, p95) in questions(server.port, header).items()
            )
            print(f"\n{_rows()} rows: {told.rate:.0f}/s, {told.cpu:.3f} CPU ms each; p50/p95 ms: {asked}", flush=True)
            seed += 100
    print(f"\nload average at the end: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
