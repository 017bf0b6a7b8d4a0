"""Contact sheets and reports of real images, some of which fail."""

import base64
import html.parser
import re
import shutil
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
from helpers.places import TESTS

import maskexpr
from maskexpr.files.access import Access
from maskexpr.files.programs import load_program
from maskexpr.studies.case import Case
from maskexpr.studies.one import perform
from maskexpr.studies.reports import page, sheet, thumbnails
from maskexpr.studies.task import Task

EXAMPLES = TESTS.parent / "examples"
HOSTILE = "{im} & <b>&amp; '<img src=x onerror=alert(1)>.png"
PROGRAM = """\
# </script><script>alert(2)</script>
input im = "ankle.png"
param t = 32 in 0..255
bright = im > t
assert area(bright) > 0, "<i>nothing</i> is bright"
output bright
output n = area(bright)
output found = n > 1
output cells = measure(label(bright), area)
"""


class Page(html.parser.HTMLParser):
    """What a browser makes of a page: its elements, and the texts of those of one class."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.texts, self.scripts = [], [], [], 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attributes]

    def handle_data(self, text):
        self.texts.append(text)


@pytest.fixture
def study(folder):
    """Ankles, a volume, a colour image that the program refuses, broken and dark ones, and what became of them."""
    names = [f"ankle{i}.png" for i in range(7)]
    for name in (*names, HOSTILE):
        shutil.copy(EXAMPLES / "ankle.png", name)
    Path("broken<b>.png").write_bytes((EXAMPLES / "ankle.png").read_bytes()[:2000])
    iio.imwrite("dark.png", np.zeros((40, 60), np.uint8))
    iio.imwrite("small.png", np.pad(np.full((5, 5), 99, np.uint8), 30))
    iio.imwrite("stack.tif", np.pad(np.full((3, 9, 20), 99, np.uint8), 8))
    Path("study.mask").write_text(PROGRAM)
    program = load_program("study.mask", Access())
    task = Task(program, writes=False, previews="kept")
    names += [HOSTILE, "broken<b>.png", "dark.png", "small.png", "stack.tif", str(EXAMPLES / "ihc.png")]
    cases = [Case(i, name, {"im": name}) for i, name in enumerate(names)]
    return program, [(case, perform(task, case)) for case in cases]


def test_the_pictures_are_those_of_the_mask(study):
    _, done = study
    (preview,) = thumbnails.kept("kept", done[0][0]).previews
    share = np.mean(iio.imread(EXAMPLES / "ankle.png") > 32)
    assert (preview.name, preview.note) == ("bright", f"{100 * share:.1f}% on")
    for data, room in ((preview.tile, 256), (preview.large, 512)):
        picture = iio.imread(data, extension=".jpg")
        assert max(picture.shape[:2]) == room
        orange = (picture[..., 0] > 180) & (picture[..., 2] < 90)
        assert orange.sum() > room  # the outline, thin as it is, after all is made smaller
    (stack,) = thumbnails.kept("kept", done[11][0]).previews
    assert stack.note.endswith("slice 8")  # the first plane with something in it


def test_an_image_without_pictures_is_on_the_pages_all_the_same(study):
    program, done = study
    for path in Path("kept").iterdir():
        path.write_bytes(path.read_bytes()[:100])
    assert thumbnails.kept("kept", done[0][0]) == thumbnails.Kept()
    assert sheet.contact_sheet("qc.png", program, done, "kept") == ["qc.png"]
    assert page.html(program, {}, done, "kept").count("no picture") == 10


def test_a_sheet_shows_every_image(study):
    program, done = study
    assert sheet.contact_sheet("qc.png", program, done, "kept") == ["qc.png"]
    picture = iio.imread("qc.png")
    tile = iio.imread(thumbnails.kept("kept", done[0][0]).previews[0].tile, extension=".jpg")
    left = 18 + (256 - tile.shape[1]) // 2
    top = 18 + 33
    np.testing.assert_array_equal(picture[top : top + 256, left : left + tile.shape[1]], tile)
    framed = (picture[..., 0] == 255) & (picture[..., 1] == 120)
    assert framed.sum() >= 3 * (256 + 250) * 3 * 2  # those that failed


def test_many_images_take_several_sheets(study):
    program, done = study
    many = [(Case(i, f"scans/{i}.png", case.given), outcome) for i, (case, outcome) in enumerate(done * 6)]
    names = sheet.contact_sheet("qc.png", program, many, "kept")
    assert names == ["qc-1.png", "qc-2.png", "qc-3.png"] == sheet.paths_of("qc.png", len(many))
    assert all(Path(name).exists() for name in names)
    Path("qc-4.png").write_bytes(Path("qc-1.png").read_bytes())  # the first page of another sheet, by another name
    for few, left in ((done * 4, ["qc-1.png", "qc-2.png", "qc-4.png"]), (done, ["qc-4.png", "qc.png"])):
        fewer = [(Case(i, f"scans/{i}.png", case.given), outcome) for i, (case, outcome) in enumerate(few)]
        sheet.contact_sheet("qc.png", program, fewer, "kept")
        assert sorted(map(str, Path().glob("qc*.png"))) == left
    sheet.contact_sheet("qc.png", program, many, "kept")
    assert not Path("qc.png").exists()


def test_a_report_holds_all_it_shows(study):
    program, done = study
    text = page.html(program, {"im": "<*.png>", "t": "32"}, done, "kept")
    found = Page(text)
    links = [value for _, name, value in found.attributes if name in ("src", "href", "data-large", "srcset")]
    assert links
    assert all(re.match(r"data:image/jpeg;base64,[A-Za-z0-9+/=]+$", link) for link in links)
    assert all(base64.b64decode(link.partition(",")[2]).startswith(b"\xff\xd8") for link in links)
    assert "@import" not in text
    assert "url(" not in text
    assert maskexpr.__version__ in text
    alts = [value for tag, name, value in found.attributes if (tag, name) == ("img", "alt")]
    assert "ankle0.png: bright, " in "".join(alts)
    assert all(alt for alt in alts[:-1])  # the last one is filled in when a picture is enlarged
    assert found.tags.count("th") >= 4


def test_names_and_texts_of_others_are_inert(study):
    program, done = study
    text = page.html(program, {"im": "<script>alert(3)</script>"}, done, "kept")
    found = Page(text)
    assert "i" not in found.tags
    assert found.tags.count("script") == 1
    assert not [name for _, name, _ in found.attributes if name.startswith("on")]
    assert found.tags.count("img") == 10 + 2 + 1  # a picture for each that could be read, and the large one
    shown = "".join(found.texts)
    assert HOSTILE in shown
    assert "<i>nothing</i> is bright" in shown
    policy = next(value for _, name, value in found.attributes if name == "content" and "script-src" in value)
    assert "unsafe" not in policy


def test_failures_come_first_and_outliers_next(study):
    program, done = study
    text = page.html(program, {}, done, "kept", left=2)
    order = [text.index(f">{name}<") for name in ("broken&lt;b&gt;.png", "small.png", "ankle0.png", "ankle4.png")]
    assert order == sorted(order)
    assert re.search(r"n 0\.0\d+x the median", text)
    for words in ("assert-failed", "file-broken", "colour", "<b>2</b> not begun", "<b>3</b> failed", "rows of cells"):
        assert words in text


def test_pages_are_the_same_each_time(study):
    program, done = study
    assert page.html(program, {}, done, "kept") == page.html(program, {}, done, "kept")


def test_what_is_said_of_every_image_is_said_once(folder):
    shutil.copy(EXAMPLES / "ankle.png", "a.png")
    program = maskexpr.compile("output m = im > 300")
    cases = [Case(i, "a.png", {"im": "a.png"}) for i in (0, 1)]
    done = [(case, perform(Task(program, writes=False), case)) for case in cases]
    text = page.html(program, {}, done, "none")
    assert text.count("never true") == 1


def test_a_report_without_its_package_is_refused_at_once(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(maskexpr.FileError, match="maskexpr\\[study\\]"):
        page.check_report("qc.html")


def test_large_pictures_are_as_many_as_a_page_can_hold(study, monkeypatch):
    program, done = study
    monkeypatch.setattr(page, "_LARGE_IN_ALL", 80_000)
    text = page.html(program, {}, done, "kept")
    assert 0 < text.count("data-large=") < text.count("<figure>") - 1 == 12
    assert "have no pictures" not in text
    monkeypatch.setattr(page, "_TILES_IN_ALL", 30_000)
    text = page.html(program, {}, done, "kept")
    left_out = int(re.search(r"The last (\d+) rows have no pictures", text)[1])
    assert 0 < left_out == text.count("no picture<") < 10


def test_what_is_drawn_of_programs_without_masks(study):
    """The image that comes out; of numbers alone, the one that went in; of many masks, the first few."""
    names = {}
    for text in ("output im = im * 2", "output n = mean(im)", "\n".join(f"output m{i} = im > {i}" for i in range(9))):
        case = Case(0, "ankle0.png", {"im": "ankle0.png"})
        outcome = perform(Task(maskexpr.compile(text), writes=False, previews="others"), case)
        assert not outcome.errors
        names[text[:9]] = [preview.name for preview in thumbnails.kept("others", case).previews]
        assert thumbnails.path_of("others", case) in outcome.written
    assert [*names.values()] == [["im"], ["im"], [f"m{i}" for i in range(6)]]


ODD = b'{"rows": {}, "pictures": [{"name": "a", "note": "", "tile": "?", "large": ""}]}'


@pytest.mark.parametrize("text", [b"", b"[1]", b"{}", b'{"rows": [], "pictures": []}', ODD, b"\xff"])
def test_a_file_of_pictures_that_is_none(folder, text):
    case = Case(0, "a.png", {"im": "a.png"})
    Path(thumbnails.path_of("", case)).write_bytes(text)
    assert thumbnails.kept("", case) == thumbnails.Kept()
