"""python -m conversion INPUT OUTPUT --to {tensorflow,litert}"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .convert import TARGETS, convert
from .errors import ConversionError
from .quiet import quiet


def main(arguments: list[str] | None = None) -> int:
    """Runs the command; the exit status is 1 for what a person can mend, said in one line on stderr."""
    parser = argparse.ArgumentParser(
        prog="conversion",
        description="Converts weights, in whatever format they were published, to what a runtime loads.",
    )
    parser.add_argument("input", metavar="INPUT", type=Path, help="the file or folder that holds the weights")
    parser.add_argument("output", metavar="OUTPUT", type=Path, help="the folder to make; new, or empty")
    parser.add_argument("--to", metavar="RUNTIME", choices=TARGETS, required=True, help=" or ".join(TARGETS))
    options = parser.parse_args(arguments)
    try:
        with quiet():
            record = convert(options.input, options.output, options.to)
    except ConversionError as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1
    except OSError as problem:
        where = f"{problem.filename}: " if problem.filename else ""
        print(f"error: {where}{problem.strerror}: mend that and convert again", file=sys.stderr)
        return 1
    print(f"{options.output}: {record.source_format} converted to {record.target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
