"""Names that scikit-image, SciPy, NumPy, OpenCV, SimpleITK, MATLAB and ImageJ have for things, and what is written here
for a call of them.

A line of the table: the names; the parameters, with values for those that may be left out; the expression that does
the same; and a word where one is due. A name may have several lines: the first that the call fits counts.
`cv2.threshold` is what the name means behind that module, `m` in the first place what it means for a mask, `labels`
for labels.
"""

from maskexpr.diagnostics.mending import Form, form

# What a module's functions are looked up by. These names are given to nothing else.
MODULES = {
    **dict.fromkeys(("np", "numpy", "math", "cupy", "torch"), "np"),
    **dict.fromkeys(("ndi", "ndimage", "scipy"), "ndi"),
    "skimage": "skimage",
    "cv2": "cv2",
    **dict.fromkeys(("sitk", "SimpleITK"), "sitk"),
    **dict.fromkeys(("monai", "medpy", "mahotas", "plt"), ""),
}
# Names that modules often have, and that an image may have too.
MAYBE_MODULES = {
    **dict.fromkeys(("measure", "filters", "morphology", "segmentation", "feature", "exposure", "color"), "skimage"),
    **dict.fromkeys(("restoration", "util", "metrics", "draw", "ski", "sk"), "skimage"),
    **dict.fromkeys(("cp", "xp", "tf", "da"), "np"),
    **dict.fromkeys(("cv", "nd", "itk"), ""),
}

_BORDER = "as scikit-image, a mask at the border stays; {{{}}} empties it there"
_SMALL = "as scikit-image 0.26; older ones kept those of {max_size} pixels"
_SCALE = "scikit-image gives values of 0..1, here they stay on the image's own scale"
_KERNEL = "OpenCV repeats the image's border, here it is reflected"
_TYPES = "there are no types to choose: results never wrap"
_CASTS = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64")
_CAST = "NumPy wraps what does not fit, and cuts off fractions"


def _cast_to(name: str) -> str:
    """Values in a type, with what makes all of them fit."""
    if name.startswith("float"):
        return f"{name}(im)"
    bits = int(name.lstrip("uint"))
    low, high = (0, 2**bits - 1) if name.startswith("u") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return f"{name}(round(clip(im, {low}, {high})))"


_MORPHOLOGY_EX = {"ERODE": "erode", "OPEN": "open", "CLOSE": "close", "TOPHAT": "tophat", "BLACKHAT": "blackhat"}
_UNIT = "for values of 0..1"
_ONES = "for a kernel of 3x3 ones"
_BALL = "SimpleITK's ball reaches half a pixel further"
_CUT = "nearest is {}: OpenCV cuts the kernel at ksize and repeats the image's border"
_CANNY_8 = "thresholds for 8 bits, of the gradient: 25.5 and 51 are a tenth and a fifth of the range"
_TURNED = "for a convolution turn the kernel by half a turn, which changes nothing in one that is symmetric"
_MIRROR = "as OpenCV's border, whose pixels are not repeated"

