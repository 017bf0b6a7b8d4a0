"""Names that others have for thresholds, for what is done with values and masks pixel by pixel, for statistics and for
measures of agreement: lines of the table."""

from maskexpr.diagnostics.foreign_names.filters import KERNEL

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


_UNIT = "for values of 0..1"

LINES = (
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
    ("OtsuMultipleThresholds", "im, numberOfThresholds=1", "multiotsu(im, {numberOfThresholds + 1})"),
    ("threshold_local", "im, block_size=15", "local_mean(im, {block_size // 2})",
     "a mean; scikit-image's default weighs by a gaussian"),
    ("threshold_local", "im, block_size:15, offset:10", "local_mean(im, {block_size // 2}) - offset",
     "a mean; scikit-image's default weighs by a gaussian"),
    ("adaptive_threshold adaptthresh", "im, block_size=15", "im > local_mean(im, {block_size // 2})"),
    ("adaptiveThreshold", "im, maxval:255, method:0, type:0, block_size:15, C:5",
     "im > local_mean(im, {block_size // 2}) - C", KERNEL),
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
    # stacks, agreement
    ("staple majority majority_vote", "a, b, c", "vote([a, b, c]) > 0.5"),
    ("jaccard jaccard_index jaccard_score jaccard_similarity", "a, b", "iou(a, b)"),
    ("overlap dice_coefficient dice_score", "a, b", "dice(a, b)"),
    ("f1_score", "a, b", "dice(a, b)", "pixel by pixel; {f1(b, a)} goes by regions"),
    ("precision_score", "a, b", "area(a & b) / area(b)", "pixel by pixel; {precision(b, a)} goes by regions"),
    ("recall_score", "a, b", "area(a & b) / area(a)", "pixel by pixel; {recall(b, a)} goes by regions"),
    ("matching", "a, b, thresh=0.5", "f1(b, a, thresh)", "precision and recall are functions, too"),
    ("average_precision", "a, b, threshold=0.5", "f1(b, a, threshold)",
     "nearest is {}: TP / (TP + FP + FN) is f1 / (2 - f1)"),
    ("hausdorff_distance directed_hausdorff", "a, b", "hausdorff(a, b)"),
    ("hd95 hausdorff95", "a, b", "hausdorff(boundary(a), boundary(b), 95)", "as MONAI; medpy pools both directions"),
)  # fmt: skip
