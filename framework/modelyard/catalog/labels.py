"""The labels that the builder puts on images and reads back from the registry."""

PREFIX = "org.modelyard."

KEY = PREFIX + "key"
INGREDIENTS = PREFIX + "ingredients"
CAUSE = PREFIX + "cause"
NAME = PREFIX + "name"
TASK = PREFIX + "task"
VARIANT = PREFIX + "variant"
RUNTIME = PREFIX + "runtime"
BASE = PREFIX + "base"
FRAMEWORK = PREFIX + "framework"
PYTHON_ORIGIN = PREFIX + "python.origin"

OCI = "org.opencontainers.image."
