"""A platform with a key, statements as platforms send them, and requests as programmes make them."""

import base64
import copy
import datetime as dt
import json
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from peibu.accounts.enums import Scope, UnitKind
from peibu.accounts.models import Division, PlatformKey, Unit, User
from peibu.accounts.platforms import Platform, digest_of, new_secret

VOIDED = "http://adlnet.gov/expapi/verbs/voided"

FULL = {
    "actor": {"objectType": "Agent", "name": "学员甲", "account": {"homePage": "https://p.example", "name": "k-1"}},
    "verb": {"id": "http://adlnet.gov/expapi/verbs/progressed", "display": {"zh-CN": "学习", "en": "progressed"}},
    "object": {
        "objectType": "Activity",
        "id": "https://p.example/course/1",
        "definition": {
            "name": {"zh-CN": "电工"}, "type": "http://adlnet.gov/expapi/activities/course",
            "interactionType": "choice", "correctResponsesPattern": ["a"],
            "choices": [{"id": "a", "description": {"zh-CN": "甲"}}, {"id": "b"}],
        },
    },
    "result": {
        "score": {"scaled": 0.5, "raw": 5, "min": 0, "max": 10}, "success": True, "completion": False,
        "response": "a", "duration": "PT30.25S", "extensions": {"https://p.example/x": None},
    },
    "context": {
        "registration": "f1f9b5de-0a84-4b60-9f79-5d4dd6ac2f4e",
        "instructor": {"mbox": "mailto:teacher@p.example"},
        "team": {"objectType": "Group", "member": [{"mbox": "mailto:a@p.example"}, {"openid": "https://p.example/u"}]},
        "contextActivities": {"parent": [{"id": "https://p.example/course"}], "grouping": {"id": "https://p.example/g"}},
        "revision": "3", "platform": "web", "language": "zh-CN",
        "statement": {"objectType": "StatementRef", "id": "0d8a3f6e-6f6b-4a52-9a0e-3c5a4a4f0c11"},
        "extensions": {"https://w3id.org/xapi/cmi5/context/extensions/sessionid": "s-1"},
    },
    "timestamp": "2026-11-28T08:30:00.123+08:00",
    "attachments": [
        {
            "usageType": "https://p.example/usage", "display": {"en": "photo"}, "contentType": "image/jpeg",
            "length": 3, "sha2": "a" * 64, "fileUrl": "https://p.example/f.jpg",
        }
    ],
}  # fmt: skip


def statement(**changes) -> dict:
    """A plain statement with an id of its own."""
    told = {name: copy.deepcopy(FULL[name]) for name in ("actor", "verb", "object", "timestamp")}
    return {"id": str(uuid4()), **told, **changes}


def learner(name: str) -> dict:
    return {"account": {"homePage": "https://p.example", "name": name}}


class Caller:
    """A platform's programme: requests with its key."""

    def __init__(self, *scopes: str, unit: Unit | None = None, version: str = "2.0.0"):
        division = Division.objects.order_by("name").first()
        self.unit = unit or Unit.objects.create(kind=UnitKind.ORGANISATION, name=f"平台{uuid4()}", division=division)
        self.secret = new_secret()
        now = timezone.now()
        self.key = PlatformKey.objects.create(
            unit=self.unit, label="测试", scopes=list(scopes or Scope.values), digest=digest_of(self.secret),
            issued_by=User.objects.first(), issued_at=now, expires_on=now.date() + dt.timedelta(days=300),
        )  # fmt: skip
        self.version = version
        self.client = Client()

    @property
    def platform(self) -> Platform:
        return Platform(self.key.pk, self.unit.pk, frozenset(self.key.scopes))

    def headers(self, **more) -> dict:
        basic = base64.b64encode(f"{self.key.pk}:{self.secret}".encode()).decode()
        return {"authorization": f"Basic {basic}", "x-experience-api-version": self.version, **more}

    def get(self, path: str, query: dict | None = None, **headers):
        return self.client.get(f"/api/{path}", query or {}, headers=self.headers(**headers))

    def post(self, path: str, body: object, kind: str = "application/json", **headers):
        content = body if isinstance(body, bytes | str) else json.dumps(body)
        return self.client.post(f"/api/{path}", content, content_type=kind, headers=self.headers(**headers))

    def put(self, path: str, body: object, **headers):
        content = json.dumps(body)
        return self.client.put(
            f"/api/{path}", content, content_type="application/json", headers=self.headers(**headers)
        )

    def delete(self, path: str, **headers):
        return self.client.delete(f"/api/{path}", headers=self.headers(**headers))
