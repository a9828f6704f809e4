"""Which files count is Docker's to say: we say the same, only faster."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import hypothesis.strategies as st
from docker.utils.build import PatternMatcher

from modelyard.catalog.ignore import Ignore

_NAMES = st.sampled_from(["assets", "a", "b.py", "c.txt", "samples", ".git", "x"])
_PATHS = st.lists(_NAMES, min_size=1, max_size=4).map("/".join)
_PARTS = st.sampled_from(["assets", "a", "*", "**", "*.py", "?", "[ab]", "samples", ".git", "b.py"])
_PATTERNS = st.tuples(st.booleans(), st.lists(_PARTS, min_size=1, max_size=3)).map(
    lambda one: ("!" if one[0] else "") + "/".join(one[1])
)


@hypothesis.given(st.lists(_PATTERNS, max_size=6), _PATHS)
def test_a_file_counts_where_dockers_own_rules_let_it(patterns: list[str], path: str) -> None:
    theirs = not PatternMatcher(patterns).matches(path)  # type: ignore[arg-type]  # it takes text
    assert Ignore(Path("/root"), tuple(patterns)).counts(Path("/root") / path) == theirs
