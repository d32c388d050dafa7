# SPDX-License-Identifier: Apache-2.0
"""Trains configs/tiny.yaml on synthetic events in a folder and registers it at MLFLOW_TRACKING_URI.

    register_tiny.py FOLDER     for a test of the model server, which then asks models:/tiny@champion
"""

import pathlib
import sys

import synthetic

from icecube_training.__main__ import main

TRAIN, TEST = 1600, 400
CONFIG = pathlib.Path(__file__).resolve().parents[1] / "configs" / "tiny.yaml"


def arguments(folder, *more):
    """The command line of a tiny run in a folder, its events made."""
    folder = pathlib.Path(folder)
    train = synthetic.write(folder / "train", TRAIN, 1, files=2)
    test = synthetic.write(folder / "test", TEST, 2)
    return [
        "run", "--config", str(CONFIG), "--output", str(folder / "run"), "--device", "cpu",
        "--set", f"data.train=['{train}']", "--set", f"data.test=['{test}']", *more]


if __name__ == "__main__":
    sys.exit(main(arguments(sys.argv[1])))
