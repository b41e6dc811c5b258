"""`nyckeltal docs`: writes, checks, and lets go of pages that nothing stands behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from nyckeltal.cli.main import main


def test_pages_are_written_and_then_up_to_date(tmp_path: Path) -> None:
    assert main(["docs", "--into", str(tmp_path), "--check"]) == 1
    assert main(["docs", "--into", str(tmp_path)]) == 0
    assert main(["docs", "--into", str(tmp_path), "--check"]) == 0
    assert "Service level" in (tmp_path / "kpi" / "service_level.md").read_text(encoding="utf-8")


def test_a_page_without_a_kpi_goes(tmp_path: Path) -> None:
    main(["docs", "--into", str(tmp_path)])
    (tmp_path / "kpi" / "gone.md").write_text("# Gone\n", encoding="utf-8")
    assert main(["docs", "--into", str(tmp_path), "--check"]) == 1
    main(["docs", "--into", str(tmp_path)])
    assert not (tmp_path / "kpi" / "gone.md").exists()


def test_without_a_folder_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["docs", "--into", str(tmp_path / "nosuch")]) == 1
    assert "--into" in capsys.readouterr().err
