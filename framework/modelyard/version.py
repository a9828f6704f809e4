"""The one place that says which version of Modelyard this is."""

VERSION = "0.1.0"
