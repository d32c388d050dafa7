# SPDX-License-Identifier: Apache-2.0
"""Reads the golden files that Java's tests read, too."""

import csv
import pathlib

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "physics" / "src" / "test" / "resources" / "golden"


def table(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rows(name, event):
    """float32[rows, 6] of each event, by what the column `event` calls it."""
    found = {}
    for row in table(name):
        found.setdefault(row[event], []).append([row[column] for column in ("x", "y", "z", "t", "q", "aux")])
    return {event: np.array(values, np.float32) for event, values in found.items()}


def line_fits():
    """Padded features, lengths, and the improved line fit's directions (zeros for none)."""
    fits = table("line-fit.csv")
    found = rows("line-fit-rows.csv", "event")
    events = [found.get(fit["event"], np.zeros((0, 6), np.float32)) for fit in fits]
    features = np.full((len(events), max(map(len, events)), 6), 7.5, np.float32)
    for index, event in enumerate(events):
        features[index, : len(event)] = event
    directions = np.array([[float(fit[f"improved_{axis}"]) for axis in "xyz"] for fit in fits])
    return features, np.array([len(event) for event in events]), directions, [fit["case"] for fit in fits]
