"""The registry, as the OCI distribution specification 1.1 has it: the builder's memory."""

from modelyard.catalog.registry.manifest import Manifest
from modelyard.catalog.registry.registry import Registry, RegistryDown

__all__ = ["Manifest", "Registry", "RegistryDown"]
