"""Where the files lie that tests read."""

from pathlib import Path

TESTS = Path(__file__).parent.parent
EXAMPLES = TESTS.parent / "examples"
DATA = TESTS / "data"  # images that no example needs
ANKLE = EXAMPLES / "ankle.png"
