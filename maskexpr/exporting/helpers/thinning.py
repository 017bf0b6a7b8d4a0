"""Lines that tell the shape of a plane."""

import numpy as np

from maskexpr.exporting.helpers.distances import squares_to


def ring_of(mask):
    """The eight neighbours of each pixel as a number: clockwise from the one above, a bit for each."""
    padded = np.pad(mask, 1).astype(np.int64)
    ring = ((0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0), (0, 0))
    return sum(padded[y : y + mask.shape[0], x : x + mask.shape[1]] << bit for bit, (y, x) in enumerate(ring))


def thinning_tables():
    """For each such number: how many pieces of background touch the pixel, and what Zhang and Suen's passes take."""
    on = (np.arange(256)[:, np.newaxis] >> np.arange(8) & 1).astype(bool)
    faces, corners = on[:, ::2], on[:, 1::2]
    crossings = (~faces & (corners | np.roll(faces, -1, axis=1))).sum(axis=1)
    number, rises = on.sum(axis=1), (~on & np.roll(on, -1, axis=1)).sum(axis=1)
    both = (number >= 2) & (number <= 6) & (rises == 1)
    up, right, down, left = (on[:, k] for k in (0, 2, 4, 6))
    first = both & ~(up & right & down) & ~(right & down & left)
    second = both & ~(up & right & left) & ~(up & down & left)
    turn = faces & np.roll(faces, -1, axis=1)
    tip = (number == 2) & (rises == 1) | (number == 3) & (turn & corners).any(axis=1)
    elbow = (faces.sum(axis=1) == 2) & (turn & ~corners).any(axis=1) & (rises == 2)
    elbow &= (number < 4) | (up & left) | (right & down)
    bare = elbow & (number == 2)
    above_or_left = on @ [-4, -3, 1, 5, 4, 3, -1, -5] < 0
    one_pass = (tip | elbow) & ~bare
    first = np.where(one_pass, above_or_left, first) | bare
    second = np.where(one_pass, ~above_or_left, second) | bare
    first[[24, 192, 22]] = second[[24, 192, 22]] = False
    return on, crossings, first, second


def skeleton(mask, method="homotopic"):
    """A plane thinned to lines a pixel wide: pixels go pass by pass, and but for "zhang" one after another, each only
    if the others stay connected as they are."""
    on, crossings, first, second = thinning_tables()
    ends = on.sum(axis=1) == 1
    sides = [(crossings == 1) & ~ends & ~on[:, bit] for bit in (0, 4, 2, 6)]
    if method == "lee":
        return thinned(mask, sides, crossings <= 1)
    if method == "zhang":
        return thinned(mask, [first, second], None)
    first[141] = second[216] = True
    return thinned(thinned(mask, [first, second], crossings == 1), sides, crossings == 1)


def thinned(mask, passes, simple):
    """A plane without what passes take until none takes any; where pixels have to be simple, in scan order."""
    mask, idle, turn = mask.copy(), 0, 0
    while idle < len(passes):
        chosen = mask & passes[turn % len(passes)][ring_of(mask)]
        if simple is None:
            mask &= ~chosen
            gone = int(chosen.sum())
        else:
            gone = gone_in_turn(mask, chosen, simple)
        idle, turn = 0 if gone else idle + 1, turn + 1
    return mask


def gone_in_turn(mask, chosen, simple):
    """Take pixels away in scan order, each only if it is simple without those before it; how many went."""
    flat = bytearray(np.pad(mask, 1).tobytes())
    width, gone = mask.shape[1] + 2, 0
    ring = (-width, 1 - width, 1, width + 1, width, width - 1, -1, -width - 1)
    for y, x in np.argwhere(chosen).tolist():
        place = (y + 1) * width + x + 1
        if simple[sum(flat[place + step] << bit for bit, step in enumerate(ring))]:
            flat[place] = 0
            mask[y, x] = False
            gone += 1
    return gone


def medial_axis(mask):
    """The lines in the middle of a plane: the outermost pixels go first, unless they end a line or join others."""
    squares = squares_to(~mask, [1, 1]) if not mask.all() else np.zeros(mask.shape, np.int64)
    on, _, _, _ = thinning_tables()
    padded = np.pad(mask, 1)
    beside = on.sum(axis=1)[ring_of(mask)]
    places = np.flatnonzero(padded)
    flat, width = bytearray(padded.tobytes()), padded.shape[1]
    ring = (-width, 1 - width, 1, width + 1, width, width - 1, -1, -width - 1)
    stays = [sum(row) < 2 or parts_of_ring(row) != 1 for row in on.tolist()]
    for place in places[np.lexsort((-beside[mask], squares[mask]))].tolist():
        flat[place] = stays[sum(flat[place + step] << bit for bit, step in enumerate(ring))]
    return np.frombuffer(bytes(flat), bool).reshape(padded.shape)[1:-1, 1:-1].copy()


def parts_of_ring(ring):
    """How many parts the neighbours of a pixel that are on form, joined by faces and corners."""
    offsets = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
    left, count = {offset for offset, is_on in zip(offsets, ring) if is_on}, 0
    while left:
        reached, count = [left.pop()], count + 1
        while reached:
            y, x = reached.pop()
            found = {(v, u) for v, u in left if abs(v - y) <= 1 and abs(u - x) <= 1}
            left -= found
            reached += found
    return count
