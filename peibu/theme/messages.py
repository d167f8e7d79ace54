"""Collects and compiles the translations without gettext tools.

`python -m peibu.theme.messages` compiles (at set-up and after edits); with `--collect` it first brings every text of the
rooms into the catalogues, new ones without translation. See docs/how-to/translate.md.
"""

import argparse
import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "locale"
ROOMS = ROOT / "peibu"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_TEMPLATES = {".html", ".txt"}
_LEFT_OUT = {"migrations", "vendor", "node_modules"}
_PLACE = re.compile(r"%\(\w+\)[#0 +-]*[\d.]*[sdif]|%%|%[sdif]|<[^>]+>")


def _code_of(path: Path) -> str:
    """Python code of a file; a template is turned into its translation calls, whose indentation means nothing."""
    text = path.read_text(encoding="utf-8")
    if path.suffix not in _TEMPLATES:
        return text
    return "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).split("\n"))


def texts_of(path: Path) -> Iterator[tuple[str | tuple[str, str], str | None]]:
    """(msgid, context) of each text marked for translation in one file; with a plural the msgid is a pair."""
    code = io.BytesIO(_code_of(path).encode())
    for _line, text, _comments, context in extract("python", code, KEYWORDS, options={"encoding": "utf-8"}):
        yield text, context


def collect(rooms: Path = ROOMS) -> Catalog:
    """Every text under `rooms` that a translator must know, without translations."""
    catalogue = Catalog(charset="utf-8")
    for path in sorted(rooms.rglob("*")):
        if path.suffix in _TEMPLATES | {".py"} and not _LEFT_OUT & set(path.parts):
            for text, context in texts_of(path):
                catalogue.add(text, context=context)
    return catalogue


def _parts(message: Message) -> list[tuple[str, str]]:
    """(Chinese, translation) pairs; a plural has one for each form."""
    if not message.pluralizable:
        return [(message.id, message.string or "")]
    forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return [(message.id[0 if form == 0 else 1], text or "") for form, text in enumerate(forms)]


def _damage(chinese: str, text: str, *, singular: bool) -> str:
    """What is wrong with one translated text, or nothing. A singular may leave its number out ("one file")."""
    wanted, given = sorted(_PLACE.findall(chinese)), sorted(_PLACE.findall(text))
    if wanted == given or (singular and set(given) < set(wanted)):
        return ""
    return f"placeholders {given} instead of {wanted}"


def faults(used: Catalog, known: Catalog) -> list[str]:
    """One sentence for each text of `used` that `known` does not translate fully and safely."""
    told = []
    for message in used:
        if not message.id:
            continue
        found = known.get(message.id, message.context)
        if found is None or not all(text.strip() for _chinese, text in _parts(found)):
            told.append(f"no translation: {message.id}")
        elif found.fuzzy:
            told.append(f"fuzzy: {message.id}")
        elif found.pluralizable != message.pluralizable or (
            found.pluralizable and len(_parts(found)) != known.num_plurals
        ):
            told.append(f"plural forms: {message.id}")
        else:
            for form, (chinese, text) in enumerate(_parts(found)):
                wrong = _damage(chinese, text, singular=found.pluralizable and form == 0)
                told += [f"{wrong}: {message.id}"] if wrong else []
    return told


def read(source: Path) -> Catalog:
    """The catalogue of a .po file.

    Raises:
        PoFileError: the file is no valid catalogue.
    """
    with source.open("rb") as handle:
        return read_po(handle, locale=source.parts[-3], abort_invalid=True)


def update_all(folder: Path = LOCALE, rooms: Path = ROOMS) -> list[str]:
    """Bring the texts of the rooms into each .po: new ones empty, gone ones out. Returns what still needs a translator."""
    used, told = collect(rooms), []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        catalogue = read(source)
        catalogue.update(used, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        with source.open("wb") as handle:
            write_po(handle, catalogue, width=0, sort_output=True, no_location=True)
        told += [f"{source.parts[-3]}: {fault}" for fault in faults(used, catalogue)]
    return told


def _leave_out_untranslated(catalogue: Catalog) -> None:
    """A plural without translation would be written as an empty text and shown as such."""
    for message in list(catalogue):
        if message.id and not all(text for _chinese, text in _parts(message)):
            catalogue.delete(message.id, message.context)


def compile_all(folder: Path = LOCALE) -> list[Path]:
    """Write a .mo beside every .po under `folder`; untranslated and fuzzy entries are left out. Returns the files."""
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        catalogue = read(source)
        _leave_out_untranslated(catalogue)
        target = source.with_suffix(".mo")
        with target.open("wb") as handle:
            write_mo(handle, catalogue)
        written.append(target)
    return written


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--collect", action="store_true", help="first bring the texts of the rooms into the catalogues"
    )
    if parser.parse_args().collect:
        for fault in update_all():
            print(fault)  # noqa: T201
    compile_all()


if __name__ == "__main__":
    main()
