"""What is said of calls that fit, and where it leads."""

from typing import Any

import numpy as np
import pytest
from helpers.each import each
from hypothesis import given
from hypothesis import strategies as st

from maskexpr import Image, MaskWarning, compile, evaluate
from maskexpr.library import CATALOGUE

RNG = np.random.default_rng(3)


def said(text: str, **values: Any) -> list[str]:
    return [d.code for d in compile(text).bind(**values).warnings]


# --- reaches ---------------------------------------------------------------------------------------------------------

M = RNG.random((9, 11)) < 0.5
# There is no derivative along an axis without a reach; and entropies are of whole numbers.
REFUSING = ("gaussian_gradient", "gaussian_laplace", "entropy")
OTHERS = {
    "grow": "grow(m, m, {})",
    "rank_filter": "rank_filter(im, 0, {})",
    "percentile_filter": "percentile_filter(im, 9, {})",
    "sauvola": "sauvola(im, {}, r=0.5)",
}


def _reaching() -> list[str]:
    names = [n for n, f in CATALOGUE.items() if callable(f.halo) and (f.parameter("n") or f.parameter("sigma"))]
    names = [n for n in names if n not in REFUSING]
    return [
        OTHERS.get(n, f"{n}({'m' if 'mask' in CATALOGUE[n].parameters[0].takes.kinds else 'im'}, {{}})") for n in names
    ]


@pytest.mark.parametrize("call", _reaching())
def test_a_reach_below_a_pixel_is_said(call: str) -> None:
    wide, lean = (Image(RNG.random((9, 11)), spacing=s) for s in (3, [3, 1]))
    mask = {"m": Image(M, spacing=3)} if "(m" in call else {"im": wide}
    lean_mask = {"m": Image(M, spacing=[3, 1])} if "(m" in call else {"im": lean}
    small = "0.3mm" if "gaussian" in call or "unsharp" in call else "2mm"
    large = small.replace("0.3", "3")
    assert said(call.format(small), **mask) == ["reach"]
    assert said(call.format(0), **mask) == ["reach"]
    assert said(call.format("3mm"), **mask) == []
    if not call.startswith("grow"):  # which takes lengths where pixels are square alone
        assert said(call.format(large), **lean_mask) == []  # along one axis is enough


def test_the_least_reach_reaches() -> None:
    (warning,) = compile("dilate(m, 2mm)").bind(m=Image(M, spacing=[3, 2.5])).warnings
    assert warning.hint == "give at least n=2.5mm"
    assert not said("dilate(m, n=2.5mm)", m=Image(M, spacing=[3, 2.5]))
    assert said('dilate(m, 1, "010/111/010")', m=M) == []
    wide = Image(RNG.random((9, 11)), spacing=3)
    assert said("peaks(im, 2mm)", im=wide) == said("split(im > 0.5, 2mm)", im=wide) == ["reach"]
    assert said("peaks(im, 0)", im=wide) == said("peaks(im, 3mm)", im=wide) == []
    assert said("area(circle(2, 3, 0) & m)", m=M) == []  # a point
    assert said("param n = 0 in 0..9; dilate(m, n)", m=M) == []  # which somebody chose
    assert said("difference_of_gaussians(im, 0, 2)", im=RNG.random((9, 11))) == []


# --- places ----------------------------------------------------------------------------------------------------------

PLACE = st.integers(-40, 60).map(lambda n: n / 4)
RADIUS = st.integers(0, 12).map(lambda n: n / 4)


