"""Long work of this room, done by the job worker; each task calls one action."""

from procrastinate.contrib.django import app

from peibu.catalogue.models import Edition


@app.task(name="catalogue.read_edition", queue="imports")
def read_edition_file(*, edition: str) -> None:
    """Read the file of an edition that was too long for a page."""
    from peibu.catalogue.actions.editions import read_edition

    row = Edition.objects.select_related("division").filter(pk=edition).first()
    if row is not None:
        read_edition(row)
