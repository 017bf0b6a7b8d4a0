"""What goes wrong with programs that are run by processes apart."""

from maskexpr.diagnostics.messages.wording import Mistake

_AGAIN = "call it again: another process is there for it"

SANDBOX_KILLED = Mistake("worker-died", "the process that ran the program was killed from outside ({signal})", _AGAIN)
SANDBOX_ENDED = Mistake(
    "worker-died",
    "the process that ran the program ended by itself ({why})",
    "call it again, another process is there for it; if that ends as well, give it a smaller image",
)
SANDBOX_NONSENSE = Mistake(
    "worker-nonsense", "the process that ran the program did not answer as ours do, and was ended: {what}", _AGAIN
)
SANDBOX_NOT_STARTED = Mistake(
    "worker-not-started", "no process could be started to run programs: {why}", "run them without a sandbox"
)
SANDBOX_CLOSED = Mistake(
    "sandbox-closed", "the sandbox is closed", "call its programs within `with maskexpr.Sandbox() as box:`"
)
SANDBOX_SECONDS = Mistake(
    "limit-seconds",
    "the run takes longer than the {most:.3g} s that Limits allow, and was ended",
    "give it a smaller image, or allow more: Limits(seconds=...)",
)
SANDBOX_MEMORY = Mistake(
    "limit-memory",
    "the run takes more memory than the {most} that its process may{wanted}",
    "give it a smaller image, or allow more: Limits(memory=...)",
)
SANDBOX_OUTPUT = Mistake(
    "limit-output-bytes",
    "the results take more than the {most} that Limits allow",
    "give it a smaller image, or allow more: Limits(output_bytes=...)",
)
SANDBOX_CANCELLED = Mistake("cancelled", "the run was given up: cancel is set", "call it again where it is wanted")
SANDBOX_FUNCTION = Mistake(
    "worker-refuses",
    "the processes of a sandbox do not find the function {name}: it is not in a module that can be imported",
    "put it into a module of its own",
)
SANDBOX_REFUSES = Mistake(
    "worker-refuses",
    "the processes of a sandbox cannot take this: {why}",
    "put functions into a module that can be imported, and give constants that can be pickled",
)
SANDBOX_WORKERS = Mistake("argument-range", "workers is {given}", "give a whole number from 1 on: workers=2, say")
SANDBOX_THREADS = Mistake("argument-range", "threads is {given}", "give a whole number from 1 on, or leave it out")
