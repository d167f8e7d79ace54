"""Which account of each role the visitor is offered: the ones with work to do on the first day."""

from peibu.accounts.enums import Role

# role, user name of the preferred account ("" = the first of the role), note for the sign-in page
STARS: tuple[tuple[str, str, str], ...] = tuple((role, "", "") for role in Role.values)
