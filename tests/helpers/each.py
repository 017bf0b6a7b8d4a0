"""Very many small cases in one test, since each test of its own takes longer than they do."""

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any

import pytest

Test = Callable[..., None]


def each(names: str, values: Iterable[Any]) -> Callable[[Test], Test]:
    """As `pytest.mark.parametrize`, but all in one test; a failure says in a note which case it was."""
    split = [name.strip() for name in names.split(",")]
    cases = [dict(zip(split, value if len(split) > 1 else [value], strict=True)) for value in values]
    assert cases

    def over_all(test: Test) -> Test:
        @functools.wraps(test)
        def run(**given: Any) -> None:
            for case in cases:
                try:
                    test(**given, **case)
                except pytest.skip.Exception:
                    continue
                except BaseException as error:
                    error.add_note(f"where {', '.join(f'{name} = {value!r}' for name, value in case.items())}")
                    raise

        left = [p for p in inspect.signature(test).parameters.values() if p.name not in split]
        del run.__wrapped__
        run.__signature__ = inspect.Signature(left)  # type: ignore[attr-defined]
        return run

    return over_all
