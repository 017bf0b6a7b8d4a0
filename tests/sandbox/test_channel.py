"""What goes between a process and its worker comes as it was sent, in whatever pieces, or not at all."""

import os
import threading
import time
from multiprocessing import Pipe

import numpy as np
import pytest

from maskexpr.sandbox.channel import Channel, Nonsense, PipeChannel, PipeWorkerEnd, WorkerEnd, pair
from maskexpr.sandbox.process import NotWanted, TooLate, Until
from maskexpr.sandbox.segments import Segment

SIZES = [0, 1, 7, 2**16 - 8, 2**16 - 7, 2**16, 3_000_000]


def sockets():
    ours, theirs = pair()
    return ours, WorkerEnd(theirs.detach())


def pipes():
    ours, theirs = Pipe()
    return PipeChannel(ours), PipeWorkerEnd(theirs)


@pytest.fixture(params=[sockets, pipes])
def ends(request):
    ours, theirs = request.param()
    yield ours, theirs
    ours.close()
    theirs._end.close()


def soon():
    return Until(time.monotonic() + 30)


@pytest.mark.parametrize("size", SIZES)
def test_messages_go_both_ways_whole(ends, size):
    ours, theirs = ends
    data = np.random.default_rng(size).bytes(size)

    def echo():
        theirs.send(theirs.receive()[0], memoryview(b"and more"))

    echoing = threading.Thread(target=echo)
    echoing.start()
    ours.send(data, [], soon())
    assert bytes(ours.receive(2**22, soon())) == data + b"and more"
    echoing.join()


def test_nobody_waits_longer_than_is_wanted(ends):
    ours, _ = ends
    with pytest.raises(TooLate):
        ours.receive(10, Until(time.monotonic() + 0.05))
    cancel = threading.Event()
    threading.Timer(0.05, cancel.set).start()
    with pytest.raises(NotWanted):
        ours.receive(10, Until(None, cancel))


def test_nobody_waits_for_one_that_does_not_listen():
    ours, theirs = sockets()
    with pytest.raises(TooLate):
        ours.send(bytes(2**24), [], Until(time.monotonic() + 0.05))
    theirs._end.close()
    with pytest.raises(EOFError):
        ours.send(bytes(2**24), [], soon())
    ours.close()


def test_more_than_is_taken_is_nonsense(ends):
    ours, theirs = ends
    theirs.send(bytes(100))
    with pytest.raises(Nonsense):
        ours.receive(99, soon())


def test_the_end_of_the_other_one_is_noticed(ends):
    ours, theirs = ends
    theirs._end.close()
    with pytest.raises(EOFError):
        ours.receive(10, soon())


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="memory has no descriptor")
def test_memory_goes_along():
    ours, theirs = sockets()
    segments = [Segment(100), Segment(200)]
    ours.send(b"here", segments, soon())
    data, descriptors = theirs.receive()
    assert (data, len(descriptors)) == (b"here", 2)
    segments[1].memory[5] = 7
    assert os.pread(descriptors[1], 1, 5) == b"\x07"
    with pytest.raises(PermissionError):  # else reading what is cut off would end this process
        os.ftruncate(descriptors[1], 0)
    for descriptor in descriptors:
        os.close(descriptor)
    assert isinstance(ours, Channel)
    ours.close()
    theirs._end.close()
