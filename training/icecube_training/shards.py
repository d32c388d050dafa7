# SPDX-License-Identifier: Apache-2.0
"""Training events that need not fit into memory: some files at a time, in an order of each epoch's own."""

import hashlib

import numpy as np
import pyarrow.parquet as pq

from icecube_training import data, prepared


class Shards:
    """The training part of prepared files, and the parts held out of it by the ids of events.

    Not thread-safe. At most `files_at_once` files are in memory; if that is all of them they stay there.
    `selection`, Events -> Events, is done to all but the events to calibrate with.
    """

    def __init__(self, folders, settings, seed, selection=lambda events: events):
        self.files = [file for folder in folders for file in prepared.files_of(folder)]
        if not self.files:
            raise prepared.WrongInput("data.train: no folder (expected: prepared folders or files)")
        self.settings = settings
        self.seed = seed
        self.selection = selection
        self._kept = None
        self._rest = {}  # what held() has read already of files that stay in memory

    @property
    def is_in_memory(self):
        return len(self.files) <= self.settings.files_at_once

    def identity(self):
        """What tells these events from others: a checkpoint of the ones is of no use for the others."""
        return [[file.name, file.stat().st_size] for file in self.files]

    def event_count(self):
        """Events in all files, those that are held out among them."""
        return sum(pq.ParquetFile(file).metadata.num_rows for file in self.files)

    def _parts(self, file):
        """Events to validate, to calibrate and to train; to calibrate is done with the rows that the server has."""
        top = self.settings.row_count_max_served
        events = prepared.read(file, row_count_max=top).cut_to(top)
        validation, calibration, rest = data.split(
            events, self.seed, self.settings.validation, self.settings.calibration)
        return self.selection(validation), calibration, self.selection(rest)

    def held(self):
        """Validation and calibration events: of the first files, until there are enough."""
        validation, calibration, count = [], [], 0
        for file in self.files:
            parts = self._parts(file)
            validation.append(parts[0])
            calibration.append(parts[1])
            if self.is_in_memory and self._kept is None:
                self._rest[file] = parts[2]
            count += len(parts[0])
            if count >= self.settings.held_events_max:
                break
        top = self.settings.held_events_max
        return [_first(prepared.joined(parts), top) for parts in (validation, calibration)]

    def loads(self, epoch):
        """What is trained on in an epoch, load after load; lists of files and a way to read them."""
        if self.is_in_memory:
            return [self.files]
        order = np.random.default_rng([self.seed, epoch, 1]).permutation(len(self.files))
        size = self.settings.files_at_once
        return [[self.files[index] for index in order[at : at + size]] for at in range(0, len(order), size)]

    def read(self, load):
        """The training events of a load."""
        if self._kept is not None:
            return self._kept
        events = prepared.joined(
            self._rest.pop(file) if file in self._rest else self._parts(file)[2] for file in load)
        if self.is_in_memory:
            self._kept = events
        return events


class InMemory:
    """Training events that somebody has already, as Shards."""

    is_in_memory = True

    def __init__(self, events):
        self.events = events

    def identity(self):
        return [len(self.events), hashlib.sha256(np.ascontiguousarray(self.events.event_id)).hexdigest()]

    def event_count(self):
        return len(self.events)

    def loads(self, epoch):
        return [[]]

    def read(self, load):
        return self.events


def _first(events, count):
    return events if len(events) <= count else events.take(np.arange(count))


def read_all(folders, row_count_max, events_max):
    """Events of prepared folders with at most so many rows each; no more files than are needed."""
    parts, count = [], 0
    for file in (file for folder in folders for file in prepared.files_of(folder)):
        parts.append(prepared.read(file, row_count_max=row_count_max).cut_to(row_count_max))
        count += len(parts[-1])
        if count >= events_max:
            break
    return _first(prepared.joined(parts), events_max)
