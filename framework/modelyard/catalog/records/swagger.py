"""What an image's API is, as the image itself describes it: its /swagger.json, read while it was checked.

It is pushed beside the image, so that people read about routes and fields before they pull anything.
"""

from __future__ import annotations

ARTIFACT_TYPE = "application/vnd.modelyard.swagger.v1+json"
