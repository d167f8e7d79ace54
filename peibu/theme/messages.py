"""Compiles the translations: `python -m peibu.theme.messages`, at set-up and after edits. Needs no gettext tools."""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parents[2] / "locale"


def _leave_out_untranslated(catalogue: Catalog) -> None:
    """A plural without translation would be written as an empty text and shown as such."""
    for message in list(catalogue):
        parts = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        if message.id and not all(parts):
            catalogue.delete(message.id, message.context)


def compile_all(folder: Path = LOCALE) -> list[Path]:
    """Write a .mo beside every .po under `folder`; untranslated and fuzzy entries are left out. Returns the files."""
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as handle:
            catalogue = read_po(handle, locale=source.parts[-3], abort_invalid=True)
        _leave_out_untranslated(catalogue)
        target = source.with_suffix(".mo")
        with target.open("wb") as handle:
            write_mo(handle, catalogue)
        written.append(target)
    return written


if __name__ == "__main__":
    compile_all()
