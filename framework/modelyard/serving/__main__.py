"""`python -m modelyard.serving`: the commands of an image; what a person can mend is one line, not a traceback."""

from __future__ import annotations

import signal
import sys

from modelyard.errors import BadInput, ModelyardError
from modelyard.serving import processor


def main() -> None:
    """Makes sure that the processor can run what comes next, and runs the command."""
    # Ctrl-C while it only begins ends it, and tells nobody where it was; the server listens to it itself later.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # whoever began it may have held it back until now
    try:
        processor.check(("numpy",))
        from modelyard.serving.commands import run

        run()
    except ModelyardError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2 if isinstance(error, BadInput) else 1)


if __name__ == "__main__":
    main()
