# SPDX-License-Identifier: Apache-2.0
"""How good a model is on events it never saw: errors and coverage, as a whole and in parts."""

import time

import numpy as np
import torch

from icecube_training import data, seeds
from icecube_training.features import angle_between

ENERGY_EDGES_GEV = (0, 1e3, 1e4, 1e5, np.inf)
ZENITH_EDGES_DEGREES = (0, 60, 85, 95, 120, 180.01)
ROW_EDGES = (0, 40, 60, 100, 200, np.inf)
# The consumer's requests, and more than any model answers: what is prepared before the clock starts.
REQUEST_EVENTS, RATE_MAX = 256, 20_000


def line_fit_errors(events, pulse_budget=16_384):
    """Angular errors of the improved line fit, rad; events without an answer count as the horizon at azimuth 0."""
    error = np.empty(len(events))
    for batch in data.in_order(events, pulse_budget):
        found = seeds.directions(batch.features, batch.lengths, torch.float32).numpy()
        error[batch.picked] = angles(found, events.direction[batch.picked])
    return error


def angles(direction, truth):
    """Angular errors [n], rad; an answer of zeros counts as what the server says then, the horizon at azimuth 0."""
    none = ~(np.abs(direction).sum(-1) > 0)
    return angle_between(np.where(none[:, None], [1.0, 0.0, 0.0], direction.astype(np.float64)), truth)


def parts_of(events):
    """Names of parts and which events belong to each; what is not known is left out."""
    yield "all", np.ones(len(events), bool)
    if events.is_track is not None:
        yield "tracks", events.is_track
        yield "cascades", ~events.is_track
    if events.energy_gev is not None:
        for low, high in zip(ENERGY_EDGES_GEV, ENERGY_EDGES_GEV[1:]):
            name = f"from {low:,.0f} GeV" if low else "energy"
            name += f" to {high:,.0f} GeV" if np.isfinite(high) else ""
            yield name.replace("energy to", "up to"), (events.energy_gev >= low) & (events.energy_gev < high)
    zenith = np.degrees(np.arccos(np.clip(events.direction[:, 2], -1, 1)))
    for low, high in zip(ZENITH_EDGES_DEGREES, ZENITH_EDGES_DEGREES[1:]):
        yield f"zenith {low:.0f} to {high:.0f} degrees", (zenith >= low) & (zenith < high)
    for low, high in zip(ROW_EDGES, ROW_EDGES[1:]):
        name = f"{low} to {high - 1} pulses" if np.isfinite(high) else f"{low} pulses and more"
        yield name, (events.pulses_seen >= low) & (events.pulses_seen < high)


def report(events, error, baseline, radii=None):
    """One dictionary a part: events, mean and median error, the line fit's mean, shares within r50 and r90."""
    rows = []
    for name, chosen in parts_of(events):
        if not chosen.any():
            continue
        row = {
            "part": name, "events": int(chosen.sum()), "mean_error_rad": float(error[chosen].mean()),
            "median_error_rad": float(np.median(error[chosen])), "line_fit_rad": float(baseline[chosen].mean())}
        if radii is not None:
            row["within_r50"] = float((error[chosen] <= radii[chosen, 0]).mean())
            row["within_r90"] = float((error[chosen] <= radii[chosen, 1]).mean())
        rows.append(row)
    return rows


def auc(score, label):
    """Area under the curve of a score for a label: the chance that a true one scores above a false one."""
    label = np.asarray(label, bool)
    positives, negatives = label.sum(), (~label).sum()
    if not positives or not negatives:
        return float("nan")
    _, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    # Equal scores share the mean of their ranks.
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return float((ranks[label].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def rungs(row_count, step, row_count_max):
    """What events of so many rows are padded to, as icecube.modelserver.RowLadder has it; without a step nothing."""
    if step <= 1:
        return row_count
    ladder = [0, min(8, row_count_max)]
    while ladder[-1] < row_count_max:
        ladder.append(min(row_count_max, max(ladder[-1] + 1, int(ladder[-1] * step))))
    return np.array(ladder)[np.searchsorted(ladder, row_count)]


def events_per_second(session, events, outputs, row_count_max, row_count_step=1.0, seconds=3.0):
    """Events/s of one thread, as the server runs requests of 256: at most 16 events of a rung at once."""
    batches = []
    for begin in range(0, len(events), REQUEST_EVENTS):
        asked = np.arange(begin, min(begin + REQUEST_EVENTS, len(events)))
        rung = rungs(events.row_count[asked], row_count_step, row_count_max)
        for length in np.unique(rung):
            alike = asked[rung == length]
            batches += [data.padded(events, alike[at : at + 16], int(length)) for at in range(0, len(alike), 16)]
        if asked[-1] > seconds * RATE_MAX:
            break
    done, began = 0, time.perf_counter()
    for rows, lengths in batches:
        session.run(list(outputs), {"features": rows, "lengths": lengths})
        done += len(lengths)
        if time.perf_counter() - began > seconds:
            break
    return done / (time.perf_counter() - began)
