"""Commands run in the process of the tests, and what they print."""

from pathlib import Path

import pytest

from maskexpr.cli import main


class Shell:
    """Runs commands in a folder of its own."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        code = main([str(a) for a in arguments])
        return code, *self.printed()

    def printed(self) -> tuple[str, str]:
        """What a command printed that left by an exit."""
        printed = self._capsys.readouterr()
        return printed.out, printed.err
