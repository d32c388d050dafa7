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


def line_fits():
    """Padded features, lengths, and the improved line fit's directions (zeros for none)."""
    fits = table("line-fit.csv")
    rows = {}
    for row in table("line-fit-rows.csv"):
        rows.setdefault(row["event"], []).append([float(row[name]) for name in ("x", "y", "z", "t", "q", "aux")])
    events = [np.array(rows.get(fit["event"], []), np.float32).reshape(-1, 6) for fit in fits]
    features = np.full((len(events), max(map(len, events)), 6), 7.5, np.float32)
    for index, event in enumerate(events):
        features[index, : len(event)] = event
    directions = np.array([[float(fit[f"improved_{axis}"]) for axis in "xyz"] for fit in fits])
    return features, np.array([len(event) for event in events]), directions, [fit["case"] for fit in fits]
