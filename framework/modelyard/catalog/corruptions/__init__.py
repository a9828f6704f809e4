"""What happens to inputs on their way: one file a kind of input, by the field that it is sent in.

Each file has `CORRUPTIONS: Mapping[str, Corruption]`. A corruption takes an encoded input, a severity (1: people hardly
mind; 2: people notice, and still know what it is) and a source of chance, and gives the encoded input as it arrives.
What is right to answer stays so, but for corruptions that move things about, which an asset of such a task leaves out.
"""

from collections.abc import Callable

import numpy as np

Corruption = Callable[[bytes, int, np.random.Generator], bytes]

SEVERITIES = (1, 2)
