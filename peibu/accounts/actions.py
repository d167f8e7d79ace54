"""Deeds of this room."""

import datetime as dt

from django.db import transaction

from peibu.accounts.models import Assignment, Unit, User
from peibu.accounts.secrecy import person_key


@transaction.atomic
def open_account(
    *, username: str, password: str, name: str, id_number: str, role: str, unit: Unit | None, at: dt.datetime
) -> User:
    """Create an account for a natural person with its first role; `id_number` is hashed, not stored."""
    user = User.objects.create_user(username, password, name=name, person_key=person_key(id_number), created_at=at)
    Assignment.objects.create(user=user, role=role, unit=unit, valid_from=dt.date(2015, 1, 1))
    return user
