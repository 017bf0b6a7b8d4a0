"""A program as an object: it never changes, goes anywhere as plain text, and threads share it."""

import concurrent.futures
import copy
import io
import pickle

import numpy as np
import pytest

import maskexpr
from maskexpr.functions import MASK, Mask, function

IM = np.arange(12, dtype=np.uint8).reshape(3, 4)


@function(gives=MASK, halo=0, cost=1, memory=0)
def opposite(m: Mask):
    """All that is off."""
    return ~m


class Strict(pickle.Unpickler):
    """Finds what the docstring of `Program` names, and nothing else."""

    names = frozenset({("maskexpr.api", "restored")})

    def find_class(self, module, name):
        if (module, name) not in self.names:
            raise pickle.UnpicklingError(f"{module}.{name}")
        return super().find_class(module, name)


class StrictWithFunctions(Strict):
    names = Strict.names | {("maskexpr.functions.record", "_find")}


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_holds_text_only(protocol):
    files = {"lib.mask": "def rim(m) = dilate(m, 1) & ~m"}
    program = maskexpr.compile(
        'use "lib.mask"; param t = 3; rim(im > t * k)',
        limits=maskexpr.Limits(depth=50),
        constants={"k": 2, "form": "disk"},
        deny=["erode"],
        resolver=files.__getitem__,
        name="rim.mask",
    )
    program.schema(), hash(program), program(im=IM)  # what it keeps of these is not in the pickle
    text = pickle.dumps(program, protocol)
    again = Strict(io.BytesIO(text)).load()
    assert again == program
    assert (again.source, again.name, again.params[0].default) == (program.source, "rim.mask", 3)
    np.testing.assert_array_equal(again(im=IM), program(im=IM))
    with pytest.raises(maskexpr.ProgramError):
        maskexpr.compile("erode(im > 3, 1)", deny=["erode"])


def test_functions_of_a_host_are_in_a_pickle_by_name():
    program = maskexpr.compile("opposite(im > 3)", functions=[opposite])
    with pytest.raises(pickle.UnpicklingError):
        Strict(io.BytesIO(pickle.dumps(program))).load()
    again = StrictWithFunctions(io.BytesIO(pickle.dumps(program))).load()
    assert again == program
    np.testing.assert_array_equal(again(im=IM), IM <= 3)


def test_a_copy_is_equal():
    program = maskexpr.compile("im > 3")
    assert copy.copy(program) == copy.deepcopy(program) == program


def test_nothing_of_a_program_can_be_set():
    program = maskexpr.compile("param low = 3; im > low")
    for name in ("source", "inputs", "_declared", "_ready", "anything"):
        with pytest.raises(AttributeError, match="a program does not change"):
            setattr(program, name, None)
        with pytest.raises(AttributeError, match="a program does not change"):
            delattr(program, name)
    for part in (program.inputs[0], program.params[0], program.inputs):
        with pytest.raises((AttributeError, TypeError)):
            part.name = "other"
    program.schema()["properties"].clear()
    assert program.schema()["properties"]


def test_24_threads_share_a_program():
    """Of arrays of many shapes and types, with and without params, so that it is checked and planned in all of them."""
    program = maskexpr.compile("param n = 1; output m = dilate(im > 3, n); output a = area(m)")
    images = [
        np.arange(k * 12).reshape(k * 3, 4).astype(t) for k in range(1, 9) for t in ("u1", "i2", "f4", "f8", "u2", "i4")
    ]
    expected = [maskexpr.compile(program.source)(im=im, n=i % 3) for i, im in enumerate(images)]

    def run(i):
        assert program == maskexpr.compile(program.source)
        assert program.inputs[0].takes == ("image", "labels", "number") or program.inputs[0].takes_arrays
        return program(im=images[i], n=i % 3)

    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        for _ in range(3):
            for found, wanted in zip(pool.map(run, range(len(images))), expected, strict=True):
                np.testing.assert_array_equal(found["m"], wanted["m"])
                assert found["a"] == wanted["a"]
