"""The registry, as the OCI distribution specification 1.1 has it: the builder's memory."""

from modelyard.catalog.registry.connection import RegistryDown
from modelyard.catalog.registry.manifest import Manifest
from modelyard.catalog.registry.registry import Registry

__all__ = ["Manifest", "Registry", "RegistryDown"]
