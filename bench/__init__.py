"""What the project costs, side by side with what a user would pick instead; see docs/bench.md."""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # of the peers, too: nothing here reports anywhere
