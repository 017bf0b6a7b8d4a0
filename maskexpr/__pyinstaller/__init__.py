"""What PyInstaller asks of an installed package: where its hooks are. Nothing else imports this."""

from pathlib import Path


def hook_folders() -> list[str]:
    return [str(Path(__file__).parent)]
