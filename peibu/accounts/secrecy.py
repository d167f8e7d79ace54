"""Encrypted fields and the keyed hash that finds a person without showing the number."""

import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet
from django.conf import settings
from django.db import models


@lru_cache(maxsize=2)
def _fernet(key: str) -> Fernet:
    import base64

    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()))


def encrypt(text: str) -> str:
    return _fernet(settings.FIELD_KEY).encrypt(text.encode()).decode() if text else ""


def decrypt(token: str) -> str:
    return _fernet(settings.FIELD_KEY).decrypt(token.encode()).decode() if token else ""


def person_key(id_number: str) -> str:
    """Keyed hash of a normalised identity number: 64 hex digits, the natural person's handle everywhere."""
    return hmac.new(settings.INDEX_KEY.encode(), id_number.encode(), hashlib.sha256).hexdigest()


def secret_index(text: str) -> str:
    """Keyed hash for equality search over any other secret (account numbers, phones)."""
    return hmac.new(settings.INDEX_KEY.encode(), b"x:" + text.encode(), hashlib.sha256).hexdigest()


class SecretField(models.TextField):
    """Text kept encrypted; never searchable, never shown without a mask."""

    def get_prep_value(self, value):
        return encrypt(value) if value is not None else None

    def from_db_value(self, value, expression, connection):
        return decrypt(value) if value is not None else None
