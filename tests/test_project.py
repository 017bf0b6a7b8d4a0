"""The files around the package say the same as it does."""

import importlib
import itertools
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import maskexpr

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
EXTRAS = PYPROJECT["project"]["optional-dependencies"]


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_the_linters_are_pinned_once() -> None:
    """To be the same before a commit, in CI and on every desk."""
    pins = dict(re.findall(r"(ruff|mypy)==([\d.]+)", " ".join(EXTRAS["lint"])))
    assert set(pins) == {"ruff", "mypy"}
    assert dict(re.findall(r"(ruff|mypy)==([\d.]+)", text_of(".pre-commit-config.yaml"))) == pins
    assert "'.[lint,repl,study,testing]'" in text_of(".ci/run")


def test_mypy_sees_the_same_libraries_before_a_commit() -> None:
    (listed,) = re.findall(r"additional_dependencies: \[\"mypy==[\d.]+\", (.*)\]", text_of(".pre-commit-config.yaml"))
    needed = PYPROJECT["project"]["dependencies"] + [e for e in EXTRAS["repl"] if e.startswith("prompt_toolkit")]
    assert listed.replace('"', "").split(", ") == needed


def test_the_citation_has_the_version() -> None:
    (version,) = re.findall(r"^version: (.+)$", text_of("CITATION.cff"), re.MULTILINE)
    assert version == maskexpr.__version__


def test_every_supported_python_runs_in_ci() -> None:
    (listed,) = re.findall(r"python: \[(.*)\]", text_of(".github/workflows/ci.yml"))
    versions = re.findall(r"\"3\.(\d+)\"", listed)
    assert PYPROJECT["project"]["requires-python"] == f">=3.{versions[0]}"
    assert versions == [str(minor) for minor in range(int(versions[0]), int(versions[-1]) + 1)]


def test_bundles_of_pyinstaller_hold_what_is_imported_by_name() -> None:
    (entry,) = PYPROJECT["project"]["entry-points"]["pyinstaller40"].values()
    module, name = entry.split(":")
    (folder,) = getattr(importlib.import_module(module), name)()
    (hook,) = Path(folder).glob("hook-*.py")
    hidden = set(re.findall(r'"(scipy\.[\w.]+)"', hook.read_text("utf-8")))
    # The folder of parts `sparse` is no part by itself.
    texts = "".join(path.read_text("utf-8") for path in Path(maskexpr.__file__).parent.glob("[a-z]*/**/*.py"))
    used = re.findall(r"(?<![\w.])scipy\.((?:sparse\.)?[a-z]+)\b", texts)
    assert {f"scipy.{part}" for part in used} == hidden
    assert hook.stem == f"hook-{maskexpr.__name__}"


def test_every_requirement_has_a_floor() -> None:
    asked = [*PYPROJECT["project"]["dependencies"], *itertools.chain(*(EXTRAS[e] for e in EXTRAS if e != "lint"))]
    floors = dict(
        re.match(r"([\w-]+)(?:\[\w+\])?>=([\w.]+)", r).groups() for r in asked if not r.startswith("maskexpr[")
    )
    said = subprocess.run([sys.executable, ROOT / ".ci" / "floors"], capture_output=True, text=True, check=True).stdout
    assert dict(line.split("==") for line in said.splitlines()) == floors
    assert ".ci/floors" in text_of(".ci/run")
    workflow = text_of(".github/workflows/ci.yml")
    lowest = PYPROJECT["project"]["requires-python"].removeprefix(">=")
    assert f'python-version: "{lowest}"\n      - run: python .ci/floors' in workflow


def test_the_pages_name_each_other() -> None:
    readme = text_of("README.md")
    for name in ("CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "CITATION.cff", "LICENSE", "findings"):
        assert f"]({name})" in readme
        assert (ROOT / name).exists()


def test_findings_stand_by_themselves() -> None:
    """Each makes a folder of its own, pins what it installs, and does not use maskexpr."""
    for script in (ROOT / "findings").glob("*.sh"):
        text = script.read_text("utf-8")
        assert text.startswith("#!/usr/bin/env bash\n# "), script
        assert "mktemp -d" in text, script
        assert "trap 'rm -rf" in text, script
        installed = re.findall(r'pip"? install (?:--\S+ )*(.*)', text)
        assert installed, script
        assert all("==" in package for line in installed for package in line.split()), script
        assert "import maskexpr" not in text, script
