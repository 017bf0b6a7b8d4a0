"""Whether what was done to an image before is what would be done now: nothing that it depends on has changed, and its
results are there as they were written."""

import os
from collections.abc import Mapping
from pathlib import Path

from maskexpr.diagnostics.errors import MaskError
from maskexpr.files.access import Access
from maskexpr.files.programs import digest_of, input_paths
from maskexpr.studies.case import Case
from maskexpr.studies.outcome import Outcome
from maskexpr.studies.task import Task


class Standing:
    """Compares by the bytes of all files: their sizes and times may be the same though they differ. A file that several
    images are used with is read once."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._access = Access(task.allowed)
        self._digests: dict[str, str] = {}

    def holds(self, case: Case, outcome: Outcome) -> bool:
        """Whether an outcome of before is that of now; it is of the same task."""
        if outcome.is_failed or self._lacks_pictures(case, outcome):
            return False
        try:
            return self._inputs(case, outcome.inputs) == outcome.inputs and all(
                os.path.isfile(path) and digest_of(path) == digest for path, digest in outcome.written.items()
            )
        except (MaskError, OSError):
            return False

    def _lacks_pictures(self, case: Case, outcome: Outcome) -> bool:
        """Whether pages are to be made now that nothing was drawn for before."""
        if not self._task.previews:
            return False
        from maskexpr.studies.reports import thumbnails  # only where pages are made: it draws

        return thumbnails.path_of(self._task.previews, case) not in outcome.written

    def _inputs(self, case: Case, before: Mapping[str, str]) -> dict[str, str]:
        """The SHA-256 of what would be read: by the inputs, and by the paths of files that these named."""
        paths = input_paths(self._task.program, case.given, self._task.folder, self._access)
        named = {name: Path(name) for name in before if not name.isidentifier()}
        return {name: self._digest_of(os.fspath(path)) for name, path in {**paths, **named}.items()}

    def _digest_of(self, path: str) -> str:
        if path not in self._digests:
            self._digests[path] = digest_of(path)
        return self._digests[path]
