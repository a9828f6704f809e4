"""A builder that claims a key and works until it is killed."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from modelyard.catalog.progress import Progress
from modelyard.catalog.publishing.claim import Pace, claim
from modelyard.catalog.registry import Registry

PACE = Pace(renewed=0.1, abandoned=1.0, looked=0.05, settled=0.1)

if __name__ == "__main__":
    with claim(Registry(sys.argv[1]), "thing", sys.argv[2], Path(sys.argv[3]), Progress(), pace=PACE) as mine:
        print("mine" if mine else "not mine", flush=True)
        time.sleep(600)