_LINES = (
    # thresholds
    ("threshold", "im, lower:100", "im > lower"),
    ("threshold", "im, lower:100, upper:150", "between(im, lower, upper)", "both ends are included"),
    ("setThreshold", "lower:100, upper:150", "between(im, lower, upper)", "both ends are included"),
    ("threshold binarize imbinarize auto_threshold autothreshold", "im", "im > otsu(im)"),
    ("imbinarize im2bw", "im, level:0.4", "im / 255 > level", "for 8 bits; im > level where values go from 0 to 1"),
    ("cv2.threshold", "im, thresh:100, maxval:255, type~OTSU:THRESH_OTSU", "im > otsu(im)"),
    ("cv2.threshold", "im, thresh:100, maxval:255, type~INV:THRESH_INV", "im <= thresh"),
    ("cv2.threshold", "im, thresh:100, maxval:255, type~BINARY:THRESH_BINARY", "im > thresh"),
    ("BinaryThreshold", "im, lowerThreshold:100, upperThreshold:150, insideValue=1, outsideValue=0",
     "between(im, lowerThreshold, upperThreshold)"),
    ("graythresh threshold_otsu", "im", "otsu(im)"),
    ("OtsuThreshold", "im, insideValue=1, outsideValue=0", "im <= otsu(im)", "as SimpleITK, the dark side is on"),
    ("threshold_li", "im", "li(im)"),
    ("threshold_yen", "im", "yen(im)"),
    ("threshold_triangle", "im", "triangle(im)"),
    ("threshold_isodata", "im", "isodata(im)"),
    ("threshold_minimum", "im", "valley(im)"),
    ("threshold_mean", "im", "mean_threshold(im)"),
    ("threshold_multiotsu multi_otsu", "im, classes=3", "multiotsu_thresholds(im, classes)",
     "it gives the thresholds, {multiotsu(im, classes)} the classes"),
    ("multithresh", "im", "multiotsu_thresholds(im, 2)", "it gives the thresholds, {multiotsu(im, 2)} the classes"),
    ("multithresh", "im, n:2", "multiotsu_thresholds(im, {n + 1})", "for {n + 1} classes"),
    ("threshold_local", "im, block_size=15", "local_mean(im, {block_size // 2})",
     "a mean; scikit-image's default weighs by a gaussian"),
    ("threshold_local", "im, block_size:15, offset:10", "local_mean(im, {block_size // 2}) - offset",
     "a mean; scikit-image's default weighs by a gaussian"),
    ("adaptive_threshold adaptthresh", "im, block_size=15", "im > local_mean(im, {block_size // 2})"),
    ("adaptiveThreshold", "im, maxval:255, method:0, type:0, block_size:15, C:5",
     "im > local_mean(im, {block_size // 2}) - C", _KERNEL),
    ("threshold_niblack", "im, window_size=15, k=0.2", "niblack(im, {window_size // 2}, k)"),
    ("threshold_sauvola", "im, window_size=15, k=0.2", "sauvola(im, {window_size // 2}, k)"),
    ("apply_hysteresis_threshold", "im, low:100, high:150", "hysteresis(im, low, high)"),
    ("inRange in_range", "im, lowerb:100, upperb:150", "between(im, lowerb, upperb)"),
    # masks and values
    ("invert bitwise_not complement imcomplement logical_not BinaryNot", "m", "~m"),
    ("invert bitwise_not complement imcomplement", "im", "255 - im", "for 8 bits; 1 - im where values go from 0 to 1"),
    ("logical_not", "im", "im == 0"),
    ("logical_and bitwise_and intersection", "a, b", "a & b"),
    ("bitwise_and", "im, same, mask:m", "where(mask, im, 0)"),
    ("logical_or bitwise_or union", "a, b", "a | b"),
    ("logical_xor bitwise_xor", "a, b", "a ^ b"),
    ("absdiff imabsdiff", "a, b", "abs(a - b)"),
    ("subtract imsubtract", "a, b", "a - b"),
    ("add imadd", "a, b", "a + b"),
    ("multiply immultiply", "a, b", "a * b"),
    ("divide imdivide true_divide", "a, b", "a / b"),
    ("pow power", "a, b", "a ** b"),
    ("mod", "a, b", "a % b"),
    ("square", "im", "im ** 2"),
    ("fabs absolute", "im", "abs(im)"),
    ("isinf", "im", "~isfinite(im) & ~isnan(im)"),
    ("ln", "im", "log(im)"),
    ("atan2", "a, b", "arctan2(a, b)"),
    ("atan arctan", "im", "arctan2(im, 1)"),
    ("sinh", "im", "(exp(im) - exp(-im)) / 2"),
    ("cosh", "im", "(exp(im) + exp(-im)) / 2"),
    ("exp2", "im", "2.0 ** im"),
    ("log1p", "im", "log(im + 1)"),
    ("equal", "a, b", "a == b"),
    ("not_equal", "a, b", "a != b"),
    ("less", "a, b", "a < b"),
    ("less_equal", "a, b", "a <= b"),
    ("greater", "a, b", "a > b"),
    ("greater_equal", "a, b", "a >= b"),
    ("ifelse select iif", "m, a, b", "where(m, a, b)"),
    ("filled", "im, value=0", "where(valid, im, value)", "where valid=~im.mask is given as an input"),
    ("masked_where", "m, im", "where(m, 0, im)"),
    ("nan_to_num", "im, nan=0", "where(isnan(im), nan, im)"),
    ("count_nonzero countNonZero", "m", "area(m)"),
    ("count_nonzero countNonZero", "im", "area(im != 0)"),
    ("average avg", "im", "mean(im)"),
    ("stdev stddev standard_deviation", "im", "std(im)"),
    ("variance var", "im", "std(im) ** 2"),
    ("quantile", "im, q:0.3", "percentile(im, {100 * q})"),
    ("prctile", "im, q:0.3", "percentile(im, q)"),
    ("amin", "im", "min(im)"),
    ("amax", "im", "max(im)"),
    ("ptp", "im", "max(im) - min(im)"),
    ("mip projection max_projection", "im", 'max(im, axes="z")'),
    ("skew skewness", "im", "mean((im - mean(im)) ** 3) / std(im) ** 3"),
    ("kurtosis", "im", "mean((im - mean(im)) ** 4) / std(im) ** 4", "3 for a normal distribution, where SciPy's is 0"),
    ("nanmean", "im", "mean(im[~isnan(im)])"),
    ("nansum", "im", "sum(im[~isnan(im)])"),
    ("nanstd", "im", "std(im[~isnan(im)])"),
    ("nanvar", "im", "std(im[~isnan(im)]) ** 2"),
    ("nanmin", "im", "min(im[~isnan(im)])"),
    ("nanmax", "im", "max(im[~isnan(im)])"),
    ("nanmedian", "im", "median(im[~isnan(im)])"),
    ("nanpercentile", "im, q:0.3", "percentile(im[~isnan(im)], q)"),
    ("nanquantile", "im, q:0.3", "percentile(im[~isnan(im)], {100 * q})"),
    ("mad median_abs_deviation", "im", "median(abs(im - median(im)))"),
    ("len", "a", "area(a)", "len has no one meaning for an image: this counts a mask's pixels"),
    ("crop imcrop", "im", "im[10:90, 20:60]"),
    ("astype", "m, type:type", "where(m, 1, 0)", _TYPES),
    *(
        ("astype", f"im, type~{word}:{name}", _cast_to(name), _CAST)
        for name, word in (*((name, f"\\b{name}\\b") for name in _CASTS), ("float64", "^(float|double)$"))
    ),
    ("astype", "im, type:type", "im", _TYPES),
    ("img_as_ubyte im2uint8", "im", "uint8(round(rescale(im, 0, 255, 0, 1)))", _UNIT),
    ("img_as_uint im2uint16", "im", "uint16(round(rescale(im, 0, 65535, 0, 1)))", _UNIT),
    ("float double asarray array copy", "im", "im", _TYPES),
    ("int", "im", "floor(im)", "integers stay whole by themselves"),
    ("print disp display imshow show", "im", "im", "the value of the last line is shown"),
    # morphology
    ("dilation binary_dilation imdilate", "m, footprint=1", "dilate(m, footprint)"),
    ("binary_dilation", "m, structure:1", "dilate(m, structure)"),
    ("binary_dilation", "m, structure~[Nn]one=none, iterations=1", "dilate(m, iterations)"),
    ("BinaryDilate", "m, kernelRadius:1", 'dilate(m, {kernelRadius + 0.5}, "disk")', _BALL),
    ("BinaryDilate", "m", 'dilate(m, 1, "square")', "SimpleITK's ball of radius 1 is a square"),
    ("cv2.dilate", "m, kernel=1, iterations=1", 'dilate(m, iterations, "square")', _ONES),
    ("cv2.erode", "m, kernel=1, iterations=1", 'erode(m, iterations, "square", border="ignore")', _ONES),
    ("dilation", "im, footprint=1", "dilate(im, footprint)"),
    ("maximum_filter max_filter grey_dilation", "im, size=3", 'dilate(im, {size // 2}, "square")'),
    ("erosion skimage.binary_erosion imerode", "m, footprint=1", 'erode(m, footprint, border="ignore")',
     _BORDER.format("erode(m, footprint)")),
    ("erosion imerode", "im, footprint=1", "erode(im, footprint)"),
    ("binary_erosion", "m, footprint=1", "erode(m, footprint)"),
    ("binary_erosion", "m, structure:1", "erode(m, structure)"),
    ("binary_erosion", "m, structure~[Nn]one=none, iterations=1", "erode(m, iterations)"),
    ("BinaryErode", "m, kernelRadius:1", 'erode(m, {kernelRadius + 0.5}, "disk", border="ignore")', _BALL),
    ("BinaryErode", "m", 'erode(m, 1, "square", border="ignore")', "SimpleITK's ball of radius 1 is a square"),
    ("minimum_filter min_filter grey_erosion", "im, size=3", 'erode(im, {size // 2}, "square")'),
    ("opening skimage.binary_opening imopen", "m, footprint=1", 'open(m, footprint, border="ignore")',
     _BORDER.format("open(m, footprint)")),
    ("opening imopen", "im, footprint=1", "open(im, footprint)"),
    ("binary_opening", "m, footprint=1", "open(m, footprint)"),
    ("binary_opening", "m, structure:1", "open(m, structure)"),
    ("binary_opening", "m, structure~[Nn]one=none, iterations=1", "open(m, iterations)"),
    ("grey_opening", "im, size=3", 'open(im, {size // 2}, "square")'),
    ("closing skimage.binary_closing imclose", "m, footprint=1", 'close(m, footprint, border="ignore")',
     "as scikit-image at the border; {close(m, footprint)} closes nothing towards it"),
    ("closing imclose", "im, footprint=1", "close(im, footprint)"),
    ("binary_closing", "m, footprint=1", "erode(dilate(m, footprint), footprint)",
     "as SciPy, which eats a mask at the border; {close(m, footprint)} does not"),
    ("binary_closing", "m, structure:1", "erode(dilate(m, structure), structure)"),
    ("binary_closing", "m, structure~[Nn]one=none, iterations=1", "erode(dilate(m, iterations), iterations)"),
    ("grey_closing", "im, size=3", 'close(im, {size // 2}, "square")'),
    *(
        ("morphologyEx", f"m, op~{op}:MORPH_{op}, kernel:kernel", f'{name}(m, 1, "square", border="ignore")', _ONES)
        for op, name in _MORPHOLOGY_EX.items()
    ),
    ("morphologyEx", "im, op~OPEN:MORPH_OPEN, kernel:kernel", 'open(im, 1, "square")', _ONES),
    ("morphologyEx", "im, op~CLOSE:MORPH_CLOSE, kernel:kernel", 'close(im, 1, "square")', _ONES),
    ("morphologyEx", "im, op~TOPHAT:MORPH_TOPHAT, kernel:kernel", 'tophat(im, 1, "square")', _ONES),
    ("morphologyEx", "im, op~BLACKHAT:MORPH_BLACKHAT, kernel:kernel", 'blackhat(im, 1, "square")', _ONES),
    ("morphologyEx", "im, op:0, kernel=1", 'dilate(im, 1, "square") - erode(im, 1, "square")'),
    ("morphological_gradient", "im, size=3", 'dilate(im, {size // 2}, "square") - erode(im, {size // 2}, "square")'),
    ("white_tophat top_hat imtophat", "im, footprint=1", "tophat(im, footprint)"),
    ("black_tophat bottom_hat imbothat", "im, footprint=1", "blackhat(im, footprint)"),
    ("find_boundaries", "labels, connectivity=1, mode~thick='thick'", "dilate(labels + 0, 1) != erode(labels + 0, 1)",
     "for a mask {dilate(labels, 1) & dilate(~labels, 1)}"),
    ("find_boundaries", "labels, connectivity=1, mode~inner:'inner'", 'boundary(labels, 1, border="ignore")'),
    ("find_boundaries", "m, connectivity=1, mode~thick='thick'", "dilate(m, 1) & dilate(~m, 1)"),
    ("find_boundaries", "m, connectivity=1, mode~inner:'inner'", 'boundary(m, 1, border="ignore")'),
    ("expand_labels", "labels, distance=1", 'dilate(labels, distance, "disk")', "ties go to the lower label"),
    ("dilate_labels", "labels, radius=1", "dilate(labels, radius)"),
    ("erode_labels", "labels, radius=1", "erode(labels, radius)"),
    ("fill_label_holes", "labels", "fill_holes(labels)"),
    ("relabel_sequential", "labels", "relabel(labels)", "its numbers go in scan order"),
    ("mark_boundaries outline contour edge edges bwperim find_contours", "m", "boundary(m, 1)"),
    ("find_contours", "im, level:100", "boundary(im > level, 1)", "a mask, no coordinates"),
    ("skeletonize", "m", 'skeleton(m, method="zhang")', "the default loses no lines"),
    ("skeletonize", "m, method~lee:'lee'", 'skeleton(m, method="lee")', "the default loses no lines"),
    ("skeletonize_3d", "m", 'skeleton(m, method="lee")', "the default loses no lines"),
    ("bwskel BinaryThinning", "m", "skeleton(m)"),
    ("thin", "m", "skeleton(m)", "nearest is {}: lines as thin, but not pixel for pixel the same"),
    ("convex_hull convex_hull_image convexHull bwconvhull", "m", "hull(m)"),
    ("reconstruction", "seed, mask", "reconstruct(seed, mask, connectivity=2)"),
    ("imreconstruct", "seed, mask", "reconstruct(seed, mask, connectivity=2)"),
    ("binary_propagation", "seed, structure~[Nn]one=none, mask=m", "reconstruct(seed, mask)"),
    ("binary_hit_or_miss", "m", 'hit_or_miss(m, "000/.1./111")'),
    # regions
    ("bwconncomp", "m", "measure(m, area, connectivity=2)",
     "a row for each region; {label(m, 2)} numbers them, {count(m, 2)} counts them"),
    ("connected_components connectedComponents bwlabel skimage.label", "m",
     "label(m, 2)", "it joins pixels by their corners too, as there; {label(m)} by faces alone"),
    ("skimage.label", "m, connectivity:1", "label(m, connectivity)"),
    ("skimage.label", "im", "label(im, 2)",
     "it joins pixels by their corners too, as there; {label(im)} by faces alone"),
    ("skimage.label", "im, connectivity:1", "label(im, connectivity)"),
    ("ConnectedComponent", "m", "label(m)"),
    ("num_components", "m", "count(m)"),
    ("regionprops regionprops_table regionprops3 analyze_particles analyzeParticles AnalyzeParticles analyse_particles"
     " analyseParticles analyzeRegions particles find_objects label_statistics", "m",
     "measure(m, area, centroid)",
     "maskexpr functions properties lists what can be measured, of=im gives grey values; {keep(m, area >= 50)} chooses"
     " regions"),
    ("LabelShapeStatistics LabelIntensityStatistics", "m, im", "measure(m, area, mean_intensity, of=im)"),
    ("regionprops regionprops_table LabelShapeStatistics connectedComponentsWithStats", "m",
     "measure(m, area, bbox, centroid)"),
    ("regionprops regionprops_table regionprops3", "m, intensity_image:im", "measure(m, area, mean_intensity, of=im)"),
    ("filter_regions bwpropfilt", "m", "keep(m, area >= 50)",
     "maskexpr functions properties lists what can stand in the condition"),
    ("remove_small_objects", "m, max_size=64", "remove_small(m, {max_size + 1})", _SMALL),
    ("remove_small_objects", "m, min_size=64", "remove_small(m, min_size)",
     "as scikit-image up to 0.25; since 0.26 those of that size go too: {remove_small(m, min_size + 1)}"),
    ("remove_small_objects", "m, max_size:64, connectivity:2",
     "remove_small(m, {max_size + 1}, connectivity=connectivity)", _SMALL),
    ("bwareaopen", "m, P=64", "remove_small(m, P, connectivity=2)"),
    ("bwareaopen", "m, P:64, conn:8", "remove_small(m, P, connectivity=conn)"),
    ("area_opening", "m, area_threshold=64", "remove_small(m, area_threshold)"),
    ("area_opening", "im, area_threshold=64", "reconstruct(open(im, 4), im)",
     "nearest is {}: it goes by the width of bright spots, not by their area; of a mask write {remove_small(im,"
     " area_threshold)}"),
    ("remove_small_holes", "m, max_size=64", "~remove_small(~m, {max_size + 1})", _SMALL),
    ("remove_small_holes", "m, area_threshold=64", "~remove_small(~m, area_threshold)",
     "as scikit-image up to 0.25; since 0.26 those of that size go too: {~remove_small(~m, area_threshold + 1)}"),
    ("remove_small_holes", "m, max_size:64, connectivity:2",
     "~remove_small(~m, {max_size + 1}, connectivity=connectivity)", _SMALL),
    ("area_closing", "m, area_threshold=64", "~remove_small(~m, area_threshold)"),
    ("area_closing", "im, area_threshold=64", "-reconstruct(-close(im, 4), -im)",
     "nearest is {}: it goes by the width of dark spots, not by their area; of a mask write {~remove_small(~im,"
     " area_threshold)}"),
    ("remove_large_objects", "m, size=5000", "remove_large(m, size)"),
    ("binary_fill_holes imfill fillholes BinaryFillhole", "m", "fill_holes(m)"),
    ("imfill", "m, holes:holes", "fill_holes(m)"),
    ("largest largest_component largest_connected_component", "m", "keep_largest(m)"),
    ("bwareafilt", r"m, range~^\[:[20; 90]", "keep(m, area >= range[0] & area <= range[1], connectivity=2)"),
    ("bwareafilt", "m, n=1", "keep_largest(m, n, connectivity=2)"),
    ("remove_border", "m", "clear_border(m)"),
    ("imclearborder skimage.clear_border", "m", "clear_border(m, 2)"),
    ("imclearborder skimage.clear_border", "m, buffer_size:3", "clear_border(m, 2, margin=buffer_size)"),
    ("imclearborder skimage.clear_border", "m, mask:m", "clear_border(m, 2, within=mask)"),
    ("flood flood_fill floodFill bwselect", "m, y=10, x=20", "at(m, y, x)"),
    ("distance_transform distance_transform_edt edt distance_transform_bf", "m", "distance(m)"),
    ("distance_transform_cdt", "m, metric~chess='chessboard'", 'distance(m, metric="chessboard")'),
    ("distance_transform_cdt distance_transform_bf", "m, metric~taxicab|cityblock|manhattan:'taxicab'",
     'distance(m, metric="city-block")'),
    ("distanceTransform", "m, distanceType~L1:DIST_L1, maskSize=none", 'distance(m, metric="city-block")'),
    ("distanceTransform", "m, distanceType~DIST_C:DIST_C, maskSize=none", 'distance(m, metric="chessboard")'),
    ("distanceTransform", "m, distanceType=none, maskSize=none", "distance(m)"),
    ("bwdist", "m, method~city:'cityblock'", 'distance(~m, metric="city-block")'),
    ("bwdist", "m, method~chess:'chessboard'", 'distance(~m, metric="chessboard")'),
    ("voronoi voronoi_labels", "labels", "nearest(labels)"),
    ("bwdist", "m", "distance(~m)"),
    ("peak_local_max find_maxima", "im, min_distance=1", "peaks(im, min_distance)",
     "those at the border count too, as with exclude_border=False"),
    ("peak_local_max", "im, min_distance=1, labels:labels", "peaks(im, min_distance, within=labels)",
     "those at the border count too, as with exclude_border=False"),
    ("peak_local_max", "im, min_distance=1, num_peaks:5", "peaks(im, min_distance, count=num_peaks)",
     "those at the border count too, as with exclude_border=False"),
    ("find_maxima", "im, prominence:10", "peaks(im, 1, h=prominence)"),
    ("local_maxima imregionalmax", "im", "regional_maxima(im, 2)",
     "it joins pixels by their corners too, as there; {regional_maxima(im)} by faces alone"),
    ("local_minima imregionalmin", "im", "regional_minima(im, 2)",
     "it joins pixels by their corners too, as there; {regional_minima(im)} by faces alone"),
    ("skimage.h_maxima", "im, h=3", "h_maxima(im, h, 2)", "it joins pixels by their corners too, as there"),
    ("skimage.h_minima", "im, h=3", "h_minima(im, h, 2)", "it joins pixels by their corners too, as there"),
    ("imextendedmax", "im, h=3", "regional_maxima(reconstruct(im - h, im, 2), 2)"),
    ("imextendedmin", "im, h=3", "regional_minima(-reconstruct(-im - h, -im, 2), 2)"),
    ("imhmax", "im, h=3", "reconstruct(im - h, im, 2)"),
    ("imhmin", "im, h=3", "-reconstruct(-im - h, -im, 2)"),
    # filters
    ("skimage.gaussian", "im, sigma=1", "gaussian(im, sigma)", _SCALE),
    ("blur smooth gaussian_blur gaussian_filter imgaussfilt DiscreteGaussian SmoothingRecursiveGaussian",
     "im, sigma=1", "gaussian(im, sigma)"),
    ("cv2.blur", "im, ksize=3", "mean_filter(im, {ksize // 2})", _KERNEL),
    ("GaussianBlur", "im, ksize:[5; 5], sigma~^(?!0)=1", "gaussian(im, sigma)", _CUT),
    ("GaussianBlur", "im, ksize=3, sigma~^0$:0", "gaussian(im, {ksize * 0.15} + 0.35)", _CUT),
    ("uniform_filter box_filter ndi.mean_filter", "im, size=3", "mean_filter(im, {size // 2})"),
    ("boxFilter", "im, ddepth=none, ksize=3", "mean_filter(im, {ksize // 2})", _KERNEL),
    ("medianBlur", "im, ksize=3", "median_filter(im, {ksize // 2})", _KERNEL),
    ("medfilt medfilt2 ndi.median_filter", "im, size=3", "median_filter(im, {size // 2})"),
    ("skimage.median sitk.Median Median", "im", "median_filter(im, 1)"),
    ("sitk.Median Median", r"im, radius~^\[?(\d+)(; *\1)*\]?$:[2; 2]", "median_filter(im, {radius * 1})"),
    ("skimage.median", "im, footprint=1", "median_filter(im, footprint)"),
    ("percentile_filter", "im", "rank_filter(im, 4)", "the fifth of nine values; a rank is no percentage"),
    ("unsharp_mask", "im, radius=1, amount=1", "unsharp(im, radius, amount)", _SCALE),
    ("sharpen imsharpen", "im", "unsharp(im, 1)"),
    ("edge edges", "im, method~[Cc]anny:'canny'", "canny(im, 1.4, 25.5, 51)", _CANNY_8),
    ("edge edges", "im, method~[Pp]rewitt:'prewitt'", "prewitt(im) > 20", "the threshold is yours to choose"),
    ("edge edges", "im, method='sobel'", "sobel(im) > 20", "the threshold is yours to choose"),
    ("Canny", "im, low:100, high:150", "canny(im, 0, low, high)",
     "as with L2gradient=True; OpenCV's default adds up the sizes along both axes"),
    ("CannyEdgeDetection", "im, lowerThreshold=5, upperThreshold=15",
     "canny(im, 1, lowerThreshold, upperThreshold)", "SimpleITK's thresholds are of second derivatives"),
    ("grad gradient gradient_magnitude GradientMagnitude", "im", "sobel(im)"),
    ("GradientMagnitudeRecursiveGaussian", "im, sigma=1", "gaussian_gradient(im, sigma)"),
    ("LaplacianRecursiveGaussian", "im, sigma=1", "gaussian_laplace(im, sigma)"),
    ("log_filter", "im, sigma=1", "gaussian_laplace(im, sigma)"),
    ("Sobel ndi.sobel", "im", "sobel(im)", "nearest is {}: the gradient's size, not its part along one axis"),
    ("Scharr", "im", "scharr(im)", "nearest is {}: the gradient's size, not its part along one axis"),
    ("generic_gradient_magnitude", "im, derivative:sobel", "sobel(im)"),
    ("gaussian_gradient_magnitude", "im, sigma=1", "gaussian_gradient(im, sigma)"),
    ("ndi.correlate1d correlate1d", "im, weights:[1; 2; 1], axis=-1", "correlate(im, weights, axes=axis)"),
    ("convolve convolve2d conv2 imfilter2 ndi.convolve", "im, weights:[[0; 1; 0]; [1; -4; 1]; [0; 1; 0]]",
     "correlate(im, weights)", _TURNED),
    ("convolve1d", "im, weights:[1; 2; 1], axis=-1", "correlate(im, weights, axes=axis)", _TURNED),
    ("filter2D", "im, ddepth:-1, kernel:[[0; 1; 0]; [1; -4; 1]; [0; 1; 0]]",
     'correlate(im, kernel, border="mirror")', _MIRROR),
    ("imfilter correlate2d filter2", "im, weights:[[0; 1; 0]; [1; -4; 1]; [0; 1; 0]]",
     'correlate(im, weights, border="constant")'),
    ("laplacian Laplacian", "im", "laplace(im)"),
    ("skimage.laplace", "im", "-laplace(im)", "with scikit-image's sign"),
    ("dog", "im, low=1, high=2", "difference_of_gaussians(im, low, high)"),
    ("rescale_intensity", "im", "rescale(im, 0, 255)", "the range of 8 bits; {normalize(im)} gives values of 0..1"),
    ("mat2gray normalise", "im", "normalize(im)"),
    ("imadjust", "im", "normalize(im, percentile(im, 1), percentile(im, 99))"),
    ("equalize_hist histeq equalise", "im", "equalize(im)"),
    ("equalizeHist", "im", "equalize(im)", "it gives values of 0..1"),
    ("equalize_adapthist adapthisteq", "im", "clahe(im, 2)",
     "nearest is {}: as OpenCV, in the image's own type and with 8 tiles each way"),
    ("createCLAHE", "clipLimit=40", "clahe(im, clipLimit)"),
    ("createCLAHE", "clipLimit:2, tileGridSize:[8; 8]", "clahe(im, clipLimit, tileGridSize)",
     "tiles are counted down and then across, in OpenCV across and then down"),
    ("CLAHE", "im", "clahe(im)"),
    ("subtract_background subtractBackground", "im, radius=50", "im - rolling_ball(im, radius)",
     "ImageJ shrinks and smooths the image before; {rolling_ball(gaussian(im, 1), radius)} is near"),
    ("background", "im, radius=50", "rolling_ball(im, radius)"),
    ("skimage.sobel", "im", "sobel(im)", _SCALE),
    # colour
    ("rgb2gray rgb2grey", "im", "gray(im)", _SCALE),
    ("grey im2gray luminance brightness cvtColor", "im", "gray(im)"),
    ("cvtColor", "im, code~(?i)2lab:COLOR_RGB2LAB", "lightness(im)",
     "and lab_a(im), lab_b(im); OpenCV scales those of 8 bits"),
    ("cvtColor", "im, code~(?i)2ycrcb:COLOR_RGB2YCrCb", "luma(im)",
     "and cr(im), cb(im); OpenCV's are of full range, and its luma is 0.299 R + 0.587 G + 0.114 B"),
    ("cvtColor", "im, code~(?i)2hsv:COLOR_RGB2HSV", "hue(im)",
     "and saturation(im), value(im); OpenCV's hue of 8 bits is 180 times this, its saturation 255 times"),
    ("cvtColor", "im, code:0", "gray(im)"),
    ("rgb2hed hed colour_deconvolution color_deconvolution", "im", "haematoxylin(im)",
     "and eosin(im), dab(im) for the other two"),
    ("hematoxylin", "im", "haematoxylin(im)"),
    ("separate_stains", "im, matrix=hed_from_rgb", "haematoxylin(im)", "and eosin(im), dab(im) for the other two"),
    ("rgb2lab rgb_to_lab", "im", "lightness(im)", "and lab_a(im), lab_b(im) for the other two"),
    ("lab_l", "im", "lightness(im)"),
    ("rgb2ycbcr", "im", "luma(im)", "and cb(im), cr(im) for the other two"),
    ("rgb2hsv", "im", "hue(im)", "and saturation(im), value(im) for the other two"),
    # stacks, agreement
    ("staple majority majority_vote", "a, b, c", "vote([a, b, c]) > 0.5"),
    ("jaccard jaccard_index jaccard_score jaccard_similarity", "a, b", "iou(a, b)"),
    ("overlap dice_coefficient dice_score", "a, b", "dice(a, b)"),
    ("f1_score", "a, b", "dice(a, b)", "pixel by pixel; {f1(b, a)} goes by regions"),
    ("matching", "a, b, thresh=0.5", "f1(b, a, thresh)", "precision and recall are functions, too"),
    ("average_precision", "a, b, threshold=0.5", "f1(b, a, threshold)",
     "nearest is {}: TP / (TP + FP + FN) is f1 / (2 - f1)"),
    ("hausdorff_distance directed_hausdorff", "a, b", "hausdorff(a, b)"),
    ("hd95 hausdorff95", "a, b", "hausdorff(boundary(a), boundary(b), 95)", "as MONAI; medpy pools both directions"),
    # shapes
    ("disk", "radius=10", "circle(50, 50, radius)", "as an element write {dilate(m, radius, \"disk\")}"),
    ("ball", "radius=4", "sphere(5, 50, 50, radius)", "as an element write {dilate(m, radius, \"disk\")}"),
    ("box rect", "y0=10, x0=20, y1=90, x1=60", "rectangle(y0, x0, y1, x1)"),
    ("draw_line drawline line_aa", "y0=10, x0=20, y1=90, x1=60", "line(y0, x0, y1, x1)"),
    ("zeros zeros_like", "im", "empty()"),
    ("ones ones_like", "im", "full()"),
)  # fmt: skip


