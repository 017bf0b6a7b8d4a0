"""What is meant by a misspelt name: slips of the fingers are found, other words are not taken for one."""

import pytest
from helpers.each import each

import maskexpr
from maskexpr.diagnostics.nearest import nearest
from maskexpr.library import CATALOGUE

KNOWN = [name for name, function in CATALOGUE.items() if not function.bare]
TYPOS = {
    "dilate": "dilat dilte dialte diltae dillate",
    "erode": "eroed erod ereode erdoe",
    "open": "opne",
    "close": "clsoe cloze",
    "boundary": "boundry bundary",
    "label": "lable labl lablel",
    "count": "cuont conut",
    "keep_largest": "keep_larges keep_lagest keeplargest",
    "remove_small": "remove_smal removesmall remov_small",
    "clear_border": "clear_boarder clearborder clear_borders",
    "fill_holes": "fillholes fill_hole fil_holes",
    "distance": "distace",
    "watershed": "watersed waterhsed watershd",
    "gaussian": "gausian guassian gaussain gauss",
    "median_filter": "meadian_filter median_filtr medianfilter",
    "mean_filter": "mean_fiter",
    "sobel": "sobell soble",
    "laplace": "laplac laplase",
    "otsu": "otsou ostu",
    "isodata": "iso_data isodat",
    "triangle": "traingle triange",
    "hysteresis": "hysterisis histeresis hysteresys",
    "percentile": "percentle precentile percentil",
    "median": "medain meidan",
    "hausdorff": "hausdorf",
    "dice": "diec",
    "iou": "iuo",
    "where": "wehre were",
    "between": "betwen beetween",
    "maximum": "maximun",
    "rectangle": "rectange rectangel",
    "circle": "circel circl",
    "ellipse": "elipse elips",
    "skeleton": "skelton skeletton skeletn",
    "reconstruct": "reconstuct recontruct",
    "peaks": "peeks",
    "saturation": "satuartion",
    "perimeter": "perimter",
    "centroid": "centriod centroids",
}
OTHERS = (
    "table len kmeans foo csv print range open_file save load show plot map list set int float str type sorted "
    "reverse zip enumerate sample random seed shape dtype resize rotate flip pad roll fft ifft conv train "
    "predict model fit pca cluster svm unet segment annotate export import_ run test data image images "
    "path index item page http json xml yaml html xyz foobar baz qux hello world cat dog car tree house dark "
    "noise texture wavelet radon hough warp register stitch deconvolve denoise bilateral nlm "
    "background flatten ravel reshape stack concat append pop push argmax argmin cumsum cross matmul inverse "
    "transpose trace det eig svd "
)


@each("meant", TYPOS)
def test_slips_are_found(meant):
    assert {typo: nearest(typo, KNOWN) for typo in TYPOS[meant].split()} == dict.fromkeys(TYPOS[meant].split(), meant)


@each("name", OTHERS.split())
def test_other_words_are_no_slips(name):
    with pytest.raises(maskexpr.MaskError) as caught:
        maskexpr.compile(f"{name}(im > 3)")
    assert "did you mean" not in str(caught.value)


def test_names_of_any_length_take_no_time():
    """Longer ones are only compared whole."""
    assert nearest("a" * 100_000, ["A" * 100_000, "b"]) == "A" * 100_000
    assert nearest("a" * 100_000, ["a" * 99_999] * 300) == ""
    assert nearest("a", ["b"]) == nearest("a", []) == ""
