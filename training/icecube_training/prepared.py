# SPDX-License-Identifier: Apache-2.0
"""The Parquet files of `icecube prepare`: one event a row, its features as the bytes of float32 rows."""

import dataclasses
import pathlib

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from icecube_training import features as columns

_TRUTH = ("azimuth", "zenith")
_ROW_BYTES = columns.COLUMNS * 4


class WrongInput(Exception):
    """What the user has to put right."""


@dataclasses.dataclass(frozen=True)
class Events:
    """Events of one or several files as flat arrays; event i has the rows offset[i]..offset[i + 1]."""

    event_id: np.ndarray  # int64[events]
    pulses_seen: np.ndarray  # int32[events]
    offset: np.ndarray  # int64[events + 1]
    rows: np.ndarray  # float32[rows of all, 6]
    direction: np.ndarray | None = None  # float64[events, 3] to where it came from
    energy_gev: np.ndarray | None = None  # float64[events]
    is_track: np.ndarray | None = None  # bool[events]

    def __len__(self):
        return len(self.event_id)

    @property
    def row_count(self):
        return np.diff(self.offset)

    def rows_at(self, event):
        return self.rows[self.offset[event] : self.offset[event + 1]]

    def take(self, picked):
        """The picked events, in that order, with rows of their own."""
        counts = self.row_count[picked]
        offset = np.concatenate([[0], np.cumsum(counts)])
        source = np.repeat(self.offset[:-1][picked] - offset[:-1], counts) + np.arange(offset[-1])
        return Events(
            self.event_id[picked], self.pulses_seen[picked], offset, self.rows[source],
            *[None if part is None else part[picked] for part in (self.direction, self.energy_gev, self.is_track)])

    def cut_to(self, row_count_max):
        """The events with at most so many rows each, cut by the rule of serving."""
        if not (self.row_count > row_count_max).any():
            return self
        kept = columns.selected(self.event_id, self.rows, self.row_count, row_count_max)
        counts = np.minimum(self.row_count, row_count_max)
        offset = np.concatenate([[0], np.cumsum(counts)])
        return dataclasses.replace(self, offset=offset, rows=self.rows[kept])


def joined(parts):
    """Events of several files as one; what not all know, none does."""
    parts = list(parts)
    if len(parts) == 1:
        return parts[0]
    shifts = np.cumsum([0] + [len(part.rows) for part in parts])
    offset = [[0]] + [part.offset[1:] + shift for part, shift in zip(parts, shifts)]

    def all_of(name):
        values = [getattr(part, name) for part in parts]
        return None if any(value is None for value in values) else np.concatenate(values)

    return Events(
        all_of("event_id"), all_of("pulses_seen"), np.concatenate(offset), all_of("rows"),
        all_of("direction"), all_of("energy_gev"), all_of("is_track"))


def files_of(folder):
    """The files of a prepared folder (or its `features/`), by their number; a file is its own folder."""
    folder = pathlib.Path(folder)
    if folder.is_file():
        return [folder]
    inner = folder / "features"
    found = sorted((inner if inner.is_dir() else folder).glob("*.parquet"), key=_number)
    if not found:
        raise WrongInput(f"{folder}: no *.parquet (expected: what `icecube prepare` writes)")
    return found


def _number(path):
    digits = "".join(character for character in path.stem if character.isdigit())
    return (int(digits) if digits else -1, path.name)


def read(path, with_truth=True, row_count_max=0):
    """The events of one file, which must have been prepared for at least `row_count_max` rows an event.

    Raises WrongInput if it was not, if it is not of feature version 1, if a row count does not fit its
    bytes, or if truth is wanted and not there.
    """
    file = pq.ParquetFile(path)
    metadata = file.schema_arrow.metadata or {}
    metadata |= file.metadata.metadata or {}
    version = metadata.get(b"icecube.feature_version", b"none").decode()
    if version != str(columns.VERSION):
        raise WrongInput(f"{path}: icecube.feature_version: {version} (expected: {columns.VERSION})")
    limit = int(metadata.get(b"icecube.row_count_max", b"768"))
    if limit < row_count_max:
        raise WrongInput(
            f"{path}: icecube.row_count_max: {limit} (expected: at least data.row_count_max_served, {row_count_max});"
            " prepare into another folder with --row-count-max")
    table = file.read()
    has_truth = all(_knows(table, name) for name in _TRUTH)
    if with_truth and not has_truth:
        raise WrongInput(f"{path}: no column azimuth, zenith (expected: truth to train on)")
    counts = _numbers(table, "row_count", np.int64)
    rows = np.concatenate([_bytes_of(chunk) for chunk in table["features"].chunks] or [np.empty(0, np.uint8)])
    if len(rows) != counts.sum() * _ROW_BYTES:
        raise WrongInput(f"{path}: features: {len(rows)} bytes (expected: {counts.sum()} rows of {_ROW_BYTES})")
    direction = None
    if has_truth:
        direction = columns.direction_of(*[_numbers(table, name, np.float64) for name in _TRUTH])
    return Events(
        _numbers(table, "event_id", np.int64), _numbers(table, "pulses_seen", np.int32),
        np.concatenate([[0], np.cumsum(counts)]), rows.view("<f4").reshape(-1, columns.COLUMNS), direction,
        _numbers(table, "energy_gev", np.float64) if _knows(table, "energy_gev") else None,
        _numbers(table, "is_track", bool) if _knows(table, "is_track") else None)


def _knows(table, name):
    """Whether a column is there and has a value for every event."""
    return name in table.column_names and not table[name].null_count


def _numbers(table, name, dtype):
    return table[name].to_numpy().astype(dtype)


def _bytes_of(chunk):
    """The values of a binary array, one after the other, without a copy for each."""
    if not len(chunk):
        return np.empty(0, np.uint8)
    width = np.int64 if pa.types.is_large_binary(chunk.type) else np.int32
    _, offsets, values = chunk.buffers()
    ends = np.frombuffer(offsets, width)[chunk.offset : chunk.offset + len(chunk) + 1]
    return np.frombuffer(values, np.uint8)[ends[0] : ends[-1]]


def write(path, events, azimuth, zenith, row_count_max=768):
    """Writes a file as `icecube prepare` does; for tests, and for data of another source."""
    table = {
        "event_id": pa.array(events.event_id, pa.int64()),
        "pulses_seen": pa.array(events.pulses_seen, pa.int32()),
        "row_count": pa.array(events.row_count, pa.int32()),
        "quality": pa.array(np.zeros(len(events)), pa.int32()),
        "features": pa.array(
            [events.rows_at(event).astype("<f4").tobytes() for event in range(len(events))], pa.binary()),
        "azimuth": pa.array(azimuth, pa.float64()),
        "zenith": pa.array(zenith, pa.float64()),
    }
    if events.energy_gev is not None:
        table["energy_gev"] = pa.array(events.energy_gev, pa.float64())
    if events.is_track is not None:
        table["is_track"] = pa.array(events.is_track, pa.bool_())
    said = {
        "icecube.feature_version": str(columns.VERSION),
        "icecube.geometry": "icecube-86",
        "icecube.row_count_max": str(row_count_max),
    }
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(table).replace_schema_metadata(said), path, compression="zstd", row_group_size=4096)
