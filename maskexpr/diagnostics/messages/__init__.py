"""The wording of every error and warning, and nothing else: a file for each place a mistake is made in.

One `Mistake` per thing that can go wrong: a stable code, the cause, and one way out; `at` fills in fields in braces.
Mistakes of one family share a code where only the way out differs.
"""

from maskexpr.diagnostics.messages.calls import *
from maskexpr.diagnostics.messages.commands import *
from maskexpr.diagnostics.messages.dicom import *
from maskexpr.diagnostics.messages.files import *
from maskexpr.diagnostics.messages.inputs import *
from maskexpr.diagnostics.messages.journals import *
from maskexpr.diagnostics.messages.limits import *
from maskexpr.diagnostics.messages.operators import *
from maskexpr.diagnostics.messages.pictures import *
from maskexpr.diagnostics.messages.prompt import *
from maskexpr.diagnostics.messages.runs import *
from maskexpr.diagnostics.messages.sessions import *
from maskexpr.diagnostics.messages.statements import *
from maskexpr.diagnostics.messages.studies import *
from maskexpr.diagnostics.messages.sweeps import *
from maskexpr.diagnostics.messages.syntax import *
from maskexpr.diagnostics.messages.tables import *
from maskexpr.diagnostics.messages.wording import Mistake as Mistake
from maskexpr.diagnostics.messages.wording import as_texts as as_texts
from maskexpr.diagnostics.messages.wording import asked_for as asked_for
from maskexpr.diagnostics.messages.wording import bytes_text as bytes_text
from maskexpr.diagnostics.messages.wording import count_text as count_text
from maskexpr.diagnostics.messages.wording import counted as counted
from maskexpr.diagnostics.messages.wording import from_texts as from_texts
from maskexpr.diagnostics.messages.wording import time_text as time_text
from maskexpr.diagnostics.messages.workers import *
