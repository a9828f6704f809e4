"""Trained weights are those that the asset's code and data make now.

`modelyard train` writes down what went into the weights. Where train.py, a module that it imports, the labels, the seed
or the declared data are others now, nobody has seen yet what they make: train again. Packages that moved are no reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from modelyard.catalog.lint import Finding
from modelyard.catalog.linted import LintedAsset
from modelyard.catalog.training import declaring, ingredients
from modelyard.errors import ModelyardError

SEVERITY: Literal["error", "warning"] = "warning"


def check(asset: LintedAsset) -> Iterator[Finding]:
    """A finding for weights whose training is not the one that the asset declares."""
    manifest = asset.manifest
    report = declaring.earlier(asset.workspace, manifest)
    if manifest.training is None or report is None:
        return
    remedy = f"modelyard train {asset.name}"
    for index, weights in enumerate(manifest.weights):
        key = weights.source.rpartition("@")[2]
        if weights.source.startswith(ingredients.TRAINED) and key != report.key:
            where = asset.at("weights", index, "source")
            yield Finding(where, f"trained/{declaring.REPORT} is of another training than {key}", remedy)
    try:
        now = ingredients.of_sources(asset.workspace, manifest, ingredients.labels(asset.workspace, manifest))
    except ModelyardError as error:
        yield Finding(asset.at("training"), str(error), "mend that")
        return
    then = {name: one for name, one in report.ingredients.items() if not name.startswith("dependency:")}
    then.pop(ingredients.FEEDBACK, None)
    if then.pop(ingredients.OWN, None):  # instead of the declared data
        now = {name: one for name, one in now.items() if not name.startswith("data:")}
    changed = sorted(name for name in now.keys() | then.keys() if now.get(name) != then.get(name))
    if changed:
        yield Finding(asset.at("training"), f"changed since the weights were trained: {', '.join(changed)}", remedy)
