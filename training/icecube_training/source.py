# SPDX-License-Identifier: Apache-2.0
"""Makes the events a configuration asks for where they are not there: ./icecube simulate, then prepare."""

import pathlib
import subprocess

from icecube_training.prepared import WrongInput

ROOT = pathlib.Path(__file__).resolve().parents[2]
SECONDS_MAX = 4 * 3600


def ensure(settings, command=None, say=print):
    """Simulates and prepares what `data.train` and `data.test` name and is missing, if `data.simulation` says how."""
    wanted = settings.simulation
    for folders, events, seed in (
        (settings.train, wanted and wanted.events, wanted and wanted.seed),
        (settings.test, wanted and wanted.test_events, wanted and wanted.test_seed),
    ):
        for folder in map(pathlib.Path, folders):
            if folder.exists():
                continue
            if wanted is None:
                raise WrongInput(f"{folder}: not there (expected: what `icecube prepare` wrote, or data.simulation)")
            make(folder, events, seed, command or str(ROOT / "icecube"), settings.row_count_max_served, say)


def make(folder, events, seed, command, row_count_max, say):
    simulated = folder.with_name(folder.name + "-simulated")
    for step in (
        [command, "simulate", "--events", str(events), "--seed", str(seed), "--output", str(simulated)],
        [command, "prepare", "--input", str(simulated), "--output", str(folder), "--row-count-max", str(row_count_max)],
    ):
        say("$ " + " ".join(step))
        try:
            subprocess.run(step, check=True, timeout=SECONDS_MAX)
        except (OSError, subprocess.SubprocessError) as problem:
            raise WrongInput(f"{folder}: could not be made: {problem}") from problem
