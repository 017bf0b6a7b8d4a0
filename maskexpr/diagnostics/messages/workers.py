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
