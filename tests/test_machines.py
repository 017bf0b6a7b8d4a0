"""The same bits on every machine: each result, and what each written file holds, against hashes kept in the repository.

`machines/expressions.txt` has the programs, `helpers/fixed_images.py` the images, `machines/hashes.json` the hashes:
`python tests/test_machines.py` writes these anew and says what differs from the old ones. They are to change only where
a result is meant to. So one machine is compared with the next, and one version of the libraries with another; what this
machine is without some of its features is seen in processes of their own.
"""

import functools
import json
import os
import platform
import re
from typing import Any

import pytest
from helpers import weaker_machines
from helpers.every_result import Found, Results, every_result, programs
from helpers.fixed_images import worlds
from helpers.places import TESTS
from helpers.weaker_machines import NO_FMA, dispatched, found_in, without

import maskexpr
from maskexpr import MaskError
from maskexpr.inside import stages
from maskexpr.library import CATALOGUE, OPERATORS, PROPERTIES

HASHES = TESTS / "machines" / "hashes.json"
MEANT = "Where each of these results or texts is meant to change, `python tests/test_machines.py` writes its hash anew."
_MOST_SHOWN = 60

here = functools.cache(every_result)
worlds_made = functools.cache(worlds)


# --- what is compared ------------------------------------------------------------------------------------------------


def test_each_function_operator_and_property_is_compared() -> None:
    found = set().union(*(used(text) or () for text in programs()))
    assert {*CATALOGUE, *OPERATORS, *PROPERTIES} - found == set()


def test_no_program_is_there_twice_and_each_fits_some_image() -> None:
    assert len(programs()) == len(set(programs()))
    assert [text for text in programs() if used(text) is None] == []


@functools.cache
def used(text: str) -> set[str] | None:
    """The functions and operators of a program, and the properties in its predicates; None if it fits no image."""
    program = maskexpr.compile(text)
    properties = set(re.findall(r"\w+", text)) & set(PROPERTIES) if "keep(" in text else set()
    for given in worlds_made().values():
        try:
            checked = stages(program, {info.name: given[info.name] for info in program.inputs}).checked
            checked = checked.domain.written if checked.domain else checked
        except MaskError:
            continue
        return properties | {step.function.name for step in checked.steps if step.function is not None}
    return None


# --- with the kept hashes --------------------------------------------------------------------------------------------


def test_the_images_are_the_same_on_every_machine() -> None:
    """Else nothing else can be."""
    expect_none(unlike(here().images, kept().images), MEANT)


def test_results_are_the_same_on_every_machine() -> None:
    expect_none(unlike_results(here().results, kept().results), MEANT)


def test_files_hold_the_same_on_every_machine() -> None:
    expect_none(unlike(here().files, kept().files), MEANT)


# --- with this machine, made weaker ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_numpy_with_fewer_features_gives_the_same() -> None:
    present = dispatched()
    taken = [f for f in present if f.startswith(("AVX512", "X86_V4"))]
    if not taken:
        pytest.skip(f"NumPy has nothing of it here: beyond the least it has {present}")
    found, process = found_in(without(taken))
    assert process["features"] == [f for f in present if f not in taken]
    expect_here(found)


@pytest.mark.slow
def test_the_least_numpy_on_a_c_library_that_fuses_no_multiplications_gives_the_same() -> None:
    """As far as the two can be told so here."""
    found, process = found_in(without(dispatched()) | NO_FMA)
    assert process["features"] == []
    assert process["libm"] != weaker_machines.libm() or not chooses_by_fma(), "they are fused as before"
    expect_here(found)


def chooses_by_fma() -> bool:
    """Whether this is glibc on x86-64, which has both ways, and since 2.33 these names; and nobody told it before."""
    name, version = platform.libc_ver()
    numbers = [int(n) for n in re.findall(r"\d+", version)]
    fuses = weaker_machines.has("FMA3") and weaker_machines.has("AVX2") and "GLIBC_TUNABLES" not in os.environ
    return name == "glibc" and numbers >= [2, 33] and fuses


@pytest.mark.slow
def test_threads_that_take_strips_in_any_order_give_the_same() -> None:
    found, _ = found_in({"MASKEXPR_THREADS": "3"}, "--way", "strips", "--no-files")
    expect_here(found)


@pytest.mark.slow
def test_plain_evaluation_on_the_least_machine_gives_the_same() -> None:
    """With all taken away at once, kernels of linear algebra too."""
    least = without(dispatched()) | NO_FMA | {"OPENBLAS_CORETYPE": "Prescott", "OPENBLAS_NUM_THREADS": "1"}
    found, _ = found_in(least, "--way", "plain", "--no-files")
    expect_here(found)


def expect_here(found: Found) -> None:
    """The results of this process, and its files to the last byte."""
    expect_none(unlike_results(found.results, here().results))
    if found.files:
        expect_none(unlike(found.files, here().files))
        expect_none(unlike(found.bytes, here().bytes))


# --- differences -----------------------------------------------------------------------------------------------------


def expect_none(differences: str, advice: str = "") -> None:
    assert not differences, f"{differences}\n{advice}"


def unlike_results(found: Results, wanted: Results) -> str:
    """The programs whose results differ and on which images, in words; what is warned of counts where both tell it."""
    lines = []
    for text in {**wanted, **found}:
        a, b = found.get(text, {}), wanted.get(text, {})
        images = [name for name in {**b, **a} if not _agree(a.get(name, ""), b.get(name, ""))]
        if images:
            lines.append(f"{text}   on {', '.join(images)}")
    return _shortened(lines, len(wanted))


def _agree(found: str, wanted: str) -> bool:
    """Of two hashes, each maybe with one of its warnings behind a plus."""
    return found == wanted or (found != "" and "+" not in found and wanted.startswith(f"{found}+"))


def unlike(found: dict[str, str], wanted: dict[str, str]) -> str:
    return _shortened([name for name in {**wanted, **found} if found.get(name) != wanted.get(name)], len(wanted))


def _shortened(lines: list[str], count: int) -> str:
    more = ["..."] if len(lines) > _MOST_SHOWN else []
    return "\n".join([f"{len(lines)} of {count} differ:", *lines[:_MOST_SHOWN], *more]) if lines else ""


# --- the kept hashes -------------------------------------------------------------------------------------------------


def kept() -> Found:
    content: dict[str, Any] = json.loads(HASHES.read_text("utf-8"))
    images = content["images"]
    results = {text: dict(zip(images, line.split(), strict=True)) for text, line in content["results"].items()}
    return Found(images, results, content["files"], bytes={})


def write_hashes() -> None:
    """Keep the hashes of this process: a line for each program, with one for each image in their order."""
    found = every_result()
    if HASHES.exists():
        print(unlike(found.images, kept().images), end="")
        print(unlike_results(found.results, kept().results))
        print(unlike(found.files, kept().files))
    lines = {text: " ".join(of.values()) for text, of in found.results.items()}
    content = {"images": found.images, "results": lines, "files": found.files}
    HASHES.write_text(json.dumps(content, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    write_hashes()
