# SPDX-License-Identifier: Apache-2.0
"""Writes the golden files that hold the Java code to a second implementation.

    python3 golden.py ../resources/golden

needs numpy. What LineFit and FeatureBuilder say in their Javadoc is written here again, directly
and without regard to speed. Numbers are printed so that reading them gives the same bits back.

line-fit-rows.csv   event, x, y, z, t, q, aux: float32 features of every row
line-fit.csv        event, case, rows, improved x, y, z, plain x, y, z; 0, 0, 0 is no direction
selection.csv       event_id, event of line-fit-rows.csv, row_count_max, kept: one 0 or 1 for each row

features-sensors.csv, features-pulses.csv   a detector and events in the competition's own format
features-events.csv                         event_id, pulses_seen, row_count, quality
features-rows.csv                           event_id and the six features of every row, float32,
                                            with FEATURE_ROW_COUNT_MAX rows an event at most
"""

import sys
from pathlib import Path

import numpy as np

SEED = 20_130_826
LIGHT_SPEED_ICE = 0.2211  # m/ns
MASK64 = (1 << 64) - 1
FEATURE_ROW_COUNT_MAX = 24
TRUNCATED, SINGLE_STRING = 4, 8  # bits of quality


def fixes_a_line(r, t):
    return len(t) >= 3 and np.ptp(t) >= 0.5 and np.ptp(r, axis=0).max() >= 0.5


def least_squares(r, t, w):
    t_mean = np.average(t, weights=w)
    r_mean = np.average(r, axis=0, weights=w)
    v = (w * (t - t_mean)) @ (r - r_mean) / (w @ (t - t_mean) ** 2)
    return t_mean, r_mean, v


def distances(r, t, line):
    t_mean, r_mean, v = line
    return np.linalg.norm(r - r_mean - np.outer(t - t_mean, v), axis=1)


def fit(features, improved):
    f = features.astype(np.float64)
    r, t, charge = 500 * f[:, :3], 30_000 * f[:, 3], 1 + np.maximum(0, 3 * f[:, 4])
    coincident = f[:, 5] <= 0.5
    if not fixes_a_line(r[coincident], t[coincident]):
        coincident[:] = True
        if not fixes_a_line(r, t):
            return np.zeros(3)
    r, t, charge = r[coincident], t[coincident], charge[coincident]
    if improved:
        near = ((r[:, None] - r[None]) ** 2).sum(axis=2) <= 156**2
        late = (near & (t[:, None] - t[None] > 778)).any(axis=1)
        if fixes_a_line(r[~late], t[~late]):
            r, t, charge = r[~late], t[~late], charge[~late]
        line = least_squares(r, t, charge)
        for _ in range(10):
            line = least_squares(r, t, charge * 153 / np.maximum(153, distances(r, t, line)))
        kept = distances(r, t, line) <= 116
        if fixes_a_line(r[kept], t[kept]):
            line = least_squares(r[kept], t[kept], charge[kept])
    else:
        line = least_squares(r, t, np.ones(len(t)))
    speed = np.linalg.norm(line[2])
    return -line[2] / speed if speed > 1e-4 else np.zeros(3)


def grid():
    """Sensors of a small triangular grid: 125 m between strings, 17 m between sensors."""
    strings = [(125 * (i + j / 2), 125 * j * np.sqrt(3) / 2) for i in range(-3, 4) for j in range(-3, 4)]
    return np.array([(x, y, 17 * k - 500) for x, y in strings for k in range(60)])


def track(random, sensors, light, noise, scatter=True):
    """Places, times, charges and auxiliary flags of light from a muon, and of noise."""
    direction = random.normal(size=3)
    direction /= np.linalg.norm(direction)
    start = random.uniform(-200, 200, 3)
    along = (sensors - start) @ direction
    aside = np.linalg.norm(sensors - start - np.outer(along, direction), axis=1)
    seen = random.choice(len(sensors), light, p=np.exp(-aside / 35) / np.exp(-aside / 35).sum())
    t = along[seen] / 0.2998 + aside[seen] / LIGHT_SPEED_ICE * 0.86
    if scatter:
        t = t + random.gamma(0.3 + aside[seen] / 33, 300)
    dark = random.integers(0, len(sensors), noise)
    t = np.r_[t, random.uniform(t.min() - 4000, t.max() + 6000, noise)]
    q = np.r_[random.lognormal(0.3, 1, light), random.lognormal(0, 0.3, noise)]
    return np.r_[sensors[seen], sensors[dark]], t, q, np.arange(light + noise) >= light


