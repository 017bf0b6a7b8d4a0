"""How random tests are drawn."""

import os

from hypothesis import settings

# No deadline: machines are shared, and nothing here depends on time. The same examples each time, so that a commit
# passes or fails for what it changed; MASKEXPR_EXAMPLES=20000 draws that many new ones.
settings.register_profile("maskexpr", deadline=None, derandomize="MASKEXPR_EXAMPLES" not in os.environ)
settings.load_profile("maskexpr")