def _table() -> dict[str, tuple[Form, ...]]:
    table: dict[str, tuple[Form, ...]] = {}
    for names, *rest in _LINES:
        made = form(*rest)
        for name in names.split():
            table[name] = (*table.get(name, ()), made)
    return table


FOREIGN_FUNCTIONS = _table()

# What others have by these names has no like here, whatever name is like it by its letters.
WITHOUT_LIKE = frozenset(
    (
        "sort",
        "reshape",
        "diff",
        "delete",
        "choose",
        "cov",
        "long",
        "isnat",
        "blackman",
        "tanh",
        "arctanh",
        "sinc",
        "predict",
        "hsplit",
        "vsplit",
    )
)

_FERET = "from corner to corner of pixels, as in ImageJ; scikit-image goes by the middles of their edges"
# Properties of regions by the names that scikit-image, MATLAB and ImageJ give them: what a condition says for them, and
# how that differs where it does.
FOREIGN_PROPERTIES = {
    "size": ("area", ""),
    "num_pixels": ("area", ""),
    "filled_area": ("area", "measured once holes are filled: keep(fill_holes(m), ...)"),
    "area_filled": ("area", "measured once holes are filled: keep(fill_holes(m), ...)"),
    "axis_major_length": ("major_axis", ""),
    "major_axis_length": ("major_axis", ""),
    "axis_minor_length": ("minor_axis", ""),
    "minor_axis_length": ("minor_axis", ""),
    "diameter": ("equivalent_diameter", ""),
    "equivalent_diameter_area": ("equivalent_diameter", ""),
    "feret_diameter_max": ("feret_max", _FERET),
    "max_feret": ("feret_max", ""),
    "feret": ("feret_max", ""),
    "min_feret": ("feret_min", ""),
    "minferet": ("feret_min", ""),
    "area_convex": ("convex_area", ""),
    "euler": ("euler_number", ""),
    "round": ("roundness", ""),
    "maximum_3d_diameter": ("max_diameter", ""),
    "intensity_median": ("median_intensity", ""),
    "integrated_density": ("sum_intensity", ""),
    "raw_int_den": ("sum_intensity", ""),
    "centroid_weighted": ("weighted_centroid", ""),
    "convexity": ("solidity", "it goes by areas, not by perimeters"),
    "intensity_mean": ("mean_intensity", ""),
    "intensity_std": ("std_intensity", ""),
    "intensity_min": ("min_intensity", ""),
    "intensity_max": ("max_intensity", ""),
    "mean": ("mean_intensity", ""),
    "std": ("std_intensity", ""),
    "min": ("min_intensity", ""),
    "max": ("max_intensity", ""),
    "bounding_box": ("bbox", ""),
}

