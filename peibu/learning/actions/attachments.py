"""Contents of attachments, kept once."""

import datetime as dt
from uuid import UUID

from peibu.learning.models import Attachment

LONGEST_TYPE = 200


def keep_files(files: dict[str, tuple[str, bytes]], *, tenant: UUID, stored: dt.datetime) -> None:
    """Keep contents by sha2: (content type, content). What is here already stays as it is."""
    rows = [
        Attachment(tenant=tenant, sha2=sha2, content_type=kind[:LONGEST_TYPE], content=content, stored=stored)
        for sha2, (kind, content) in files.items()
    ]
    if rows:
        Attachment.objects.bulk_create(rows, ignore_conflicts=True)
