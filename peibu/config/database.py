"""Which PostgreSQL: DATABASE_URL, or the embedded server in the data folder."""

import os
from pathlib import Path
from urllib.parse import unquote

import environ


def database_url(var: Path) -> str:
    """The database address; starts the embedded server when none is given (the only side effect of the settings)."""
    given = os.environ.get("DATABASE_URL")
    if given:
        return given
    from peibu.config.embedded import ensure

    return ensure(var / "pg")


def database_settings(url: str) -> dict:
    """Django's form of a database address; unlike environ it reads an encoded socket directory as host."""
    settings = environ.Env.db_url_config(url)
    return settings | {"HOST": unquote(settings["HOST"])}
