"""What a study keeps of itself: its journal, the lock on its folder, and its tables."""

from maskexpr.diagnostics.messages.wording import Mistake

FOLDER_IN_USE = Mistake(
    "folder-in-use",
    "{folder} is in use: process {pid} on {host} has run a study there since {since}",
    "wait for it, or write to another folder; if it has ended, delete {lock}",
)
FOLDER_IN_USE_SAME = Mistake(
    "folder-in-use",
    "{folder} is in use: process {pid} has run a study there since {since}",
    "wait for it, end it, or write to another folder",
)
LOCK_LOST = Mistake(
    "folder-in-use",
    "the lock on {folder} is gone: {lock} was deleted, or another process took it",
    "end whatever else writes there, and go on with --resume",
)
JOURNAL_OF_OTHERS = Mistake(
    "journal", "{path} is no journal of a study", "move it away, or write the results to another folder"
)
JOURNAL_DAMAGED = Mistake(
    "journal",
    "{path} is damaged in {lines:line|lines}, the first of them line {first}",
    "what they say is not known: the images that they were of are done again",
    "warning",
)
JOURNAL_GONE = Mistake(
    "journal", "{path} was deleted while the study ran", "start it again: with --resume, what the journal has is kept"
)
JOURNAL_MISSING = Mistake(
    "journal", "there is no {path}, so it is not known what failed", "leave out --retry-failed: all images are done"
)
JOURNAL_OF_OTHER_TASK = Mistake(
    "journal",
    "{path} is of another program, other params or another version",
    "write --resume instead of --retry-failed: it does again what has changed",
)
JOURNAL_NOT_USED = Mistake(
    "journal",
    "{path} has {count} of these images done already, and all are done again",
    "with --resume they stay as they are",
    "warning",
)
STUDY_OF_RESULTS = Mistake(
    "results-as-images",
    "{count:file is|files are} left out that this program wrote itself, {path} first",
    "give a pattern that finds the images only",
    "warning",
)
TABLE_OF_MANY = Mistake(
    "output-target",
    "{first} and {second} are both for the numbers of all images",
    "name one of them after a result that is a table ({names}), or leave it out",
)
TABLE_AND_RESULT = Mistake(
    "output-target", "{path} is a result of {image} and a table of all images", "give the table another name"
)
