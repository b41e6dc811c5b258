"""The one step a build needs beyond pyproject.toml: compile the translations."""

import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

sys.path.insert(0, str(Path(__file__).parent / "src"))


class CompileTranslations(build_py):
    def run(self) -> None:
        from nyckeltal.locale.collect import main

        main(["--compile"])
        super().run()


setup(cmdclass={"build_py": CompileTranslations})
