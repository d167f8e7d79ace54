"""The contents that go with statements."""

from collections.abc import Iterable
from uuid import UUID

from peibu.learning.models import Attachment


def named_in(statements: Iterable[dict]) -> set[str]:
    """The sha2 of every attachment of these statements."""
    found = set()
    for statement in statements:
        target = statement["object"]
        inner = target.get("attachments", []) if target.get("objectType") == "SubStatement" else []
        found.update(one["sha2"].lower() for one in (*statement.get("attachments", ()), *inner))
    return found


def contents(sha2s: set[str], *, tenant: UUID) -> list[tuple[str, str, bytes]]:
    """(sha2, content type, content) of those that are here."""
    rows = Attachment.objects.filter(tenant=tenant, sha2__in=sha2s).order_by("sha2")
    return [(row.sha2, row.content_type, bytes(row.content)) for row in rows]
