"""python -m peibu <command>"""

import sys

from peibu.cli.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
