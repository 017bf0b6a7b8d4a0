"""Params swept: what is tried, what is to be best, and what it came to."""

from maskexpr.diagnostics.messages.wording import Mistake

# What is tried.
SWEEP_NOTHING = Mistake("sweep-range", "no param is swept", "give one several values: {example}")
SWEEP_NO_PARAMS = Mistake("sweep-range", "the program has no param", "write param low = 32 in 0..255, say, into it")
SWEEP_RANGE_ENDS = Mistake("sweep-range", "{name}={text} begins behind its end", "write {name}={swapped}")
SWEEP_RANGE_NO_NUMBERS = Mistake(
    "sweep-range", "{name} takes no numbers, so {text} is no range of it", "write its values: {name}={example}"
)
SWEEP_STEP = Mistake("sweep-range", "the step {step} of {name} is not above 0", "write {name}={example}")
SWEEP_STEP_WHOLE = Mistake(
    "sweep-range", "{name} is a whole number, and {step} is no whole step", "write {name}={example}"
)
SWEEP_NO_STEP = Mistake(
    "sweep-range", "{name}={text} has no step", "write {name}={text}:{step}, or try some values of it: --samples 200"
)
SWEEP_UNITS = Mistake(
    "sweep-range", "the step {step} of {name} is of another kind than {text}", "write {name}={example}"
)
SWEEP_TWICE = Mistake("sweep-range", "{name} is given the value {value} twice", "delete one of the two")
SWEEP_NO_VALUES = Mistake("sweep-range", "{name} is given no values", "give it some: {example}")
SWEEP_LONG = Mistake(
    "sweep-size", "{name}={text} are {count:,} values", "take a larger step, or try some of them: --samples 200"
)
SWEEP_LARGE = Mistake(
    "sweep-size",
    "these are {count:,} runs on {images:image|images}, more than {most:,} in all",
    "try some of them: --samples {samples}",
)
SWEEP_SAMPLES = Mistake("sweep-size", "{count} are no samples", "give a number from 1 to {most:,}")
SWEEP_FEWER = Mistake(
    "sweep-size", "there are {count:,} different values to try, not {wanted:,}", "all of them are tried", "warning"
)

SWEEP_SEED = Mistake("sweep-size", "the seed {seed} is below 0", "give a whole number from 0 on")

# What is to be best.
SWEEP_GOAL = Mistake("sweep-goal", "nothing says which mask is best", "write {flag}'dice({name}, truth)', say")
SWEEP_GOALS = Mistake("sweep-goal", "the score cannot be the most and the least", "delete one of the two")
SWEEP_NO_EXPRESSION = Mistake("sweep-goal", "this is no expression", "write one: dice(mask, truth), say")
SWEEP_NO_NUMBER = Mistake("sweep-goal", "this gives {kind:a}, not a number that could be best", "measure it: {example}")

SWEEP_NEEDLESS = Mistake(
    "input-unknown", "{name} is given, but neither the program nor {flag} names it", "leave it out, or name it there"
)

# What it came to.
SWEEP_NO_SCORE = Mistake("sweep-no-score", "no values have a finite score{on}: {reason}", "{way}")
SWEEP_SOME_FAILED = Mistake(
    "sweep-no-score", "{count:,} of {all:,} runs have no finite score, the first of them {where}", "{reason}", "warning"
)
SWEEP_AT_EDGE = Mistake(
    "sweep-edge", "the best is at the edge of what was tried: {name}={value}", "try a wider range: {example}", "warning"
)
SWEEP_FOLDS = Mistake("sweep-folds", "{count} are no folds", "give a number from 2 to the number of images")
SWEEP_FEW_IMAGES = Mistake(
    "sweep-folds", "{folds} folds need as many images, here are {images}", "write --folds {images}"
)
SWEEP_ONE_IMAGE = Mistake(
    "sweep-folds", "there is one image, none to hold back from tuning", "leave out --folds, or give more images"
)

# What is written.
SWEEP_OVER_PROGRAM = Mistake(
    "output-over-input", "{path} is the program itself", "write to another file, such as {example}"
)
SWEEP_ELSEWHERE = Mistake(
    "output-target", "the program names {name}, which lies beside it", "write into its folder: {example}"
)
SWEEP_IMAGES = Mistake(
    "sweep-images",
    "images of type {found} name no inputs",
    "give a mapping such as {{'im': ..., 'truth': ...}}, or a list of such",
)
SWEEP_ON_ERROR = Mistake("argument-choice", "on_error is {given}", 'write "raise" or "skip"')
SWEEP_NO_IMAGES = Mistake("sweep-images", "there are no images to try anything on", "give one: im=ankle.png, say")
