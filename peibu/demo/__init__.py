"""The demo city: a seeded generator and its loader."""


def accounts_table() -> list[tuple[str, ...]]:
    """One demo account per role (role, name, unit, user name, password); needs Django to be set up."""
    from peibu.demo.accounts import accounts_table as table

    return table()
