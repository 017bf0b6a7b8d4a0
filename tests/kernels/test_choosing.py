"""When a compiled kernel stands in: switched on, worth it, there, and able to."""

import sys
import threading

import pytest
from helpers.fresh_processes import with_compiled_kernels

from maskexpr.kernels import choosing, keeping
from maskexpr.kernels.choosing import NotCompiled, as_here, has_compiled, is_worth, plain, with_compiled, would_run
from maskexpr.kernels.threads import share


@has_compiled
def kernel(value):
    """A kernel."""
    return "NumPy", value


@pytest.fixture(autouse=True)
def process(monkeypatch):
    """One in which nothing was run, with compiled kernels."""
    return with_compiled_kernels(monkeypatch)


@pytest.fixture
def twin(monkeypatch):
    def use(function):
        monkeypatch.setattr(choosing, "_compiled", lambda module, name: function)

    return use


def test_it_stands_in_where_it_is_switched_on(twin):
    twin(lambda value: ("compiled", value))
    assert kernel(3) == ("NumPy", 3)
    assert with_compiled(kernel)(3) == ("compiled", 3)
    assert with_compiled(plain(kernel))(value=3) == ("NumPy", 3)
    assert kernel(3) == ("NumPy", 3)
    assert kernel.__doc__ == "A kernel."


def test_what_it_leaves_is_numpys(twin):
    def refusing(value):
        raise NotCompiled

    for function in (None, refusing, lambda value: NotImplemented):
        twin(function)
        assert with_compiled(kernel)(value=3) == ("NumPy", 3)


def test_an_error_is_an_error_and_switches_off(twin):
    def failing(value):
        raise MemoryError

    twin(failing)
    with pytest.raises(MemoryError):
        with_compiled(kernel)(3)
    assert kernel(3) == ("NumPy", 3)


def test_one_that_cannot_be_imported_is_none():
    assert choosing._compiled("maskexpr.kernels.compiled.nothing", "of_the_kind") is None


def test_threads_that_share_work_do_it_alike(twin):
    twin(lambda value: ("compiled", value))
    found = []

    def work(items):
        found.extend(kernel(item)[0] for item in items)

    with_compiled(lambda: share(work, range(40)))()
    assert set(found) == {"compiled"}
    elsewhere = threading.Thread(target=as_here(lambda: found.append(kernel(3)[0])))
    elsewhere.start()
    elsewhere.join()
    assert found[-1] == "NumPy"


def test_it_is_worth_it_once_the_import_is(process):
    assert not is_worth(0.15)
    assert not would_run(0.05)
    assert would_run(0.15)
    assert is_worth(0.15)
    assert is_worth(0.0)  # it is imported


def test_it_is_worth_it_sooner_where_others_use_the_compiler(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    assert is_worth(0.1)


@pytest.mark.parametrize(
    ("given", "is_there", "expected"), [("0", True, False), ("1", True, True), ("1", False, False)]
)
def test_a_variable_has_the_last_word(given, is_there, expected, process, monkeypatch):
    monkeypatch.setenv(choosing.VARIABLE, given)
    process.is_there = is_there
    assert is_worth(0.0) == expected
    assert is_worth(100.0) == expected


def test_nothing_runs_where_it_is_forbidden(process, monkeypatch):
    monkeypatch.setenv(choosing.VARIABLE, "1")
    choosing.forbid()
    assert not is_worth(100.0)


def test_one_looks_for_them_when_they_are_worth_it_and_once(process, monkeypatch, tmp_path):
    looked = []
    monkeypatch.setattr(keeping, "folder", lambda: looked.append(1) or tmp_path / "none")
    process.is_there = None
    assert not is_worth(0.1)
    assert not looked
    assert not is_worth(1.0)
    assert not is_worth(1.0)
    assert len(looked) == 1
