# SPDX-License-Identifier: Apache-2.0
"""The model card: what a model is, what it was made of, how good it is, and what it is not."""

import math
import pathlib
import subprocess

from icecube_training import macs

SIMULATED = """\
Every number here is of **simulated events** (`icecube simulate`), whose difficulty is not exactly that of
IceCube's: they compare models on the same events, no more.
"""
RECORDS = """\
On Kaggle's own events (mean angular error) the winners have 0.960 rad with ensembles of models of 6 to 116 M
parameters, the best model of 7.6 M 0.970, the public DynEdge baseline of 1.4 M 1.018, the plain line fit 1.214
and a constant answer 1.571.
"""


def commit():
    """The commit of the sources, with a plus if they were changed; `unknown` outside a repository."""
    try:
        here = pathlib.Path(__file__).resolve().parent
        said = subprocess.run(
            ["git", "describe", "--always", "--abbrev=12", "--dirty=+"], cwd=here, capture_output=True, text=True,
            check=True, timeout=10)
        return said.stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return "unknown"


def _table(head, rows):
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    return "\n".join(lines + [f"| {' | '.join(row)} |" for row in rows])


def _degrees(rad):
    return f"{math.degrees(rad):.2f}"


def direction_scores(rows):
    head = ["events", "number", "mean error, rad", "median, degrees", "improved line fit, rad", "within r50", "within r90"]
    scores = _table(head, [
        [row["part"], f"{row['events']:,}", f"{row['mean_error_rad']:.4f}", _degrees(row["median_error_rad"]),
         f"{row['line_fit_rad']:.4f}", f"{row['within_r50']:.1%}", f"{row['within_r90']:.1%}"] for row in rows])
    return f"{RECORDS}\n{scores}\n\n`within r50` is the share of events whose truth lies within the stated 50 % radius."


def class_scores(rows):
    return _table(
        ["answer", "events", "share of true", "accuracy", "AUC"],
        [[row["answer"], f"{row['events']:,}", f"{row['share']:.1%}", f"{row['accuracy']:.1%}", f"{row['auc']:.4f}"]
         for row in rows])


def cost(model):
    return [
        ("parameters", f"{macs.parameter_count(model):,}"),
        *[(f"MACs per pulse, event of {rows} pulses, all coincident", f"{macs.per_pulse(model, rows):,.0f}")
          for rows in (macs.ROWS_MEDIAN, macs.ROWS_MEAN)]]


def text(found, model, scores, facts):
    """The card. `facts` are pairs of what else there is to say: data, speed, size."""
    said = [("model", f"{found.name}/{found.version}"), ("seed", str(found.seed)), ("commit", commit()),
            *cost(model), *facts]
    return "\n".join([
        f"# {found.name} {found.version}", "", found.description or "No description.", "",
        _table(["", ""], [list(pair) for pair in said]), "", "## Score", "",
        SIMULATED, scores, "", "Reproduce: `icecube-train run` with this configuration and data.", ""])
