"""A loaded pipeline without a server: puts many inputs through itself, on several threads, whenever it is told to.

Run in the Python of the server, so that both have imported the same.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from modelyard.serving import settings as settings_module
from modelyard.serving.encode import to_json
from modelyard.serving.served import Place, load


def main() -> None:
    """Says `ready`, then the seconds that a round of all inputs took, for each line of standard input.

    The arguments are a folder with the inputs, and how many of them are under way at a time.
    """
    settings = settings_module.read({})
    served = load(Place.from_environment(), settings)
    inputs = [file.read_bytes() for file in sorted(Path(sys.argv[1]).iterdir())]
    with ThreadPoolExecutor(int(sys.argv[2])) as workers:
        print("ready", flush=True)
        for _ in sys.stdin:
            began = time.perf_counter()
            for _ in workers.map(lambda data: to_json({"status": "ok", **served.answer(data, {}, settings)}), inputs):
                pass
            print(time.perf_counter() - began, flush=True)


main()
