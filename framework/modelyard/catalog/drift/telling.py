"""A comparison for people: first a picture of each distribution, then the figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modelyard.catalog.drift.comparison import FEWEST, Compared

_BARS = "▁▂▃▄▅▆▇█"
_WIDTH = 24


def verdict(compared: Sequence[Compared]) -> str:
    """`drift`, `none`, or `too few requests` where no statistic has enough of them."""
    if any(one.drifted for one in compared):
        return "drift"
    return "none" if any(one.enough for one in compared) else "too few requests"


def to_text(model: str, compared: Sequence[Compared], notes: Sequence[str] = ()) -> str:
    """A line a statistic, those that drifted first, and what moved most in each of them."""
    ordered = sorted(compared, key=lambda one: (not one.drifted, -one.psi / one.psi_limit))
    wide = max((len(one.name) for one in ordered), default=9)
    bars = min(_WIDTH, max((len(one.bins) for one in ordered), default=5))
    columns = f"{'n':>7}  {'PSI':>6} {'limit':>6}  {'KS':>5} {'limit':>5}"
    lines = [f"{'statistic':{wide}}  {'usual':{bars}}  {'live':{bars}}  {columns}"]
    for one in ordered:
        usual = _drawn([share for _, share, _ in one.bins])
        live = _drawn([share for _, _, share in one.bins])
        ks = f"{one.ks:5.2f} {one.ks_limit:5.2f}" if one.ks is not None else f"{'':11}"
        said = "drift" if one.drifted else "" if one.enough else "too few"
        figures = f"{one.n:7,.0f}  {one.psi:6.2f} {one.psi_limit:6.2f}  {ks}  {said}"
        lines.append(f"{one.name:{wide}}  {usual:{bars}}  {live:{bars}}  {figures}".rstrip())
    lines += ["", *(_moved(one) for one in ordered if one.drifted), *notes, _said(model, compared)]
    return "\n".join(lines)


def to_dict(model: str, compared: Sequence[Compared], notes: Sequence[str] = ()) -> dict[str, Any]:
    """The same for programs."""
    return {
        "model": model,
        "verdict": verdict(compared),
        "notes": list(notes),
        "statistics": [
            {
                "name": one.name, "drifted": one.drifted, "requests": round(one.n, 3), "items": round(one.items, 3),
                "psi": one.psi, "psi_limit": one.psi_limit, "ks": one.ks, "ks_limit": one.ks_limit,
                "bins": [{"bin": bin, "usual": usual, "live": live} for bin, usual, live in one.bins],
            }
            for one in compared
        ],
    }  # fmt: skip


def _drawn(shares: Sequence[float]) -> str:
    """A bar for each bin, the highest of them whole; of many bins the first."""
    most = max(shares, default=0.0)
    if most <= 0:
        return " " * min(len(shares), _WIDTH)
    return "".join(_BARS[round(share / most * (len(_BARS) - 1))] if share else " " for share in shares[:_WIDTH])


def _moved(one: Compared) -> str:
    """Where the largest part of the change is."""
    places = range(len(one.bins))
    at = max(places, key=lambda place: abs(one.bins[place][2] - one.bins[place][1]))
    bin, usual, live = one.bins[at]
    if one.ks is None:
        where = f"is {bin}"
    elif bin == "+Inf":
        where = f"is above {one.bins[at - 1][0]}" if at else "is any number"
    else:
        where = f"is above {one.bins[at - 1][0]}, up to {bin}" if at else f"is at most {bin}"
    return f"{one.name} {where} in {live:.0%} of the requests, and was in {usual:.0%} of the profile"


def _said(model: str, compared: Sequence[Compared]) -> str:
    drifted = sum(one.drifted for one in compared)
    n = max((one.n for one in compared), default=0)
    said = {
        "drift": f"{drifted} of {len(compared)} statistics drifted",
        "none": f"no drift in {n:,.0f} requests",
        "too few requests": f"{n:,.0f} requests are too few: a verdict needs {FEWEST}",
    }[verdict(compared)]
    return f"{model}: {said}"
