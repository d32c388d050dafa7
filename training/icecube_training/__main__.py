# SPDX-License-Identifier: Apache-2.0
"""icecube-train: trains, evaluates, calibrates, exports and registers a model.

Exit status: 0 done, 1 training came to no finite gradient, or the graph is not the model, and nothing is
written, 2 a wrong argument, configuration or input, 130 broken off.
"""

import argparse
import pathlib
import sys

from icecube_training import config, source
from icecube_training.prepared import WrongInput


def parser():
    top = argparse.ArgumentParser(prog="icecube-train", description=__doc__.splitlines()[0])
    commands = top.add_subparsers(dest="command", required=True)
    for name, says in (
        ("run", "train, evaluate, calibrate, export, write the card, log to MLflow, register"),
        ("crossval", "train on k folds, to see how much is chance"),
        ("search", "search hyper-parameters by Ray Tune"),
    ):
        command = commands.add_parser(name, help=says, description=says)
        command.add_argument("--config", required=True, type=pathlib.Path, help="YAML, as under configs/")
        command.add_argument("--output", type=pathlib.Path, help="checkpoints and reports (out/training/NAME)")
        command.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="override a field")
        if name == "run":
            command.add_argument("--models", type=pathlib.Path, help="model repository to write to (OUTPUT/models)")
            command.add_argument("--tracking-uri", help="MLflow (MLFLOW_TRACKING_URI, else SQLite in OUTPUT)")
            command.add_argument("--alias", default="champion", help="of the registered version (champion)")
        if name != "search":
            command.add_argument("--device", default="auto", help="cpu, cuda (a GPU if there is one)")
        if name == "crossval":
            command.add_argument("--folds", type=int, default=5, help="(5)")
            command.add_argument("--events", type=int, default=200_000, help="the first so many (200000)")
        if name == "search":
            command.add_argument("--space", required=True, type=pathlib.Path, help="YAML of what to draw, and how")
            command.add_argument("--trials", type=int, default=20, help="(20)")
            command.add_argument("--ray-address", help="of a Ray cluster (this machine)")
            command.add_argument("--cpus", type=int, default=1, help="of one trial (1)")
            command.add_argument("--gpus", type=float, default=0, help="of one trial (0)")
    return top


def main(argv=None):
    arguments = parser().parse_args(argv)
    try:
        found = config.read(arguments.config, arguments.set)
        output = arguments.output or pathlib.Path("out/training") / found.name
        if arguments.command == "run":
            return _run(found, output, arguments)
        source.ensure(found.data)
        if arguments.command == "crossval":
            from icecube_training import crossval

            crossval.run(found, output, arguments.folds, arguments.device, arguments.events)
        else:
            from icecube_training import search

            search.run(_plain(config.as_dict(found)), search.space_of(arguments.space), output, arguments.trials,
                       arguments.ray_address, arguments.cpus, arguments.gpus)
        return 0
    except (WrongInput, OSError) as problem:
        print(f"icecube-train: {problem}", file=sys.stderr)
        return 2
    except FloatingPointError as problem:
        print(f"icecube-train: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("icecube-train: broken off; the same command goes on from the last checkpoint", file=sys.stderr)
        return 130


def _run(found, output, arguments):
    from icecube_training import export, pipeline

    try:
        pipeline.run(found, output, arguments.models, arguments.device, arguments.tracking_uri, arguments.alias)
        return 0
    except export.ExportFailed as problem:
        print(f"icecube-train: {problem}", file=sys.stderr)
        return 1


def _plain(said):
    """Dictionaries and lists only, for YAML."""
    if isinstance(said, dict):
        return {name: _plain(value) for name, value in said.items()}
    return [_plain(value) for value in said] if isinstance(said, (list, tuple)) else said


if __name__ == "__main__":
    sys.exit(main())
