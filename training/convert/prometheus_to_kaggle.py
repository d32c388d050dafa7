#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Converts the SQLite events of a Prometheus simulation to the Kaggle CSV layout.

    prometheus_to_kaggle.py EVENTS.db OUT

writes OUT/sensor_geometry.csv, OUT/train/batch_1.csv and OUT/train_meta.csv. README.md beside
this file says what is done to the numbers and why. Needs Python 3.9 or later, nothing else.
"""

import argparse
import csv
import math
import pathlib
import sqlite3
import sys

PULSE_COLUMNS = ("event_no", "sensor_pos_x", "sensor_pos_y", "sensor_pos_z", "t")
TRUTH_COLUMNS = ("event_no", "injection_azimuth", "injection_zenith")
BATCH_ID = 1
# The data set tells no charge: each row is one photon, so one photo-electron.
CHARGE_PE = 1.0
TIME_DECIMALS = 3


class ConversionError(Exception):
    """What is wrong with the input, what was expected, and what to do."""


def rows(connection, table, columns, order):
    present = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
    missing = [column for column in columns if column not in present]
    if missing:
        raise ConversionError(
            f"{table}: {', '.join(missing)} missing (expected: {', '.join(columns)}; found: "
            f"{', '.join(present) or 'no such table'}); name the tables with --pulses and --truth"
        )
    names = ", ".join(f'"{column}"' for column in columns)
    return connection.execute(f'SELECT {names} FROM "{table}" ORDER BY {order}')


def finite(value, what, event):
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ConversionError(f"event {event}: {what}: {value} (expected: a finite number)")
    return float(value)


def read_truth(connection, table):
    """Event number to (azimuth in [0, 2 pi), zenith in [0, pi]); they point to the origin."""
    truth = {}
    for event, azimuth, zenith in rows(connection, table, TRUTH_COLUMNS, '"event_no"'):
        zenith = finite(zenith, "injection_zenith", event)
        if not 0 <= zenith <= math.pi:
            raise ConversionError(f"event {event}: injection_zenith: {zenith} (expected: 0..pi)")
        truth[event] = (finite(azimuth, "injection_azimuth", event) % (2 * math.pi), zenith)
    return truth


def read_pulses(connection, table):
    """Event number to its pulses (t, position), by time."""
    events = {}
    for event, x, y, z, t in rows(connection, table, PULSE_COLUMNS, '"event_no", "t"'):
        position = tuple(finite(value, "sensor position", event) for value in (x, y, z))
        events.setdefault(event, []).append((finite(t, "t", event), position))
    return events


def sensors(events):
    """Distinct positions, string by string and upwards, to sensor ids from 0."""
    positions = {position for pulses in events.values() for _, position in pulses}
    return {position: number for number, position in enumerate(sorted(positions))}


def write_csv(path, header, lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name("." + path.name + ".part")
    with open(part, "w", newline="", encoding="ascii") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(lines)
    part.replace(path)


def pulse_lines(events, sensor_of):
    for event in sorted(events):
        first = events[event][0][0]
        for t, position in events[event]:
            yield event, sensor_of[position], round(t - first, TIME_DECIMALS), CHARGE_PE, False


def meta_lines(events, truth):
    first = 0
    for event in sorted(truth):
        count = len(events.get(event, ()))
        yield (BATCH_ID, event, first, first + count - 1, *truth[event])
        first += count


def convert(database, out, pulses="total", truth="mc_truth"):
    """Writes the three files and returns (events, pulses, sensors)."""
    if not pathlib.Path(database).is_file():
        raise ConversionError(f"{database}: not there (expected: an SQLite file)")
    connection = sqlite3.connect(f"{pathlib.Path(database).resolve().as_uri()}?mode=ro", uri=True)
    try:
        directions = read_truth(connection, truth)
        events = read_pulses(connection, pulses)
    except sqlite3.DatabaseError as error:
        raise ConversionError(f"{database}: {error} (expected: an SQLite file)") from error
    finally:
        connection.close()
    without_truth = sorted(set(events) - set(directions))
    if without_truth:
        raise ConversionError(
            f"{truth}: no row for event {without_truth[0]} (expected: one for each of the events)"
        )
    sensor_of = sensors(events)
    out = pathlib.Path(out)
    write_csv(
        out / "sensor_geometry.csv",
        ("sensor_id", "x", "y", "z"),
        ((number, *position) for position, number in sensor_of.items()),
    )
    write_csv(
        out / "train" / f"batch_{BATCH_ID}.csv",
        ("sensor_id", "time", "charge", "auxiliary", "event_id"),
        (
            (sensor, time, charge, auxiliary, event)
            for event, sensor, time, charge, auxiliary in pulse_lines(events, sensor_of)
        ),
    )
    write_csv(
        out / "train_meta.csv",
        ("batch_id", "event_id", "first_pulse_index", "last_pulse_index", "azimuth", "zenith"),
        meta_lines(events, directions),
    )
    return len(directions), sum(map(len, events.values())), len(sensor_of)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("database", help="SQLite file of a Prometheus simulation")
    parser.add_argument("out", help="folder for the Kaggle files")
    parser.add_argument("--pulses", default="total", help="table of photons (default: total)")
    parser.add_argument("--truth", default="mc_truth", help="table of truth (default: mc_truth)")
    options = parser.parse_args(arguments)
    try:
        counts = convert(options.database, options.out, options.pulses, options.truth)
    except ConversionError as error:
        print(f"prometheus_to_kaggle: {error}", file=sys.stderr)
        return 3
    except OSError as error:
        print(f"prometheus_to_kaggle: {error}", file=sys.stderr)
        return 4
    print("%d events, %d pulses, %d sensors" % counts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
