"""A loaded pipeline without a server: measures itself for so many seconds at each line that it reads.

Run in the Python of the server, so that both have imported the same.
"""

import json
import sys

from modelyard.serving import settings as settings_module
from modelyard.serving.benchmark import measure
from modelyard.serving.served import Place, load


def main() -> None:
    """Says `ready`, then a line of JSON for each line of standard input, which holds a number of seconds."""
    settings = settings_module.read({})
    served = load(Place.from_environment(), settings)
    sample = served.place.asset / served.asset.samples[0].input
    data = sample.read_bytes()
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(measure(served, settings, data, {}, 1, float(line)).to_dict()), flush=True)


main()
