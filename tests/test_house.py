"""The house keeps itself: sizes, names, and a test folder for each room."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from components import REPOSITORY

SOURCE = REPOSITORY / "src" / "nyckeltal"
TESTS = REPOSITORY / "tests"
ROOMS = sorted(path.name for path in SOURCE.iterdir() if (path / "__init__.py").exists() and path.name != "locale")  # tests/test_words.py

FORBIDDEN_FILES = {"utils", "util", "helpers", "helper", "services", "service", "managers", "manager", "signals", "common", "misc", "base"}
FORBIDDEN_ENDINGS = ("Manager", "Service", "Helper", "Factory", "Util", "Utils")
DJANGO_NAMES = {"UserManager", "BaseUserManager"}  # what Django calls its own
TEST_FOLDERS = {"browser", "real_data"}  # journeys and data sets, not rooms


def _modules() -> list[Path]:
    return sorted(file for file in SOURCE.rglob("*.py") if "migrations" not in file.parts)


def _functions() -> Iterator[tuple[str, int]]:
    """Each function's place and length: lines from `def` to its end, docstring left out."""
    for file in _modules():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{file.relative_to(REPOSITORY)}:{node.lineno} {node.name}", _lines(node)


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    docstring = (first.end_lineno or first.lineno) - first.lineno + 1 if is_docstring else 0
    return (node.end_lineno or node.lineno) - node.lineno + 1 - docstring


def test_no_function_is_longer_than_fifty_lines() -> None:
    assert [f"{place}: {lines} lines" for place, lines in _functions() if lines > 50] == []


def test_half_of_the_functions_are_shorter_than_ten_lines() -> None:
    assert statistics.median(lines for _, lines in _functions()) < 10


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    files = [*_modules(), *TESTS.rglob("*.py"), *(REPOSITORY / "benchmarks").glob("*.py")]
    lengths = {str(file.relative_to(REPOSITORY)): len(file.read_text(encoding="utf-8").splitlines()) for file in files}
    assert {name: lines for name, lines in lengths.items() if lines > 400} == {}


def test_every_module_says_what_it_answers_for() -> None:
    silent = [file for file in _modules() if (text := file.read_text(encoding="utf-8")).strip() and not ast.get_docstring(ast.parse(text))]
    assert [str(file.relative_to(SOURCE)) for file in silent] == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [str(file.relative_to(SOURCE)) for file in SOURCE.rglob("*.py") if file.stem in FORBIDDEN_FILES or file.parent.name in FORBIDDEN_FILES] == []


def test_no_class_is_called_a_manager_or_a_helper() -> None:
    classes = ((file, node) for file in _modules() for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.ClassDef))
    assert [
        f"{file.relative_to(SOURCE)} {node.name}" for file, node in classes if node.name.endswith(FORBIDDEN_ENDINGS) and node.name not in DJANGO_NAMES
    ] == []


def test_nothing_is_left_for_later() -> None:
    marks = re.compile(r"\bTODO\b|\bFIXME\b|\bXXX\b|raise NotImplementedError")
    assert [str(file.relative_to(SOURCE)) for file in _modules() if marks.search(file.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_has_its_tests(room: str) -> None:
    assert list((TESTS / room).rglob("test_*.py")), f"tests/{room} tests nothing"


def test_each_test_folder_has_its_room() -> None:
    folders = {path.name for path in TESTS.iterdir() if path.is_dir() and any(path.rglob("test_*.py"))}
    assert folders - TEST_FOLDERS - set(ROOMS) == set()


def test_tests_are_sentences() -> None:
    names = [
        node.name for file in TESTS.rglob("test_*.py") for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef)
    ]
    assert [name for name in names if name.startswith("test_") and name.count("_") < 2] == []


def test_what_runs_brings_no_pandas() -> None:
    """Arrow imports it wherever it lies: a second and 30 MB in every process."""
    assert "\npandas==" not in (REPOSITORY / "requirements" / "run.txt").read_text(encoding="utf-8")


def test_no_tracked_file_names_a_machine() -> None:
    """Paths of somebody's machine or a registry's host have no place in a repository that others clone."""
    pattern = "/" + "(work|ro[o]t|far[m])" + r"/[a-z]|/simple/[a-z]"
    found = subprocess.run(["git", "grep", "-nIE", pattern], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if found.returncode == 128:
        pytest.skip("This is not a git checkout.")
    assert found.stdout == ""
