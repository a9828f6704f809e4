"""A child pipeline for GitLab, whose own matrix can't be made from what a plan finds: a job for each image."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from modelyard.catalog.planning.plan import Planned

TEMPLATE = ".gitlab/catalog.yml"
"""The file of the repository that says what such a job does."""


def child_pipeline(images: Iterable[Planned], variables: Mapping[str, str]) -> str:
    """The pipeline, in YAML, of the images that are not published as they should be.

    Args:
        images: The plan.
        variables: What each job is told besides its image's name and variant.
    """
    jobs: dict[str, Any] = {
        f"{one.asset.name} ({one.variant})": {
            "extends": ".image",
            "variables": {"NAME": one.asset.name, "VARIANT": one.variant, **variables},
            # One image is published by one job at a time; other images don't wait for it.
            "resource_group": f"{one.asset.name}-{one.variant}",
        }
        for one in images
        if one.state != "published"
    }
    # GitLab refuses a pipeline without jobs.
    nothing = {"nothing to build": {"script": ["echo every image is published"]}}
    return yaml.safe_dump({"include": [{"local": TEMPLATE}], **(jobs or nothing)}, sort_keys=False, width=120)
