# SPDX-License-Identifier: Apache-2.0
"""What a YAML file under configs/ says, with defaults; a name it should not have is an error."""

import dataclasses
import difflib
import pathlib
import re
import types
import typing

import yaml

from icecube_training.data import Augmentation
from icecube_training.prepared import WrongInput


@dataclasses.dataclass(frozen=True)
class Simulation:
    """Events to simulate and prepare by ./icecube where a folder of `data` is not there."""

    events: int = 100_000
    test_events: int = 20_000
    seed: int = 1
    test_seed: int = 2


@dataclasses.dataclass(frozen=True)
class Data:
    train: tuple[str, ...] = ()  # prepared folders or files
    test: tuple[str, ...] = ()  # the same of another seed, never trained on
    simulation: Simulation | None = None
    row_count_max: int = 256  # rows of an event in training, drawn anew in every epoch
    row_count_max_served: int = 768  # rows of an event in evaluation and for the server
    validation: float = 0.05  # share of the training events that says when to stop
    calibration: float = 0.05  # share of the training events that kappa and radii are fitted to
    held_events_max: int = 200_000  # most events of each of these, and of the test
    files_at_once: int = 32  # files in memory; all of them are kept if they are no more
    augmentation: Augmentation = Augmentation()


@dataclasses.dataclass(frozen=True)
class Training:
    epochs: int = 20
    start: str = ""  # best.pt of another run, whose weights are taken where names and shapes agree
    step_events: int = 128  # events of one step of the optimiser
    pulse_budget: int = 4096  # rows, padding included, that run at once
    learning_rate: float = 7e-4
    learning_rate_final: float = 1.4e-5
    warm_up: float = 0.05  # share of the whole run
    weight_decay: float = 0.02
    clip: float = 1.0  # largest norm of a gradient
    ema: float = 0.999  # weight of the past in the averaged weights
    patience: int = 5  # epochs without a better validation
    bf16: str = "auto"  # on, off, auto: on a GPU
    threads: int = 0  # 0: as torch likes
    checkpoint_steps: int = 500  # steps between checkpoints within an epoch
    angle_weight: float = 0.0
    likelihood_weight: float = 1.0
    topology_weight: float = 0.1


@dataclasses.dataclass(frozen=True)
class Configuration:
    name: str
    version: str = "1"
    description: str = ""
    task: str = "direction"  # or event-class
    seed: int = 1
    data: Data = Data()
    model: dict = dataclasses.field(default_factory=dict)
    training: Training = Training()
    row_count_step: float = 1.25  # of a direction model: events are padded by at most so much to run together; 1: not
    int8: bool = False  # whether the int8 variant is made, too


_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


def read(path, overrides=()):
    """The configuration in a file, with `section.field=value` overrides."""
    try:
        said = yaml.safe_load(pathlib.Path(path).read_text(encoding="utf-8"))
    except yaml.YAMLError as problem:
        raise WrongInput(f"{path}: {problem}") from problem
    for override in overrides:
        name, separator, value = override.partition("=")
        if not separator:
            raise WrongInput(f"--set {override} (expected: section.field=value)")
        said = with_value(said, name, yaml.safe_load(value))
    return parse(said)


def with_value(said, name, value):
    """A copy of nested dictionaries with the field `a.b.c` set."""
    first, separator, rest = name.partition(".")
    inner = with_value((said or {}).get(first) or {}, rest, value) if separator else value
    return {**(said or {}), first: inner}


def parse(said):
    """The configuration that nested dictionaries say; checked."""
    found = _filled(Configuration, said, "")
    _require(_NAME.fullmatch(found.name), "name", found.name, _NAME.pattern)
    _require(found.task in ("direction", "event-class"), "task", found.task, "direction or event-class")
    _require(1 <= found.data.row_count_max_served <= 768, "data.row_count_max_served",
             found.data.row_count_max_served, "1..768")
    _require(found.data.row_count_max >= 1, "data.row_count_max", found.data.row_count_max, ">= 1")
    _require(1 <= found.row_count_step <= 2, "row_count_step", found.row_count_step, "1..2")
    both = sorted({str(pathlib.Path(part).resolve()) for part in found.data.train}
                  & {str(pathlib.Path(part).resolve()) for part in found.data.test})
    _require(not both, "data.test", both, "nothing of data.train: a test must be new to the model")
    if found.data.simulation is not None:
        seeds = (found.data.simulation.seed, found.data.simulation.test_seed)
        _require(seeds[0] != seeds[1], "data.simulation.test_seed", seeds[1], "another than seed")
    for name in ("files_at_once", "held_events_max"):
        _require(getattr(found.data, name) >= 1, f"data.{name}", getattr(found.data, name), ">= 1")
    for name in ("validation", "calibration"):
        share = getattr(found.data, name)
        _require(0 < share < 0.5, f"data.{name}", share, "above 0, below 0.5")
    for name in ("epochs", "step_events", "pulse_budget", "patience", "checkpoint_steps"):
        _require(getattr(found.training, name) >= 1, f"training.{name}", getattr(found.training, name), ">= 1")
    _require(0 <= found.training.ema < 1, "training.ema", found.training.ema, "at least 0, below 1")
    _require(found.training.learning_rate > 0, "training.learning_rate", found.training.learning_rate, "> 0")
    _require(found.training.bf16 in ("on", "off", "auto"), "training.bf16", found.training.bf16, "on, off, auto")
    return found


def _require(holds, name, value, expected):
    if not holds:
        raise WrongInput(f"{name}: {value} (expected: {expected})")


def _filled(kind, said, path):
    if not isinstance(said, dict):
        raise WrongInput(f"{path.rstrip('.') or 'configuration'}: {said} (expected: fields)")
    fields = {field.name: field for field in dataclasses.fields(kind)}
    for name in said:
        if name not in fields:
            near = difflib.get_close_matches(str(name), fields, 1)
            raise WrongInput(f"{path}{name}: unknown" + (f"; did you mean {path}{near[0]}?" if near else ""))
    hints = typing.get_type_hints(kind)
    values = {name: _value(hints[name], value, path + name) for name, value in said.items()}
    for name, field in fields.items():
        if (name not in values and field.default is dataclasses.MISSING
                and field.default_factory is dataclasses.MISSING):
            raise WrongInput(f"{path}{name}: missing (expected: a value)")
    return kind(**values)


def _value(hint, value, path):
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        if value is None:
            return None
        hint = next(part for part in typing.get_args(hint) if part is not types.NoneType)
    if dataclasses.is_dataclass(hint):
        return _filled(hint, value, path + ".")
    if typing.get_origin(hint) is tuple:
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, (list, tuple)) or not all(isinstance(part, str) for part in values):
            raise WrongInput(f"{path}: {value} (expected: a list of texts)")
        return tuple(values)
    if hint is float and isinstance(value, (int, str)) and not isinstance(value, bool):
        # YAML 1.1 takes 1e-3 for a text.
        try:
            return float(value)
        except ValueError:
            pass
    if not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool):
        raise WrongInput(f"{path}: {value!r} (expected: {hint.__name__})")
    return value


def as_dict(found):
    return dataclasses.asdict(found)


def flat(said, prefix=""):
    """Nested dictionaries as {'a.b': value}, for a table or a tracking server."""
    result = {}
    for name, value in said.items():
        if isinstance(value, dict):
            result |= flat(value, f"{prefix}{name}.")
        else:
            result[prefix + name] = value
    return result