def features(r, t, q, auxiliary):
    order = np.argsort(t, kind="stable")
    r, t, q, auxiliary = r[order], np.round(t[order]), np.maximum(q[order], 0.025), auxiliary[order]
    columns = [r / 500, ((t - t[0]) / 30_000)[:, None], (np.log10(q) / 3)[:, None], auxiliary[:, None]]
    return np.hstack(columns).astype(np.float32)


def cases(random):
    sensors = grid()
    ones = lambda n: np.ones(n)
    for light, noise in [(8, 30), (12, 35), (15, 40), (20, 40), (25, 38), (40, 45), (60, 50), (120, 40)]:
        yield f"track of {light}", features(*track(random, sensors, light, noise))
    yield "unscattered track", features(*track(random, sensors, 30, 0, scatter=False))
    r, t, q, _ = track(random, sensors, 25, 5)
    yield "nothing coincident", features(r, t, q, np.ones(30, bool))
    r, t, q, auxiliary = track(random, sensors, 2, 20)
    yield "two coincident rows", features(r, t, q, auxiliary)
    column = sensors[(sensors[:, 0] == 0) & (sensors[:, 1] == 0)][:20]
    yield "one string", features(column, np.arange(20) * 70.0, ones(20), np.zeros(20, bool))
    yield "bright", features(column, np.arange(20) * 70.0, 10 ** np.linspace(-1, 3, 20), np.zeros(20, bool))
    yield "too little after cleaning", features(
        np.array([(0, 0, 0), (10, 0, 0), (20, 0, 30), (30, 40, 0)]), np.array([0, 900, 1900, 2900.0]), ones(4), np.zeros(4, bool))
    yield "far apart", features(
        np.array([(-500, 0, 0), (0, 400, 0), (500, 0, 0), (0, -400, 300)]), np.array([0, 10, 20, 30.0]), ones(4), np.zeros(4, bool))
    yield "one outlier", features(
        np.vstack([column, [(400, 300, 0)]]), np.r_[np.arange(20) * 70.0, 650], ones(21), np.zeros(21, bool))
    yield "two rows", features(column[:2], np.array([0, 100.0]), ones(2), np.zeros(2, bool))
    yield "one place", features(column[[3, 3, 3, 3]], np.arange(4) * 50.0, ones(4), np.zeros(4, bool))
    yield "one time", features(column[:5], np.zeros(5), ones(5), np.zeros(5, bool))
    yield "standing still", features(column[[0, 1, 1, 0]], np.array([0, 10, 20, 30.0]), ones(4), np.zeros(4, bool))
    yield "no row", np.zeros((0, 6), np.float32)


def write_line_fit(folder, random):
    with open(folder / "line-fit-rows.csv", "w") as rows, open(folder / "line-fit.csv", "w") as fits:
        print("event,x,y,z,t,q,aux", file=rows)
        print("event,case,rows,improved_x,improved_y,improved_z,plain_x,plain_y,plain_z", file=fits)
        for event, (case, table) in enumerate(cases(random)):
            for row in table:
                print(event, *(np.format_float_positional(value, trim="-") for value in row), sep=",", file=rows)
            answer = np.r_[fit(table, True), fit(table, False)] + 0.0
            print(event, case, len(table), *map(repr, answer.tolist()), sep=",", file=fits)


def finalised(value):
    """SplitMix64's finaliser."""
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK64
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & MASK64
    return value ^ (value >> 31)


def selection(event_id, rows, row_count_max):
    """One 0 or 1 for each of the float32 rows."""

    def place_in_line(index):
        x, y, z, t = (int(bits) for bits in rows[index, :4].view(np.uint32))
        seed = finalised((event_id + 0x9E3779B97F4A7C15) & MASK64)
        chance = finalised(finalised(seed ^ (y << 32 | x)) ^ (t << 32 | z))
        return rows[index, 5] > 0.5, chance >> 2, index

    first = sorted(range(len(rows)), key=place_in_line)[:row_count_max]
    return [int(index in first) for index in range(len(rows))]


