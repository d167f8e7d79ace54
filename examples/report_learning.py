"""Report learning records to Peibu from a platform's own system. Needs Python 3.9 or newer and `httpx`, nothing else.

    python report_learning.py https://peibu.example KEY SECRET hours hours.json
    python report_learning.py https://peibu.example KEY SECRET failures

KEY and SECRET come from the bureau. The file holds a JSON array in the shape of docs/reference/learning-intake.md.
Sending the same records again does no harm, so after a broken connection simply run it again.
"""

import json
import sys
import time

import httpx

BATCH = 500
BYTES = 20_000_000  # Peibu refuses more than 25 MB at once; photos get there first
ATTEMPTS = 5


class Peibu:
    """A connection with a platform's key."""

    def __init__(self, address: str, key: str, secret: str):
        self.client = httpx.Client(base_url=address.rstrip("/") + "/api/intake/", auth=(key, secret), timeout=60)

    def report(self, kind: str, items: list) -> list:
        """Send items of one kind (classes, hours, exams, questions, photos). Returns what was wrong with which item."""
        failed = []
        start = 0
        for batch in batches(items):
            body = ("[" + ",".join(batch) + "]").encode()
            answer = self._call("POST", kind, content=body, headers={"Content-Type": "application/json"})
            if answer.status_code not in (200, 422):
                raise RuntimeError(answer.json()["error"])
            failed += [one | {"item": one["item"] + start} for one in answer.json()["failed"]]
            start += len(batch)
        return failed

    def failures(self) -> list:
        """Items that Peibu could not take and that have not been put right since."""
        found, page = [], self._call("GET", "failures").json()["failures"]
        while page:
            found += page
            page = self._call("GET", "failures", params={"after": page[-1]["id"]}).json()["failures"]
        return found

    def _call(self, method: str, path: str, **content) -> httpx.Response:
        """Try again when the connection breaks or the server is busy: every record is counted once."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = self.client.request(method, path, **content)
                if answer.status_code < 500 or attempt == ATTEMPTS:
                    return answer
            except httpx.TransportError:
                if attempt == ATTEMPTS:
                    raise
            time.sleep(2**attempt)
        raise AssertionError("unreachable")


def batches(items: list, most: int = BATCH, size: int = BYTES):
    """Items as JSON texts, as many at a time as Peibu takes at once."""
    batch, full = [], 0
    for text in map(json.dumps, items):
        if batch and (len(batch) == most or full + len(text) + 1 > size):
            yield batch
            batch, full = [], 0
        batch.append(text)
        full += len(text) + 1  # and the comma; what json.dumps writes is ASCII, so characters are bytes
    if batch:
        yield batch


def main(address: str, key: str, secret: str, kind: str, *files: str) -> int:
    peibu = Peibu(address, key, secret)
    if kind == "failures":
        problems = [problem for one in peibu.failures() for problem in one["problems"]]
    else:
        problems = []
        for name in files:
            with open(name, encoding="utf-8") as file:
                problems += peibu.report(kind, json.load(file))
    for problem in problems:
        print(problem["sentence"])
    return 1 if problems else 0


if __name__ == "__main__":
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
