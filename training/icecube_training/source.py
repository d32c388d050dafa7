# SPDX-License-Identifier: Apache-2.0
"""Makes the events a configuration asks for where they are not there: ./icecube simulate, then prepare."""

import json
import os
import pathlib
import subprocess

from icecube_training.prepared import WrongInput

ROOT = pathlib.Path(__file__).resolve().parents[2]
SECONDS_MAX = 4 * 3600
# Says, in a folder that was made here, of which simulation it is.
MADE_OF = "simulation.json"


def ensure(settings, command=None, say=print):
    """Simulates and prepares what `data.train` and `data.test` name and is missing, if `data.simulation` says how.

    A folder appears when it is whole. Raises WrongInput if one was made for other numbers.
    """
    wanted = settings.simulation
    for folders, events, seed in (
        (settings.train, wanted and wanted.events, wanted and wanted.seed),
        (settings.test, wanted and wanted.test_events, wanted and wanted.test_seed),
    ):
        for folder in map(pathlib.Path, folders):
            made_of = {"events": events, "seed": seed, "row_count_max": settings.row_count_max_served}
            if folder.exists():
                _check(folder / MADE_OF, made_of)
            elif wanted is None:
                raise WrongInput(f"{folder}: not there (expected: what `icecube prepare` wrote, or data.simulation)")
            else:
                make(folder, made_of, command or str(ROOT / "icecube"), say)


def _check(file, made_of):
    if file.exists() and (found := json.loads(file.read_text(encoding="utf-8"))) != made_of:
        raise WrongInput(f"{file}: {found} (expected: {made_of}); remove the folder or name another")


def make(folder, made_of, command, say):
    simulated, beside = (folder.with_name(folder.name + end) for end in ("-simulated", "-preparing"))
    for step in (
        [command, "simulate", "--events", str(made_of["events"]), "--seed", str(made_of["seed"]),
         "--output", str(simulated)],
        [command, "prepare", "--input", str(simulated), "--output", str(beside),
         "--row-count-max", str(made_of["row_count_max"])],
    ):
        say("$ " + " ".join(step))
        try:
            subprocess.run(step, check=True, timeout=SECONDS_MAX)
        except (OSError, subprocess.SubprocessError) as problem:
            raise WrongInput(f"{folder}: could not be made: {problem}") from problem
    (beside / MADE_OF).write_text(json.dumps(made_of), encoding="utf-8")
    os.replace(beside, folder)
