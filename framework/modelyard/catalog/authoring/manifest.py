"""The asset.yaml and README.md of a new asset, with a TODO wherever only its author knows."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from modelyard.catalog.authoring.pipeline import class_name
from modelyard.catalog.kinds import Seed
from modelyard.manifest.asset import Variant
from modelyard.tasks.task import Task

_PLAIN = re.compile(r"[A-Za-z][^:#\n\"'\\]*[^:#\s\"'\\]")
"""Texts that YAML takes as they stand; there are others, which quotes don't harm."""
_WORDS = ("null", "true", "false", "yes", "no", "on", "off", "y", "n")

_LIGHT = "{ image_size: 450MB, ready: 2.5s, memory: 500MB"
_HEAVY = "{ image_size: 1.9GB, ready: 20s, memory: 2GB"
_GPU = ", gpu: { image_size: 7GB, ready: 30s, memory: 3GB }"

_ASSET = """\
# yaml-language-server: $schema=../../docs/reference/asset.schema.json
name: {name}
version: 0.1.0
title: {title}
summary: TODO say in one sentence what it answers
task: {task}
license: Apache-2.0
source: TODO a link to where the model comes from
pipeline: pipeline:{class_name}
variants:
{variants}

# TODO: if it has classes, write their names into labels.txt, one a line, and here: labels: labels.txt
{requirements}
# TODO: name the network's files: path, source, sha256, member, license, and format if it must be converted.
weights: []

# TODO: put real inputs in the place of these: an ordinary one, a hard one, one with nothing to find.
# `modelyard samples record {name} FILE...` takes them in, and writes what it answers.
samples:
{samples}
# TODO: measure what it costs, and write it here with a little room.
budgets: {budgets}

card:
  domain: {domain}
  application: TODO what people use it for
  industry: General
  framework: TODO what the network was trained with
  training_data: TODO what it learned from
  input_format: {input_format}
  papers: []
  links: []
  unmeasured: TODO evaluate it, or say why there is no labelled data for it
  limits: TODO where it fails
  ethical_considerations: TODO what its use may do to people
"""

_README = """\
# {title}

TODO: say what it answers, and for whom. This model was begun by `modelyard new` and doesn't have its network yet. It
says whether there is much to see in what it is sent, and nothing else. Nobody should use it.

    curl -F {field}=@samples/strong{suffix} http://127.0.0.1:5000/model/predict

## Where it comes from

TODO: who made the network, what it learned from, and whose code the pipeline follows.

## How good it is

TODO: what was measured on which data, and where it fails.

## Licences

TODO: of the code, the weights and the samples, and where each is stated.
"""


def title(name: str) -> str:
    """`Image Segmenter` of `image-segmenter`."""
    return " ".join(word.capitalize() for word in name.split("-"))


def asset_yaml(
    name: str, task: Task[Any, Any], seed: Seed, variants: Mapping[Variant, str], samples: Sequence[str]
) -> str:
    """The manifest.

    Args:
        name: The asset's.
        task: What it answers.
        seed: Of its kind of input.
        variants: The runtime of each variant.
        samples: Its entries under `samples`, as `sample` gives them.
    """
    heavy = variants.get("cpu", "tensorflow") == "tensorflow"
    needed = [f"  - {one}\n" for one in seed.requirements]
    return _ASSET.format(
        name=name,
        title=title(name),
        task=task.name,
        class_name=class_name(name),
        variants="".join(f"  {variant}: {runtime}\n" for variant, runtime in variants.items()).rstrip("\n"),
        requirements=f"requirements:\n{''.join(needed)}" if needed else "",
        samples="".join(samples),
        budgets=(_HEAVY if heavy else _LIGHT) + (_GPU if "gpu" in variants else "") + " }",
        domain=seed.domain,
        input_format=seed.input_format,
    )


def sample(file: str, license: str, origin: str, *, expected: str | None = None, error: int | None = None) -> str:
    """An entry under `samples`.

    Args:
        file: The input, from the asset's folder.
        license: Of the file.
        origin: Where it comes from.
        expected: The file of the answer to come; or
        error: the status of the refusal.
    """
    must = f"expected: {scalar(expected)}" if expected else f"error: {error}"
    return f"  - input: {scalar(file)}\n    {must}\n    license: {license}\n    origin: {scalar(origin)}\n"


def scalar(text: str) -> str:
    """A text as YAML has it: in quotes where it needs some."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)


def readme(name: str, task: Task[Any, Any], seed: Seed) -> str:
    """The model card's prose."""
    return _README.format(title=title(name), field=task.input.field, suffix=seed.suffix)
