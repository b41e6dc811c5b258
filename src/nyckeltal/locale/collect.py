"""`python -m nyckeltal.locale.collect`: brings the .po file of every language up to date and compiles it; `--compile` only compiles."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.locale.from_kpis import from_kpis
from nyckeltal.locale.from_plans import from_plans
from nyckeltal.locale.from_python import from_python
from nyckeltal.locale.from_templates import from_templates
from nyckeltal.locale.message import Message

if TYPE_CHECKING:
    from babel.messages import Catalog

package = Path(__file__).parent.parent
unchanging = datetime(2026, 11, 22, tzinfo=UTC)  # gettext wants dates in its header; a real one would change every file at every run
plural_forms = {"hu": "nplurals=2; plural=(n != 1);"}  # as Django's own catalogue; Babel knows one form


def messages() -> tuple[list[Message], list[str]]:
    """Everything the product says, in the order of its files; and where something is said that cannot be collected."""
    in_python, lost = from_python(package)
    said = {*in_python, *from_templates(package), *from_kpis(package), *from_plans(package)}
    return sorted(said, key=lambda message: (message.file, message.english, message.about or "")), lost


def languages(folder: Path = package / "locale") -> list[str]:
    """A language is a folder."""
    return sorted(found.parent.name for found in folder.glob("*/LC_MESSAGES"))


def po_file(language: str) -> Path:
    return package / "locale" / language / "LC_MESSAGES" / "django.po"


def catalogue(language: str) -> Catalog:
    """The translations of a language as they are kept; empty for a new one."""
    from babel.messages import Catalog
    from babel.messages.pofile import read_po

    if po_file(language).exists():
        with po_file(language).open("rb") as file:
            return _plain(read_po(file, locale=language))
    new = Catalog(locale=language)
    if language in plural_forms:
        new.mime_headers = [("Plural-Forms", plural_forms[language])]
    return _plain(new)


def update(language: str, said: Iterable[Message]) -> tuple[int, int]:
    """Take in new messages and let go of old ones; returns how many there are and how many wait for a translation."""
    from babel.messages import Catalog
    from babel.messages.pofile import write_po

    template, kept = Catalog(), catalogue(language)
    for message in said:
        english = (message.english, message.plural) if message.plural else message.english
        template.add(english, locations=[(message.file, 0)], auto_comments=[message.about] if message.about else [], context=message.context)
    kept.update(template, no_fuzzy_matching=True)
    for entry in kept:
        entry.flags.discard("python-format")  # Babel sees a format in "80 % of"; tests/test_words.py knows better
    kept.obsolete.clear()
    out = BytesIO()
    write_po(out, _plain(kept), width=0, include_lineno=False, ignore_obsolete=True)
    _write(po_file(language), out.getvalue())
    return len(kept), sum(1 for entry in kept if entry.id and not translated(entry.string))


def compile_one(language: str) -> None:
    """Write the .mo file beside the .po file."""
    from babel.messages.mofile import write_mo

    out = BytesIO()
    write_mo(out, catalogue(language))
    _write(po_file(language).with_suffix(".mo"), out.getvalue())


def translated(string: object) -> bool:
    return all(string) if isinstance(string, (tuple, list)) else bool(string)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m nyckeltal.locale.collect", description="Collect translatable texts and compile the translations.")
    parser.add_argument("--compile", action="store_true", help="only compile what is translated")
    only_compile = parser.parse_args(argv).compile
    said, lost = ([], []) if only_compile else messages()
    for language in languages():
        if not only_compile:
            total, waiting = update(language, said)
            sys.stdout.write(f"{language}: {total} texts, {waiting} to translate\n")
        compile_one(language)
    sys.stderr.writelines(f"{place}\n" for place in lost)
    return 1 if lost else 0


def _plain(catalog: Catalog) -> Catalog:
    catalog.project, catalog.version = "nyckeltal", "1"
    catalog.header_comment = "# nyckeltal. One thing has one word: docs/glossary.md."
    catalog.creation_date = catalog.revision_date = unchanging
    catalog.last_translator = catalog.language_team = catalog.msgid_bugs_address = "nyckeltal"
    catalog.fuzzy = False
    return catalog


def _write(path: Path, content: bytes) -> None:
    """Only when it says something new, so that make and git see no change where there is none."""
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())
