"""The demo city: a seeded generator and its loader."""


def accounts_table() -> list[tuple[str, ...]]:
    """One demo account per role (role, name, user name, password, unit or note); needs Django to be set up."""
    from peibu.demo.accounts import demo_accounts

    return [tuple(card) for card in demo_accounts()]
