"""PostgreSQL without an installation: started from a bag of binaries, reached by a private Unix socket only.

Used when ``DATABASE_URL`` is not set. See docs/adr/0001-postgresql-everywhere.md. Standard library only, no Django:
``./run`` and the settings both import it before Django exists.
"""

from peibu.config.embedded.errors import EmbeddedError
from peibu.config.embedded.server import THROWAWAY, dump, ensure, erase, pid, restore, stop

__all__ = ["THROWAWAY", "EmbeddedError", "dump", "ensure", "erase", "pid", "restore", "stop"]
