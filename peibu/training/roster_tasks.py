"""Long rosters, read by the job worker."""

from procrastinate.contrib.django import app

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.training.models import RosterUpload


@app.task(name="training.read_roster", queue="imports")
def read_roster(*, upload: str) -> None:
    """Import an uploaded roster for whoever uploaded it. An upload replaced by a newer one is gone: nothing to do."""
    from peibu.training.actions.roster import read_queued

    row = RosterUpload.objects.select_related("signup__enterprise", "uploaded_by").filter(pk=upload).first()
    if row is not None:
        read_queued(upload=row, by=Actor(user=row.uploaded_by, role=Role.ENTERPRISE, unit=row.signup.enterprise))
