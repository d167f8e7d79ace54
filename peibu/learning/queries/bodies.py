"""Statements by id: the id's own row names the month."""

import json
from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from peibu.learning.models import StatementRef
from peibu.learning.statement.keys import REGISTRATION, key

_BY_ID = """
SELECT s.id::text, s.body::text, s.actor_h, s.verb_h, s.act_h, s.reg::text, s.rel
FROM learning_statement_id k JOIN learning_statement s ON s.tenant = %s AND s.stored = k.stored AND s.id = k.id
WHERE k.id = ANY(%s::uuid[])
"""


def _rows(ids: Sequence[str], tenant: UUID) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(_BY_ID, [tenant, list(ids)])
        return cursor.fetchall()


def bodies_of(ids: Sequence[str], *, tenant: UUID) -> dict[str, dict]:
    """The platform's own statements among these ids."""
    return {row[0]: json.loads(row[1]) for row in _rows(ids, tenant)}


def keys_of(ids: Sequence[str], *, tenant: UUID) -> dict[str, set[int]]:
    """What these statements are found by, what they inherit from their own targets included."""
    found = {}
    for name, _body, actor, verb, act, reg, rel in _rows(ids, tenant):
        keys = {actor, verb, act, *rel} | ({key(REGISTRATION, reg)} if reg else set())
        found[name] = keys - {None}
    for row in StatementRef.objects.filter(pk__in=list(found), via__isnull=False):
        found[str(row.pk)] |= set(row.via)
    return found
