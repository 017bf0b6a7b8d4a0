"""The wording of every error and warning, and nothing else: a file for each place a mistake is made in.

One `Mistake` per thing that can go wrong: a stable code, the cause, and one way out; `at` fills in fields in braces.
Mistakes of one family share a code where only the way out differs.
"""

from maskexpr.messages.calls import *
from maskexpr.messages.commands import *
from maskexpr.messages.files import *
from maskexpr.messages.inputs import *
from maskexpr.messages.operators import *
from maskexpr.messages.pictures import *
from maskexpr.messages.prompt import *
from maskexpr.messages.runs import *
from maskexpr.messages.sessions import *
from maskexpr.messages.statements import *
from maskexpr.messages.syntax import *
from maskexpr.messages.wording import Mistake as Mistake
