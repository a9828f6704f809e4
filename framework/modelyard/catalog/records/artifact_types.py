"""Types of artifacts whose own modules take long to load, for those who only look which is which."""

SBOM = "application/vnd.cyclonedx+json"
"""A software bill of materials."""

SIGNED = "application/vnd.dsse.envelope.v1+json"
"""A signed statement."""
