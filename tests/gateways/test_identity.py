"""The real wire and the fake keep one contract; whatever is not a proper answer is none (docs/reference/identity-check.md)."""

import datetime as dt
import http.server
import json
import threading

import pytest

from peibu.gateways.identity import Ask, FakeIdentity, GatewayAway, HttpIdentity
from peibu.gateways.identity.http import SIGNATURE, signature

KEY = "shared-secret"
AT = dt.datetime(2020, 10, 12, 9, tzinfo=dt.UTC)
REGISTER = {"370202199001011234": "王芳", "370202199001011242": "李强"}
ASKS = [
    Ask("a", "王芳", "370202199001011234"),
    Ask("b", "王强", "370202199001011242"),
    Ask("c", "赵敏", "370202199001011250"),
]


class Server:
    """A register behind HTTP; `spoil` may change the reply before it is sent."""

    def __init__(self, fake):
        self.fake, self.spoil, self.seen = fake, lambda body: body, []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.seen.append((body, self.headers[SIGNATURE]))
                if outer.fake.away or self.headers[SIGNATURE] != signature(KEY, body):
                    self.send_error(503 if outer.fake.away else 403)
                    return
                reply = outer.spoil(outer.fake.reply(body))
                self.send_response(200)
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/checks"

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def server():
    found = Server(FakeIdentity(REGISTER, clock=lambda: AT))
    yield found
    found.close()


@pytest.fixture(params=["fake", "http"])
def service(request, server):
    return server.fake if request.param == "fake" else HttpIdentity(server.url, KEY)


def test_contract_one_answer_per_ask_in_order(service):
    answers = service.check(ASKS)
    assert [(row.key, row.verdict) for row in answers] == [("a", "match"), ("b", "mismatch"), ("c", "unknown")]
    assert all(row.reference and row.answered_at == AT for row in answers)


def test_contract_asked_again_it_is_the_same_answer(service):
    assert service.check(ASKS) == service.check(ASKS)


def test_contract_nobody_asked_nothing_answered(service):
    assert service.check([]) == []


def test_contract_away_is_said_never_answered(service, server):
    server.fake.away = True
    with pytest.raises(GatewayAway):
        service.check(ASKS)


def test_many_people_go_in_requests_of_a_hundred(server):
    asks = [Ask(str(n), "王芳", "370202199001011234") for n in range(205)]
    assert len(HttpIdentity(server.url, KEY).check(asks)) == 205
    assert [len(json.loads(body)["checks"]) for body, _signature in server.seen] == [100, 100, 5]


def test_a_wrong_key_is_no_answer(server):
    with pytest.raises(GatewayAway):
        HttpIdentity(server.url, "another").check(ASKS)


def test_nobody_listens():
    with pytest.raises(GatewayAway):
        HttpIdentity("http://127.0.0.1:9/checks", KEY, seconds=0.5).check(ASKS)


def _changed(**changes):
    def spoil(body):
        told = json.loads(body)
        told["answers"][0] |= changes
        return json.dumps(told).encode()

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: b"not json",
        lambda body: b'{"answers": []}',
        lambda body: json.dumps({"answers": json.loads(body)["answers"] * 2}).encode(),
        _changed(verdict="yes"),
        _changed(key="somebody else"),
        _changed(answered_at="2020-10-12T09:00:00"),
    ],
    ids=["no-json", "none", "twice", "strange-word", "another-key", "no-zone"],
)
def test_what_is_not_by_the_protocol_is_no_answer(server, spoil):
    server.spoil = spoil
    with pytest.raises(GatewayAway):
        HttpIdentity(server.url, KEY).check(ASKS)