# What a property is compared with where nothing was said.
USUAL = {
    "area": "> 50", "volume": "> 50", "equivalent_diameter": "> 10", "perimeter": "> 30", "extent": "> 0.5",
    "solidity": "> 0.8", "circularity": "> 0.7", "eccentricity": "< 0.9", "major_axis": "> 20", "minor_axis": "> 10",
    "feret_max": "> 20", "feret_min": "> 10", "convex_area": "> 50", "roundness": "> 0.7", "aspect_ratio": "< 2",
    "sphericity": "> 0.7", "euler_number": "== 1", "orientation": "> 0", "label": "== 1", "parent": "> 0",
    "distance_to": "< 10", "touches_border": "",
}  # fmt: skip

# Values by the names that Python and NumPy give them.
FOREIGN_VALUES = {
    "nan": "isnan(im)",
    "NaN": "isnan(im)",
    "NAN": "isnan(im)",
    "inf": "isfinite(im)",
    "Inf": "isfinite(im)",
    "infinity": "isfinite(im)",
    "pi": "3.14159265",
    "e": "exp(1)",
}


def worded(meant: str, note: str) -> str:
    """What is written for something, with what there is to say of it."""
    if "{}" in note:
        return note.replace("{}", meant)
    return f"write {meant}" + (f"; {note}" if note else "")
