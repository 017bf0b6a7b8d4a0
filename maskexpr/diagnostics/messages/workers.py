"""What goes wrong with the processes that do the work of a study, and what is unforeseen in it."""

from maskexpr.diagnostics.messages.wording import Mistake

WORKER_KILLED = Mistake(
    "worker-ended",
    "the process that worked on it was killed ({signal}), perhaps for want of memory",
    "run it again with fewer jobs, or on a smaller image",
)
WORKER_ENDED = Mistake(
    "worker-ended",
    "the process that worked on it ended by itself ({why}): a library gave up on it",
    "leave it out, or save it anew in another format",
)
WORKER_NOT_STARTED = Mistake(
    "worker-not-started", "no process could be started to do the work: {why}", "run it without jobs, in this one"
)
WORKER_REFUSES = Mistake(
    "worker-refuses",
    "another process cannot take this: {why}",
    "put functions and classes into a module that can be imported, or run it with jobs=1",
)
ANSWER_KEPT = Mistake("worker-refuses", "another process cannot give this result back: {why}", "run it with jobs=1")
UNFORESEEN = Mistake(
    "unforeseen",
    "something that nobody foresaw: {what}",
    "leave it out and go on, and tell the developers of maskexpr",
)
NO_MEMORY = Mistake("out-of-memory", "there is not enough memory for it{wanted}", "use fewer jobs, or a smaller image")

JOBS_CORES = Mistake(
    "jobs", "there are {cores:core|cores}: of {jobs:job|jobs} only so many are started", "ask for fewer", "warning"
)
JOBS_MEMORY = Mistake(
    "memory",
    "an image takes about {needed} of memory, and {free} are free: of {jobs:job|jobs} only {started} are started",
    "ask for fewer, or crop the images",
    "warning",
)
MEMORY_SHORT = Mistake(
    "memory",
    "{name} takes about {needed} of memory, and {free} are free",
    "crop it, or use a machine with more",
    "warning",
)
JOBS = Mistake("argument-range", "jobs is {jobs}", "give a whole number from 1 on: jobs=2, say")
ON_ERROR = Mistake("argument-choice", "on_error is {given}", 'write "raise", "skip" or "return"')
MAP_PROGRAM = Mistake(
    "images", "program is {what}, no program", 'give a text such as "im > 3", or maskexpr.compile(...)'
)
MAP_PARAMS = Mistake("images", "params is {what}, no values by name", 'give a dict: {{"low": 3}}, say')
IMAGES_ARE_ONE = Mistake("images", "images is {what}, not several images", "give a list of them, or another iterable")
IMAGE_NAMELESS = Mistake(
    "images", "the program takes {names}, so it is not known which this {what} is", "give dicts: {{{example}}}, say"
)
IMAGE_NEEDLESS = Mistake("images", "the program takes no images", "name one in it: im > 32, say")
MAP_FUNCTION_UNKNOWN = Mistake(
    "worker-refuses",
    "other processes do not find the function {name}: it is not in a module that can be imported",
    "put it into a module of its own, or use jobs=1",
)
