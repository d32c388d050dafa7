# SPDX-License-Identifier: Apache-2.0
"""Events: the pulses that one trigger recorded, and the files they are read from.

Nothing is repaired on the way: an event is sent as it is, and the server says what is wrong with it.
"""

import csv
import dataclasses
import importlib.resources
import io
import json
import pathlib

# Spellings of a column, ours first; the second is that of the Kaggle data set.
_COLUMNS = {
    "sensor_id": ("sensor_id",),
    "time_ns": ("time_ns", "time"),
    "charge_pe": ("charge_pe", "charge"),
    "auxiliary": ("auxiliary",),
}
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


class EventFileError(ValueError):
    """A file of events that cannot be read; the message names the place, the value, the expectation."""


@dataclasses.dataclass(frozen=True)
class Event:
    """The pulses of one event as columns of equal length, in the order of time."""

    event_id: int
    sensor_id: tuple[int, ...]
    """0..5159 in IceCube."""
    time_ns: tuple[float, ...]
    """Relative to the event, 0..16777216, not decreasing."""
    charge_pe: tuple[float, ...]
    """Photo-electrons, above 0."""
    auxiliary: tuple[bool, ...]
    """True if the pulse is more likely noise."""

    def __post_init__(self):
        lengths = {len(getattr(self, name)) for name in _COLUMNS}
        if len(lengths) != 1:
            raise ValueError(
                f"event {self.event_id}: columns of {sorted(lengths)} pulses (expected: equal lengths)"
            )


def read_events(path):
    """Reads a list of events from a .csv or .json file.

    CSV has one line a pulse, with the columns event_id, sensor_id, time (or time_ns), charge (or
    charge_pe), auxiliary; the pulses of an event are contiguous. JSON has one object or a list of
    objects with the same names, each pulse column a list.
    """
    path = pathlib.Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise EventFileError(f"{path}: {error} (expected: a readable text file)") from error
    if path.suffix == ".csv":
        return _from_csv(text, str(path))
    if path.suffix == ".json":
        return _from_json(text, str(path))
    raise EventFileError(f"{path}: suffix {path.suffix!r} (expected: .csv or .json)")


def example_event():
    """A simulated muon, event 1, that came from zenith 1.0 rad, azimuth 2.0 rad: 37 pulses and 2 of noise."""
    text = importlib.resources.files(__package__).joinpath("example_event.csv").read_text("utf-8")
    return _from_csv(text, "example_event.csv")[0]


def _from_csv(text, name):
    reader = csv.DictReader(io.StringIO(text))
    found = reader.fieldnames or []
    spelling = {column: _spelling(column, found, name) for column in ("event_id", *_COLUMNS)}
    pulses = {}
    last = None
    for row in reader:
        place = f"{name}, line {reader.line_num}"
        event_id = _number(int, row[spelling["event_id"]], place, "event_id")
        if event_id != last and event_id in pulses:
            raise EventFileError(f"{place}: event_id {event_id} again (expected: contiguous pulses)")
        last = event_id
        columns = pulses.setdefault(event_id, {column: [] for column in _COLUMNS})
        for column in _COLUMNS:
            columns[column].append(_value(column, row[spelling[column]], place))
    if not pulses:
        raise EventFileError(f"{name}: no pulse (expected: at least one line under the header)")
    return [_event(event_id, columns) for event_id, columns in pulses.items()]


def _from_json(text, name):
    try:
        parsed = json.loads(text)
    except json.JSONDecodeError as error:
        raise EventFileError(f"{name}: {error} (expected: JSON)") from error
    objects = parsed if isinstance(parsed, list) else [parsed]
    events = []
    for index, item in enumerate(objects):
        place = f"{name}, event {index}"
        if not isinstance(item, dict):
            raise EventFileError(f"{place}: {type(item).__name__} (expected: an object)")
        event_id = _number(int, item[_spelling("event_id", item, place)], place, "event_id")
        columns = {}
        for column in _COLUMNS:
            values = item[_spelling(column, item, place)]
            if not isinstance(values, list):
                raise EventFileError(f"{place}: {column} is no list (expected: one value a pulse)")
            columns[column] = [_value(column, value, place) for value in values]
        try:
            events.append(_event(event_id, columns))
        except ValueError as error:
            raise EventFileError(f"{place}: {error}") from error
    if not events:
        raise EventFileError(f"{name}: no event (expected: at least one)")
    return events


def _event(event_id, columns):
    return Event(event_id, **{column: tuple(values) for column, values in columns.items()})


def _spelling(column, found, place):
    names = _COLUMNS.get(column, (column,))
    for name in names:
        if name in found:
            return name
    raise EventFileError(f"{place}: columns {', '.join(found)} (expected: {' or '.join(names)} too)")


def _value(column, value, place):
    if column == "sensor_id":
        return _number(int, value, place, column)
    if column == "auxiliary":
        truth = _TRUTH.get(str(value).strip().lower())
        if truth is None:
            raise EventFileError(f"{place}: auxiliary {value!r} (expected: true, false, 1 or 0)")
        return truth
    return _number(float, value, place, column)


def _number(kind, value, place, column):
    try:
        number = kind(value)
    except (TypeError, ValueError):
        number = None
    if number is None or isinstance(value, bool) or (kind is int and isinstance(value, float)):
        word = "a whole number" if kind is int else "a number"
        raise EventFileError(f"{place}: {column} {value!r} (expected: {word})")
    return number