@given(st.sampled_from(["circle", "ellipse", "rectangle", "polygon", "at", "sphere"]), st.data())
def test_what_draws_nothing_is_said(name: str, data: st.DataObject) -> None:
    """Whether the places are known before the run, or come from the pixels."""
    shape = (4, 5, 7) if name == "sphere" else (5, 7)
    im = RNG.integers(1, 9, shape).astype(np.uint8)
    count = {"circle": 2, "ellipse": 2, "rectangle": 4, "polygon": 6, "at": 2, "sphere": 3}[name]
    places = [data.draw(PLACE) for _ in range(count)]
    radii = [data.draw(RADIUS) for _ in range({"circle": 1, "ellipse": 2, "sphere": 1}.get(name, 0))]
    numbers = ", ".join(map(str, [*places, *radii]))
    if name == "polygon":
        numbers = f"{places[:3]}, {places[3:]}"
    call = f"at(im > 0, {numbers})" if name == "at" else f"{name}({numbers})"
    drawn = evaluate(f"where(im > 99, im > 0, {call})", im=im).any()
    codes = said(f"where(im > 99, im > 0, {call})", im=im)
    assert codes in ([], ["outside"], ["never-true"], ["never-true", "outside"])
    assert not (drawn and "outside" in codes), call
    if name != "polygon":
        assert drawn != ("outside" in codes), call
    if name == "polygon":
        return  # its corners are known before
    unknown = ", ".join([*(f"{place} + 0 * min(im)" for place in places), *map(str, radii)])
    call = f"at(im > 0, {unknown})" if name == "at" else f"{name}({unknown})"
    bound = compile(f"where(im > 99, im > 0, {call})").bind(im=im)
    assert "outside" not in [d.code for d in bound.warnings]
    if "outside" in codes:
        with pytest.warns(MaskWarning):
            bound.run()
    else:
        bound.run()
    assert ("outside" in [d.code for d in bound.warnings]) == ("outside" in codes), call


# --- statistics of finite values -------------------------------------------------------------------------------------

STATISTICS = {"sum": np.sum, "mean": np.mean, "std": np.std, "min": np.min, "max": np.max, "median": np.median}
FORMS = [
    ("im <= {}(im)", "im <= {}(im[isfinite(im)])"),
    ("im <= im.{}()", "im <= im[isfinite(im)].{}()"),
    ("im <= {}(im[other])", "im <= {}(im[other & isfinite(im)])"),
    ("im <= {}(im[other | ~other])", "im <= {}(im[(other | ~other) & isfinite(im)])"),
    ("v = im[other]; im <= {}(v)", "v = im[other]; im <= {}(im[other & isfinite(im)])"),
    ("v = im[other]; im * 2 <= {}(v * 2)", "v = im[other]; im * 2 <= {}((v * 2)[isfinite(v * 2)])"),
    ('im <= {}(im, axes="yx")', "im <= {}(im[isfinite(im)])"),
    ("im <= im.{}( axes = [0, 1] )", "im <= im[isfinite(im)].{}()"),
    ("im <= {}(im + 1)", "im <= {}((im + 1)[isfinite(im + 1)])"),
    ("def f(a) = a - {}(a)\nf(im) <= 0", "def f(a) = a - {}(a[isfinite(a)])\nf(im) <= 0"),
    ("abs(im) <= {}(abs( im ))", "abs(im) <= {}(abs( im )[isfinite(abs( im ))])"),
]


@each("name", STATISTICS)
@each("form", FORMS)
def test_the_way_out_is_the_same_of_finite_values(name: str, form: tuple[str, str]) -> None:
    im, other = RNG.exponential(size=(9, 11)), RNG.random((9, 11)) < 0.7
    im[other.argmax() // 11, other.argmax() % 11] = np.nan
    names = {"im": im} if "other" not in form[0] else {"im": im, "other": other}
    bound = compile(form[0].format(name)).bind(**names)
    with pytest.warns(MaskWarning):
        nothing = bound.run()["result"]
    assert not nothing.any()
    (warning,) = (d for d in bound.warnings if d.code != "unused")
    meant = form[1].format(name)
    assert " ".join(warning.hint.removeprefix("write ").split()) in " ".join(meant.split())
    mended = compile(meant).bind(**names)
    assert mended.run()["result"].any()
    assert [d for d in mended.warnings if d.code != "unused"] == []
    if form[0] == "im <= {}(im)":
        np.testing.assert_array_equal(
            mended.run()["result"], im <= float(evaluate(f"{name}(v)", v=im[np.isfinite(im)]))
        )
        assert evaluate(f"{name}(v)", v=im[np.isfinite(im)]) == pytest.approx(STATISTICS[name](im[np.isfinite(im)]))
