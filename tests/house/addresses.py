"""Every address of the site with a path of made-up keys, for tests of the house."""

import re
from uuid import uuid4

from django.urls import URLPattern, URLResolver, get_resolver

SAMPLE = {"uuid": str(uuid4()), "int": "1", "str": "x", "slug": "x", "path": "x"}


def addresses() -> dict[str, tuple[object, str]]:
    """URL name -> (view, a path with made-up keys)."""
    found: dict[str, tuple[object, str]] = {}

    def walk(patterns, prefix: str) -> None:
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, route)
            elif isinstance(pattern, URLPattern):
                path = re.sub(r"<(?:(\w+):)?\w+>", lambda m: SAMPLE.get(m.group(1) or "str", "x"), route)
                found[pattern.name or route] = (pattern.callback, "/" + path)

    walk(get_resolver().url_patterns, "")
    return found


ALL = addresses()
