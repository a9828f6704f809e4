"""What needs TensorFlow is tested in the very environment that `modelyard run` makes from TensorFlow's lock."""

from __future__ import annotations

import subprocess
import sysconfig

import pytest

from modelyard.catalog.building import convert
from modelyard.catalog.local import Local
from modelyard.catalog.progress import Progress
from modelyard.catalog.weights.cache import open_cache
from modelyard.catalog.workspace import Workspace
from tests.e2e.conftest import ROOT

_RUN = """
import sys
sys.path += sys.argv[1:3]  # behind the environment's own packages
import pytest
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:xdist", *sys.argv[3:]]))
"""
CONVERSION = (
    "tests/catalog/conversion/test_conversion_checkpoint.py",
    "tests/catalog/conversion/test_conversion_frozen_graph.py",
    "tests/catalog/conversion/test_conversion_other_formats.py",
    "tests/catalog/conversion/test_conversion_tfjs_graph.py",
    "tests/catalog/conversion/test_conversion_tfjs_layers.py",
    "tests/catalog/conversion/test_torch_efficientnet_lite.py",
)
RUNTIME = ("tests/runtimes/test_tensorflow.py",)  # by itself: TensorFlow's threads are set once a process


@pytest.mark.network
@pytest.mark.parametrize("files", [CONVERSION, RUNTIME], ids=["conversion", "runtime"])
def test_what_needs_tensorflow_holds_in_it(files: tuple[str, ...]) -> None:
    local = Local(Workspace(ROOT), open_cache(), Progress())
    packages = sysconfig.get_paths()["purelib"]

    done = subprocess.run(
        [local.python(convert.LOCK), "-c", _RUN, str(ROOT / "framework"), packages, *files],
        cwd=ROOT, capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-1_000:]
    assert "skipped" not in done.stdout.splitlines()[-1]
