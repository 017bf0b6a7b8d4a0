"""`%load_ext maskexpr`: programs in the cells of a notebook."""

from collections.abc import Iterator
from typing import Any

import imageio.v3 as iio
import numpy as np
import pytest
from helpers import others
from helpers.places import ANKLE
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import maskexpr


class Notebook:
    """A session of an IPython shell with an image in it."""

    def __init__(self, shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
        self.shell, self._capsys = shell, capsys
        self.im = iio.imread(ANKLE)
        shell.user_ns["im"] = self.im

    def __call__(self, cell: str) -> Any:
        """The result of a cell without mistakes."""
        done = self.shell.run_cell(cell)
        assert done.success, self._capsys.readouterr().out
        self.printed = self._capsys.readouterr()
        return done.result

    def mistake(self, cell: str) -> tuple[BaseException | None, str]:
        """What a cell raises, and what is printed of it."""
        self._capsys.readouterr()
        done = self.shell.run_cell(cell)
        printed = self._capsys.readouterr()
        return done.error_in_exec, printed.out + printed.err

    def __getitem__(self, name: str) -> Any:
        return self.shell.user_ns[name]

    def __contains__(self, name: str) -> bool:
        return name in self.shell.user_ns


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InteractiveShell]:
    """One for all, as it takes long to start."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("ipython")
        patch.setenv("IPYTHONDIR", str(folder))
        patch.chdir(folder)
        InteractiveShell.clear_instance()
        config = Config({"HistoryManager": {"enabled": False}})  # no file is written
        shell = InteractiveShell.instance(colors="nocolor", config=config)
        assert shell.run_cell("%load_ext maskexpr").success
        yield shell
        InteractiveShell.clear_instance()


@pytest.fixture
def notebook(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> Iterator[Notebook]:
    before = shell.user_ns.copy()
    yield Notebook(shell, capsys)
    shell.user_ns.clear()
    shell.user_ns.update(before)


def test_a_line(notebook: Notebook) -> None:
    view = notebook("%mask im > 64")
    assert isinstance(view, maskexpr.View)
    np.testing.assert_array_equal(view.value, notebook.im > 64)
    np.testing.assert_array_equal(view.on, notebook.im)
    assert repr(view) in notebook.printed.out
    assert view.mode == "overlay"
    assert notebook("%mask -v side im > 64").mode == "side"


def test_a_cell_gives_its_names_to_the_notebook(notebook: Notebook) -> None:
    view = notebook("%%mask\nt = otsu(im)\nbone = im > t\nwide = dilate(bone, 2)")
    np.testing.assert_array_equal(notebook["bone"], notebook.im > notebook["t"])
    np.testing.assert_array_equal(notebook["wide"], view.value)
    np.testing.assert_array_equal(view.value, maskexpr.evaluate("dilate(m, 2)", m=notebook["bone"]))
    assert notebook("int(bone.sum()), t") == (np.count_nonzero(notebook["bone"]), notebook["t"])
    # And the next cell takes them.
    assert notebook("%mask area(wide & ~bone)") == np.count_nonzero(notebook["wide"] & ~notebook["bone"])
    assert notebook.printed.err == ""


def test_outputs_and_a_name_for_the_last(notebook: Notebook) -> None:
    view = notebook("%%mask core -v contour\ninput im: image\noutput limb = im > 32\nr = 2mm\nerode(limb, 2)")
    assert view.mode == "contour"
    np.testing.assert_array_equal(notebook["limb"], notebook.im > 32)
    np.testing.assert_array_equal(notebook["limb"], view.value)


def test_a_bare_result_is_given_the_name_alone(notebook: Notebook) -> None:
    view = notebook("%%mask core\nlimb = im > 32\nerode(limb, 2)")
    np.testing.assert_array_equal(notebook["core"], view.value)
    assert "result" not in notebook
    notebook("%%mask\noutput result = im > 32")
    np.testing.assert_array_equal(notebook["result"], notebook.im > 32)


def test_a_number_is_a_number(notebook: Notebook) -> None:
    assert notebook("%mask area(im > 64)") == np.count_nonzero(notebook.im > 64)
    assert notebook("%mask any(im > 64)") is True
    assert notebook("t = 64\n%mask area(im > t)") == np.count_nonzero(notebook.im > 64)


def test_what_is_shown_can_be_used(notebook: Notebook) -> None:
    notebook("bone = %mask im > 64")
    assert isinstance(notebook["bone"], maskexpr.View)
    assert notebook("%mask area(bone)") == np.count_nonzero(notebook.im > 64)
    notebook("n = %mask label(im > 64)")
    assert notebook("%mask n").kind.name == "labels"


def test_spacing_goes_along(notebook: Notebook) -> None:
    notebook.shell.user_ns["leg"] = maskexpr.Image(notebook.im, spacing="0.5mm")
    assert notebook("%mask area(leg > 64, 'mm2')") == np.count_nonzero(notebook.im > 64) / 4
    notebook("bone = %mask leg > 64")
    assert notebook("%mask area(bone, 'mm2')") == np.count_nonzero(notebook.im > 64) / 4


def test_inputs_are_left_as_they_are(notebook: Notebook) -> None:
    before = notebook.im.copy()
    notebook("%%mask\nsame = im\nother = where(im > 3, im, 0)")
    notebook("same[:] = 0")
    np.testing.assert_array_equal(notebook.im, before)


def test_warnings_are_shown_but_not_those_of_names_for_later(notebook: Notebook) -> None:
    notebook("%%mask\na = im > 3\nb = im > 300\nim > 4")
    assert notebook.printed.err.startswith("cell:2:5: warning: never true: im is uint8, 0..255\n")
    assert notebook.printed.err.count("warning") == 1


@pytest.mark.parametrize(
    ("cell", "error", "text"),
    [
        (
            "%mask dilat(im > 3)",
            maskexpr.ProgramError,
            "line:1:1: error: there is no function dilat\n    dilat(im > 3)\n    ^^^^^\n  did you mean dilate?\n",
        ),
        (
            "%%mask\na = im > 3\nb = a & im2 > 3\n",
            maskexpr.InputError,
            "cell:2:9: error: no im2 was given\n    b = a & im2 > 3\n            ^^^\n  did you mean im?\n",
        ),
        (
            '%%mask\nassert area(im > 200) > 0, "no metal"\nim > 200',
            maskexpr.RunError,
            'cell:1:8: error: no metal\n    assert area(im > 200) > 0, "no metal"\n'
            "           ^^^^^^^^^^^^^^^^^^\n  the assert was: area(im > 200) > 0\n",
        ),
        (
            "%mask -v best im > 3",
            maskexpr.InputError,
            "error: there is no view 'best'; it is one of overlay, contour, mask, side\n",
        ),
        (
            "%%mask a b\nim > 3",
            maskexpr.InputError,
            "error: %%mask does not take b; write %%mask [NAME] [PARAM=VALUE ...] [-v MODE]\n",
        ),
        (
            "%%mask -v\nim > 3",
            maskexpr.InputError,
            "error: %%mask does not take -v; write %%mask [NAME] [PARAM=VALUE ...] [-v MODE]\n",
        ),
        (
            "%%mask -v side -v mask\nim > 3",
            maskexpr.InputError,
            "error: %%mask does not take -v; write %%mask [NAME] [PARAM=VALUE ...] [-v MODE]\n",
        ),
        (
            "%%mask 'a\nim > 3",
            maskexpr.InputError,
            "error: %%mask does not take 'a; write %%mask [NAME] [PARAM=VALUE ...] [-v MODE]\n",
        ),
        (
            "text = 'a.png'\n%mask text > 3",
            maskexpr.InputError,
            "error: text cannot be an image: it is a str; give a NumPy array of numbers or bools\n",
        ),
    ],
)
def test_mistakes_are_shown_as_their_text(notebook: Notebook, cell: str, error: type, text: str) -> None:
    raised, printed = notebook.mistake(cell)
    assert type(raised) is error
    assert printed == text


def test_a_mistake_changes_no_name(notebook: Notebook) -> None:
    notebook("bone = 1")
    notebook.mistake("%%mask\nbone = im > 64\nassert 1 > 2")
    assert notebook["bone"] == 1


def test_a_mistake_in_python_keeps_its_traceback(notebook: Notebook) -> None:
    raised, printed = notebook.mistake("import maskexpr\nmaskexpr.evaluate('im >', im=im)")
    assert type(raised) is maskexpr.ProgramError
    assert "Traceback" in printed


def test_what_a_front_end_gets(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    view = notebook("%mask im > 64")
    formatter = notebook.shell.display_formatter
    monkeypatch.setattr(formatter, "active_types", ["text/plain", "text/html", "image/png"])
    shown, _ = formatter.format(view)
    assert shown["text/plain"] == repr(view)
    assert shown["text/html"].startswith("<table")
    assert shown["image/png"].startswith(b"\x89PNG")
    number, _ = formatter.format(maskexpr.view(3))
    assert set(number) == {"text/plain"}


def test_params_take_values_from_the_notebook_and_from_the_line(notebook: Notebook) -> None:
    program = "param low = 32 in 0..255\narea(im > low)"
    notebook("low = 100")
    assert notebook(f"%%mask n\n{program}") == np.count_nonzero(notebook.im > 100)
    assert notebook.printed.err == "low = 100, from the notebook; the cell has 32\n"
    assert notebook(f"%%mask n low=40\n{program}") == np.count_nonzero(notebook.im > 40)
    assert notebook.printed.err == ""
    notebook("low = [1, 2]")  # no value that a param could have
    assert notebook(f"%%mask\n{program}") == np.count_nonzero(notebook.im > 32)
    _, text = notebook.mistake(f"%%mask n lo=40\n{program}")
    assert "the program has no param lo; it has low" in text
    _, text = notebook.mistake(f"%%mask n low=40 low=50\n{program}")
    assert "low is given twice; delete one of the two" in text


def test_names_of_python_itself_are_not_replaced(notebook: Notebook) -> None:
    notebook("%%mask\nprint = im > 3\nlen_ = im > 4\nprint")
    assert "not set in the notebook, as Python has it: print" in notebook.printed.err
    assert "print" not in notebook
    assert "len_" in notebook
    notebook("sum = 3")  # one's own may be
    notebook("%%mask\nsum = im > 3")
    assert notebook["sum"].dtype == bool
    notebook("%%mask\nexit = im > 3\nIn = im > 4\nim > 5")
    assert "not set in the notebook, as Python has it: exit, In" in notebook.printed.err
    assert isinstance(notebook["In"], list)


def test_advice_in_a_cell_is_for_a_notebook(notebook: Notebook) -> None:
    _, text = notebook.mistake("%%mask\ndilate(im > 3, 2mm)")
    assert "give it in the notebook: im = maskexpr.Image(im, spacing=0.5), in mm" in text
    notebook("import maskexpr\nsized = maskexpr.Image(im, spacing=0.5)\nimport numpy as np")
    notebook("%%mask\ndilate(sized > 3, 2mm)")
    _, text = notebook.mistake("%%mask\nim > nowhere")
    assert "give it a value in the notebook: nowhere = ..." in text
    _, text = notebook.mistake("%mask np.sqrt(im)")
    assert "write sqrt(im)" in text


def test_warnings_of_a_run_are_printed(notebook: Notebook) -> None:
    notebook.shell.user_ns["holed"] = np.array([[1, np.nan, 3], [4, 5, 6]])
    notebook("%mask holed > mean(holed)")
    assert "warning: mean(holed) is nan" in notebook.printed.err


def test_images_of_other_libraries_are_taken_and_shown(notebook: Notebook) -> None:
    notebook.shell.user_ns["im"] = others.pillow_image(notebook.im, ("L",))
    view = notebook("%mask dilate(im > 64)")
    np.testing.assert_array_equal(view.on, iio.imread(ANKLE))
    notebook.shell.user_ns["im"] = others.pillow_image(notebook.im, ("P",))
    assert "has a palette" in notebook.mistake("%mask im > 64")[1]


def test_a_table_is_shown_as_one(notebook: Notebook) -> None:
    table = notebook("%%mask t\nm = im > 64\nmeasure(m, area, mean_intensity, of=im)")
    assert isinstance(table, maskexpr.Table)
    assert notebook["t"] == table
    assert "<th>mean_intensity</th>" in table._repr_html_()
    assert notebook("maskexpr.view(m, im, by=(t, 'area'))" if "maskexpr" in notebook else "t") is not None