def write_selection(folder):
    tables = {}
    for line in (folder / "line-fit-rows.csv").read_text().splitlines()[1:]:
        event, *row = line.split(",")
        tables.setdefault(int(event), []).append(row)
    with open(folder / "selection.csv", "w") as file:
        print("event_id,event,row_count_max,kept", file=file)
        for event_id, event, row_count_max in [
            (0, 0, 38), (1, 0, 37), (2, 3, 20), (2, 3, 40), (24, 5, 50), (2092, 7, 96), (-1, 7, 96), (-1, 7, 120),
            (2**63 - 1, 9, 29), (-(2**63), 9, 1), (7, 10, 3), (8, 17, 3), (9, 17, 1),
        ]:  # fmt: skip
            kept = selection(event_id, np.array(tables[event]).astype(np.float32), row_count_max)
            print(event_id, event, row_count_max, "".join(map(str, kept)), sep=",", file=file)


def feature_sensors():
    """Six strings of ten sensors, sensor_id = 10 string + place."""
    strings = [(125 * (i + j / 2), round(125 * j * np.sqrt(3) / 2, 2)) for i in range(-1, 2) for j in range(2)]
    return [(x, y, 17.02 * place - 500.25) for x, y in strings for place in range(10)]


def feature_events(random):
    """event_id, then (sensor, time in ns, charge in p.e., auxiliary) of every pulse in time order."""

    def pulses(count, share, sensors=range(60), span=12_000, start=5_700):
        times = np.sort(random.integers(start, start + span, count))
        charges = np.minimum(0.025 + 0.05 * random.geometric(0.04, count), 2762.0)
        return [
            (int(s), int(t), round(float(q), 3), int(u < share))
            for s, t, q, u in zip(random.choice(sensors, count), times, charges, random.random(count))
        ]

    yield 24, pulses(20, 0.6)
    yield 41, pulses(24, 0.6)
    yield 2092, pulses(25, 0.6)
    yield -7, pulses(60, 0.2)
    yield 2**63 - 1, pulses(60, 0.9)
    yield 59, pulses(1, 0.0)
    yield 67, [(40, 9_865, 1.025, 0)] * 3
    yield 72, pulses(12, 0.0, sensors=range(20, 30)) + [(3, 20_000, 0.025, 1)]
    yield 73, pulses(15, 1.0)
    yield 74, pulses(15, 1.0, sensors=range(50, 60))
    yield 75, pulses(40, 0.0, sensors=[7, 8], span=200)
    yield 76, [(0, 0, 0.025, 0), (59, 1, 2762.0, 1), (31, 16_777_216, 0.975, 0)]


def feature_rows(sensors, event_id, pulses):
    """Rows of the selected pulses, and the quality of the answer they allow."""
    first = pulses[0][1]
    rows = np.array([
        [np.float32(c) / np.float32(500) for c in sensors[sensor]] + [(time - first) / 30_000, np.log10(charge) / 3, auxiliary]
        for sensor, time, charge, auxiliary in pulses
    ]).astype(np.float32)
    kept = np.array(selection(event_id, rows, FEATURE_ROW_COUNT_MAX), bool)
    coincident = {sensor // 10 for sensor, _, _, auxiliary in pulses if not auxiliary}
    strings = coincident or {sensor // 10 for sensor, *_ in pulses}
    quality = (0 if kept.all() else TRUNCATED) | (SINGLE_STRING if len(strings) == 1 else 0)
    return rows[kept], quality


def write_features(folder, random):
    sensors = feature_sensors()
    with open(folder / "features-sensors.csv", "w") as file:
        print("sensor_id,x,y,z", file=file)
        for sensor_id, (x, y, z) in enumerate(sensors):
            print(sensor_id, *(f"{c:.2f}" for c in (x, y, z)), sep=",", file=file)
    sensors = np.loadtxt(folder / "features-sensors.csv", delimiter=",", skiprows=1)[:, 1:]
    names = ["features-pulses.csv", "features-events.csv", "features-rows.csv"]
    with open(folder / names[0], "w") as ins, open(folder / names[1], "w") as events, open(folder / names[2], "w") as outs:
        print("event_id,sensor_id,time,charge,auxiliary", file=ins)
        print("event_id,pulses_seen,row_count,quality", file=events)
        print("event_id,x,y,z,t,q,aux", file=outs)
        for event_id, pulses in feature_events(random):
            rows, quality = feature_rows(sensors, event_id, pulses)
            for sensor, time, charge, auxiliary in pulses:
                print(event_id, sensor, time, charge, bool(auxiliary), sep=",", file=ins)
            print(event_id, len(pulses), len(rows), quality, sep=",", file=events)
            for row in rows:
                print(event_id, *(np.format_float_positional(value, trim="-") for value in row), sep=",", file=outs)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    write_line_fit(target, np.random.default_rng(SEED))
    write_selection(target)
    write_features(target, np.random.default_rng(SEED))
