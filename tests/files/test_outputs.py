"""Which result goes to which file."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import maskexpr
from maskexpr.api import Result
from maskexpr.files import outputs
from maskexpr.kinds.kind import Kind
from maskexpr.kinds.table import Table

MASK = Result(Kind("mask", (2, 2), np.dtype(bool)), np.ones((2, 2), bool))
TABLE = Result(Kind("table"), Table({"label": np.array([1]), "area": np.array([4])}))
LIST = Result(Kind("list"), [0.5, 3])
NUMBER = Result(Kind("number"), 7)
COLUMN = Result(Kind("samples", is_of_rows=True), np.array([4, 2]))
ALL = {"skin": MASK, "cells": TABLE, "sizes": LIST, "n": NUMBER}


@pytest.mark.parametrize(
    ("results", "options", "paths"),
    [
        (ALL, [], {"skin": "a-skin.png", "cells": "a-cells.csv"}),
        (ALL, ["out/"], {"skin": "out/a-skin.png", "cells": "out/a-cells.csv"}),
        (ALL, ["{output}"], {"skin": "skin.png", "cells": "cells.csv"}),
        (ALL, ["{output}.tif"], {"skin": "skin.tif"}),
        (ALL, ["{output}.tif", "{stem}.json"], {"skin": "skin.tif", "cells": "a.json"}),
        (ALL, ["{output}.tif", "out/"], {"skin": "skin.tif", "cells": "out/a-cells.csv"}),
        (ALL, ["x.png"], {"skin": "x.png"}),
        (ALL, ["x.parquet"], {"cells": "x.parquet"}),
        (ALL, ["x.csv", "y.png"], {"skin": "y.png", "cells": "x.csv"}),
        (ALL, ["x.csv", "n.csv", "a-sizes.tsv"], {"cells": "x.csv", "n": "n.csv", "sizes": "a-sizes.tsv"}),
        ({"skin": MASK, "n": NUMBER}, ["-"], {"skin": "-"}),
        ({"cells": TABLE, "n": NUMBER}, ["-"], {"cells": "-"}),
        ({"result": LIST}, ["x.csv"], {"result": "x.csv"}),
        ({"result": NUMBER}, ["x.json"], {"result": "x.json"}),
        ({"m": MASK, "k": MASK}, ["a_k.png", "b.png"], {"m": "b.png", "k": "a_k.png"}),
        ({"m": MASK, "k": MASK}, ["k.png", "out/"], {"m": "out/a-m.png", "k": "k.png"}),
        ({"s": TABLE, "t": TABLE}, ["t.csv"], {"t": "t.csv"}),
    ],
)
def test_each_goes_where_it_fits(results: dict[str, Result], options: list[str], paths: dict[str, str]) -> None:
    assert outputs.targets(results, options, {"stem": "a"}) == paths


@pytest.mark.parametrize(
    ("results", "options", "said"),
    [
        ({"m": MASK}, ["t.csv"], "t.csv is no file for m, which is a mask; write .png, .tif or .npy, say"),
        ({"m": MASK}, ["{output}.csv"], "{output}.csv is no file for m, which is a mask"),
        ({"t": TABLE}, ["m.png"], "m.png is no file for t, which is a table; write .csv, .tsv, .json or .parquet, say"),
        (ALL, ["skin.csv"], "skin.csv is no file for skin, which is a mask"),
        (ALL, ["n.png"], "n.png is no file for n, which is a number"),
        (ALL, ["x.png", "y.png"], "no result is left for y.png: skin went to other files; give one -o for each result"),
        (ALL, ["-"], "- is one file for 2 results"),
        (ALL, ["x.png", ""], "the name after -o is empty"),
        ({"s": TABLE, "t": TABLE}, ["x.csv"], "x.csv is one file for 2 results"),
        ({"n": NUMBER, "l": LIST}, ["x.csv"], "x.csv is one file for 2 results"),
        ({"n": NUMBER}, ["x.png"], "there is no mask or image to write to x.png"),
        ({"n": NUMBER}, ["-"], "there is no mask or image to write to -"),
    ],
)
def test_what_fits_nowhere(results: dict[str, Result], options: list[str], said: str) -> None:
    with pytest.raises(maskexpr.InputError) as raised:
        outputs.targets(results, options, {"stem": "a"})
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("result", "columns"),
    [
        (NUMBER, {"r": [7]}),
        (LIST, {"r": [0.5, 3.0]}),
        (COLUMN, {"r": [4, 2]}),
        (Result(Kind("truth"), True), {"r": [True]}),
        (Result(Kind("list"), []), {"r": []}),
        (Result(Kind("list"), [2**70, 1]), {"r": [2**70, 1]}),
        (Result(Kind("number"), float("nan")), {"r": [None]}),
    ],
)
def test_numbers_and_lists_are_a_column(tmp_path: Path, result: Result, columns: dict[str, Any]) -> None:
    path = tmp_path / "r.json"
    outputs.write(result, str(path), name="r")
    assert json.loads(path.read_text("ascii")) == columns


def test_lists_of_lists_are_no_column(tmp_path: Path) -> None:
    with pytest.raises(maskexpr.FileError, match=r"r holds lists, which are no column; take one of them: r\[0\], say"):
        outputs.write(Result(Kind("list"), [[1, 2], [3]]), str(tmp_path / "r.csv"), name="r")
