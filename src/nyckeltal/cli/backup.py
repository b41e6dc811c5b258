"""`nyckeltal backup`: the whole home folder and the database in one file, while others go on working."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from nyckeltal.cli import archive, database, output, webside
from nyckeltal.errors import CannotRead, UserMistake
from nyckeltal.words import Text

NAME = "backup"
HELP = "Write everything – contacts, database, secrets, mappings, own key figures – into one file, while others go on working."
EXAMPLE = "nyckeltal backup nyckeltal.backup"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="where to write it; readable by its owner only, since it holds the secrets too")
    parser.add_argument("--force", action="store_true", help="also where there is a file of that name, which is replaced")
    output.add_format(parser)


def run(args: argparse.Namespace) -> int:
    from nyckeltal.contacts.store import home_folder

    home = home_folder(args.home)
    if archive.is_empty(home):
        raise CannotRead(Text("backup.nothing", "There is nothing to keep in %(home)s. Name the home folder with --home or NYCKELTAL_HOME.", {"home": home}))
    if not args.file.absolute().parent.is_dir():
        raise CannotRead(Text("backup.no_folder", "There is no folder %(folder)s to write the backup to.", {"folder": args.file.absolute().parent}))
    if args.file.exists() and not args.force:
        english = "%(file)s is there already. Name another file, or say --force: then the backup takes its place."
        raise UserMistake(Text("backup.there", english, {"file": args.file.absolute()}))
    with tempfile.TemporaryDirectory(prefix=".nyckeltal-backup-", dir=args.file.absolute().parent) as made:
        manifest = archive.write(args.file.absolute(), home, _database(home, args.home, Path(made)))
    _say(args, manifest)
    return 0


def _database(home: Path, given: Path | None, folder: Path) -> Path | None:
    """A copy of the database, None where there is none yet."""
    if database.is_elsewhere():
        webside.wake(given)
        database.dump(folder / archive.DUMP)
        return folder / archive.DUMP
    if not (home / archive.SQLITE).exists():
        return None
    database.copy_sqlite(home / archive.SQLITE, folder / archive.SQLITE)
    return folder / archive.SQLITE


def _say(args: argparse.Namespace, manifest: archive.Manifest) -> None:
    told = {name: value for name, value in manifest.items() if name != "files"}
    size = args.file.stat().st_size
    if args.format == "json":
        output.print_json({"file": str(args.file.absolute()), "bytes": size, **told, "files": len(manifest["files"])})
        return
    print(f"{args.file}: {len(manifest['files']):,} files, {size / 1e6:,.1f} MB, as of {manifest['made_at']}.")
    print("It holds the secrets too: keep it where only you can read it.", file=sys.stderr)
