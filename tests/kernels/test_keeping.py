"""The folder of compiled kernels: of its owner alone, and another one for other sources or versions."""

import os
from importlib import metadata

import pytest

from maskexpr.kernels import keeping

POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no modes of this kind")


@pytest.fixture(autouse=True)
def _here(monkeypatch, tmp_path):
    monkeypatch.setattr(keeping, "_caches", lambda: tmp_path / "caches")
    monkeypatch.setattr(metadata, "version", lambda name: "1.2")
    keeping._name.cache_clear()
    yield
    keeping._name.cache_clear()


def test_what_is_written_is_read():
    folder = keeping.folder()
    assert not keeping.is_own(folder)
    assert keeping.made(folder)
    assert keeping.made(folder)
    assert keeping.read(folder / "a") is None
    keeping.write(folder / "a", b"text")
    keeping.write(folder / "a", b"other text")
    assert keeping.read(folder / "a") == b"other text"
    assert os.listdir(folder) == ["a"]


@POSIX
def test_a_folder_of_others_is_none(monkeypatch, tmp_path):
    folder = keeping.folder()
    keeping.made(folder)
    keeping.write(folder / "a", b"text")
    for each in (folder, folder.parent):
        for mode in (0o750, 0o705, 0o722):
            each.chmod(mode)
            assert not keeping.made(folder)
            assert keeping.read(folder / "a") is None
        each.chmod(0o700)
    assert keeping.read(folder / "a") == b"text"
    own = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: own + 1)
    assert keeping.read(folder / "a") is None


@POSIX
def test_a_link_is_no_folder(tmp_path):
    folder = keeping.folder()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(0o700)
    folder.parent.mkdir(0o700, parents=True)
    folder.symlink_to(elsewhere)
    assert not keeping.made(folder)


def test_there_is_none_where_it_cannot_be_made(tmp_path):
    (tmp_path / "caches").write_text("a file")
    assert not keeping.made(keeping.folder())


def test_other_versions_and_sources_have_other_folders(monkeypatch, tmp_path):
    names = {keeping.folder().name}
    monkeypatch.setattr(metadata, "version", lambda name: "1.3" if name == "numpy" else "1.2")
    keeping._name.cache_clear()
    names.add(keeping.folder().name)
    (tmp_path / "a.py").write_text("one kernel")
    monkeypatch.setattr(keeping, "_SOURCES", tmp_path)
    for text in ("one kernel", "another kernel"):
        (tmp_path / "a.py").write_text(text)
        keeping._name.cache_clear()
        names.add(keeping.folder().name)
    assert len(names) == 4


def test_without_a_compiler_there_is_none(monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    keeping._name.cache_clear()
    assert keeping.folder() is None
