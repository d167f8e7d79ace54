"""What ./run asks Django in its own process: is there content, and with which accounts does a visitor sign in."""

import sys
import unicodedata
from collections.abc import Iterable, Sequence

from peibu.config.boot.toolchain import say


def has_accounts() -> bool:
    """Whether anybody can sign in; an empty site gets the demo city."""
    _set_up()
    from django.contrib.auth import get_user_model
    from django.db import connection

    try:
        return get_user_model().objects.exists()
    finally:
        connection.close()


def collects_static() -> bool:
    """Whether static files must be gathered; in demo mode they are served from where they lie."""
    _set_up()
    from django.conf import settings

    return not settings.WHITENOISE_USE_FINDERS


def show(address: str, seconds: float) -> None:
    """Print the address and one account per role."""
    from django.conf import settings

    say(f"已就绪（{seconds:.1f} 秒）：{address}/", "ready")
    if settings.DEMO:
        from django.db import connection

        from peibu.demo import accounts_table

        for line in aligned(accounts_table()):
            sys.stdout.write(f"    {line}\n")
        connection.close()
    say("按 Ctrl-C 停止", "stop with Ctrl-C")


def aligned(rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows as lines with columns under each other; a Chinese character is two columns wide."""
    table = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(*table, strict=True)]
    padded = ([cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)] for row in table)
    return ["  ".join(row).rstrip() for row in padded]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _set_up() -> None:
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
