"""Which built files of the front-end packages the site serves, and the copy into static/vendor (never committed).

Standard library only, no Django: ./run calls it before anything is installed. Source maps come along because a static
file storage with a manifest refuses a reference to a missing one; licences because they must travel with the files.
"""

import shutil
from pathlib import Path

VENDOR = Path(__file__).resolve().parent / "static" / "vendor"
STAMP = ".stamp"

# file below node_modules -> file below static/vendor
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler/tabler.min.css",
    "@tabler/core/dist/css/tabler.min.css.map": "tabler/tabler.min.css.map",
    "@tabler/core/dist/js/tabler.min.js": "tabler/tabler.min.js",
    "@tabler/core/dist/js/tabler.min.js.map": "tabler/tabler.min.js.map",
    "@tabler/core/README.md": "tabler/README.md",  # carries the licence (MIT); the package has no licence file
    "@tabler/icons-webfont/dist/tabler-icons.min.css": "icons/tabler-icons.min.css",
    "@tabler/icons-webfont/dist/fonts/tabler-icons.woff2": "icons/fonts/tabler-icons.woff2",
    "@tabler/icons-webfont/dist/fonts/tabler-icons.woff": "icons/fonts/tabler-icons.woff",
    "@tabler/icons-webfont/dist/fonts/tabler-icons.ttf": "icons/fonts/tabler-icons.ttf",
    "@tabler/icons-webfont/LICENSE": "icons/LICENSE",
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
    "htmx.org/dist/htmx.min.js.map": "htmx/htmx.min.js.map",
    "htmx.org/LICENSE": "htmx/LICENSE",
    "echarts/dist/echarts.min.js": "echarts/echarts.min.js",
    "echarts/LICENSE": "echarts/LICENSE",
    "echarts/NOTICE": "echarts/NOTICE",
    "echarts/licenses/LICENSE-d3": "echarts/LICENSE-d3",
    "zrender/LICENSE": "echarts/LICENSE-zrender",
    "jsqr/dist/jsQR.js": "jsqr/jsQR.js",
    "jsqr/LICENSE": "jsqr/LICENSE",
}


def copy(node_modules: Path, version: str) -> bool:
    """Copy the files if another version lies there. Returns whether anything was copied.

    Raises FileNotFoundError naming the file that a package no longer ships.
    """
    wanted = f"{version} {sorted(FILES.items())}"
    stamp = VENDOR / STAMP
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return False
    shutil.rmtree(VENDOR, ignore_errors=True)
    for source, target in FILES.items():
        place = VENDOR / target
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(node_modules / source, place)
    stamp.write_text(wanted, encoding="utf-8")
    return True
