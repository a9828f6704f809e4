"""Rules with which Prometheus looks for drift by itself: the index of `comparison.py`, and the same limit for it.

Everything that they need stands in `/metrics`, so they hold for whatever profile the running image has.
"""

from __future__ import annotations

from statistics import NormalDist

import yaml

from modelyard.catalog.drift import prometheus
from modelyard.catalog.drift.comparison import FALSE_ALARMS, FEWEST, PRIOR, SMALL

_TESTS = 40
"""For how many statistics at most the share of false alarms holds; a profile has some ten to twenty."""


def to_text(name: str, since: str) -> str:
    """A file of rules for Prometheus.

    Args:
        name: The model.
        since: The time over which traffic is looked at, such as `1d`.

    Raises:
        ModelyardError: The model or the time can't be one.
    """
    prometheus.check(name, since)
    z = NormalDist().inv_cdf(1 - FALSE_ALARMS / _TESTS)
    own = f'{{model="{name}"}}'
    live, items = f"modelyard:live:increase{own}", f"modelyard:profile:items{own}"
    now, usual = f"modelyard:live:share{own}", f"modelyard:profile:share{own}"
    requests = f"sum by (model, statistic) ({live})"
    freedom = f"(count by (model, statistic) ({items}) - 1)"
    chi_squared = f"{freedom} * (1 - 2 / (9 * {freedom}) + {z:.4f} * sqrt(2 / (9 * {freedom}))) ^ 3"
    noise = f"1 / {requests} + 1 / sum by (model, statistic) ({items})"
    rules = [
        _record("live:increase", prometheus.increase(name, since), name),
        _record("profile:items", prometheus.profile(name, since), name),
        _record("live:share", _share(live)),
        _record("profile:share", _share(items)),
        _record("drift:psi", f"sum by (model, statistic) (({now} - {usual}) * ln({now} / {usual}))"),
        _record("drift:limit", f"clamp_min(({chi_squared}) * ({noise}), {SMALL})"),
        {
            "alert": "ModelyardDrift",
            "expr": f"modelyard:drift:psi{own} > modelyard:drift:limit{own} and {requests} >= {FEWEST}",
            "for": "15m",
            "labels": {"severity": "warning"},
            "annotations": {
                "summary": "{{ $labels.model }}: {{ $labels.statistic }} is not as in the evaluation "
                "(population stability index {{ $value | humanize }})",
                "description": f"See what moved: modelyard drift {name} --since {since}",
            },
        },
    ]
    group = {"groups": [{"name": f"modelyard-drift-{name}", "interval": "1m", "rules": rules}]}
    return yaml.safe_dump(group, sort_keys=False, width=110, allow_unicode=True)


def _share(counts: str) -> str:
    """PromQL: the share of each bin, none of them nothing."""
    whole = f"sum by (model, statistic) ({counts} + {PRIOR})"
    return f"({counts} + {PRIOR}) / on (model, statistic) group_left () {whole}"


def _record(record: str, expression: str, model: str = "") -> dict[str, object]:
    labels = {"labels": {"model": model}} if model else {}
    return {"record": f"modelyard:{record}", "expr": expression, **labels}
