import cProfile, pstats, time
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from peibu.gateways.bank.fake import FakeBank
from peibu.payments.actions import import_reply, prepare_batch_of_cases, release_batch, mark_sent
from tests.payments.road import NOW, Road
from tests.payments.steps import DAY, LATER, content
pytestmark = pytest.mark.django_db

def test_profile(city):
    road = Road(city)
    n = 200
    cases = road.claims(n)
    road.money(sum(road.last_fens))
    def timed(name, deed):
        with CaptureQueriesContext(connection) as q:
            t = time.perf_counter(); c=time.process_time()
            out = deed()
            print(f"\n{name}: {time.perf_counter()-t:.2f}s cpu {time.process_time()-c:.2f}s queries {len(q)} = {len(q)/n:.1f}/payment")
        import collections,re
        k=collections.Counter(re.sub(r"'[^']*'|\d+","?",x["sql"])[:110] for x in q.captured_queries)
        for sql,m in k.most_common(26): print(f"   {m/n:5.2f} {sql}")
        return out
    batch = timed("prepare", lambda: prepare_batch_of_cases(cases=cases, by=road.maker, at=NOW))
    batch = timed("release", lambda: release_batch(batch=batch, by=road.releaser, at=NOW))
    mark_sent(batch=batch, by=road.maker, at=NOW)
    told = FakeBank().answer(batch.format, content(batch), on=DAY)
    timed("reply", lambda: import_reply(batch=batch, name="a", content=told, by=road.maker, at=LATER))
