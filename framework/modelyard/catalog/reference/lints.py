"""The page of the lint rules."""

from __future__ import annotations

from modelyard.catalog import lint
from modelyard.catalog.reference.markdown import document


def page() -> str:
    """The help of every rule."""
    parts = []
    for rule in map(lint.find, lint.rule_names()):
        parts += [f"## {rule.name}", f"*{rule.severity}*", rule.help]
    return document(
        "# Lint rules",
        "`modelyard lint` holds assets to these; `modelyard lint --explain RULE` prints what stands here. An error "
        "fails the lint, a warning doesn't. A new rule is a new file in framework/modelyard/catalog/lints/.",
        *parts,
    )
