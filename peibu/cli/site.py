"""Django, set up only by the commands that need it: decide and facts start without."""

import os


def set_up() -> None:
    """Load the settings and all rooms. Starts the embedded PostgreSQL when DATABASE_URL is not set."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peibu.config.settings")
    import django

    django.setup()
