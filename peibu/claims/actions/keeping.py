"""Judgements kept for ever, many in one go."""

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from peibu.accounts.actor import Actor
from peibu.casework.actions import determination_of
from peibu.casework.models import Determination
from peibu.claims.about import Judged
from peibu.claims.models import ClaimLine


def keep_judgements(
    lines: Sequence[ClaimLine], judged: Mapping[UUID, Judged], *, by: Actor, at: dt.datetime
) -> dict[UUID, Determination]:
    """By line: its determination, the one it has when the judge says the same of the same facts, else a new one."""
    found, new = {}, []
    for line in lines:
        one = judged[line.pk]
        last = line.determination if line.determination_id else None
        if last is None or not _same(last, one):
            last = determination_of(line.pk, one.judgement, facts=one.facts, known_at=at, by=by, at=at)
            new.append(last)
        found[line.pk] = last
    Determination.objects.bulk_create(new, batch_size=500)
    return found


def _same(last: Determination, one: Judged) -> bool:
    same = (last.on, last.fingerprint) == (one.judgement.on, one.judgement.fingerprint)
    return same and last.facts == one.facts and last.decision == str(one.judgement.decision)
