#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The graph against the same algorithm written with loops in numpy, on seeded events."""

import hashlib
import pathlib
import sys
import tempfile
import unittest

import numpy as np
import onnxruntime

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import line_fit_to_onnx as line_fit

SEED = 20260101
# The answer leaves the graph as float32.
TOLERANCE_RAD = 2e-7


def fixes_a_line(t, r, mask):
    if mask.sum() < 3:
        return False
    return np.ptp(t[mask]) >= 0.5 and np.ptp(r[mask], axis=0).max() >= 0.5


def line_through(t, r, w):
    mean_t = (w * t).sum() / w.sum()
    mean_r = (w[:, None] * r).sum(axis=0) / w.sum()
    dt = t - mean_t
    return mean_t, mean_r, ((w * dt)[:, None] * (r - mean_r)).sum(axis=0) / (w * dt * dt).sum()


def rho(t, r, line):
    mean_t, mean_r, v = line
    return np.linalg.norm(r - mean_r - v * (t - mean_t)[:, None], axis=1)


def reference(rows):
    """LineFit.improved() of one event, zeros if it has no direction."""
    rows = rows.astype(np.float64)
    r, t, decades = rows[:, :3] * 500, rows[:, 3] * 30000, rows[:, 4] * 3
    mask = rows[:, 5] <= 0.5
    if not fixes_a_line(t, r, mask):
        mask = np.ones(len(rows), bool)
    if not fixes_a_line(t, r, mask):
        return np.zeros(3)
    prompt = mask.copy()
    for i in np.flatnonzero(mask):
        near = ((r[i] - r) ** 2).sum(axis=1) <= 156.0**2
        prompt[i] = not (near & (t[i] - t > 778) & mask).any()
    if fixes_a_line(t, r, prompt):
        mask = prompt
    a = np.where(mask, 1 + np.maximum(0, decades), 0)
    line = line_through(t, r, a)
    for _ in range(10):
        line = line_through(t, r, a * 153 / np.maximum(153, rho(t, r, line)))
    trimmed = mask & (rho(t, r, line) <= 116)
    if fixes_a_line(t, r, trimmed):
        line = line_through(t, r, np.where(trimmed, a, 0))
    speed = np.linalg.norm(line[2])
    return -line[2] / speed if speed > 1e-9 else np.zeros(3)


def event(random, rows):
    """A noisy track through a 1 km cube with scattered light and outliers."""
    direction = random.normal(size=3)
    direction /= np.linalg.norm(direction)
    t = np.sort(random.uniform(0, 6000, rows))
    r = direction * 0.3 * (t - 3000)[:, None] + random.normal(scale=60, size=(rows, 3))
    far = random.random(rows) < 0.1
    r[far] += random.normal(scale=400, size=(far.sum(), 3))
    late = random.random(rows) < 0.2
    t = np.where(late, t + random.exponential(900, rows), t)
    order = np.argsort(t)
    features = np.empty((rows, 6), np.float32)
    features[:, :3] = r[order] / 500
    features[:, 3] = (t[order] - t.min()) / 30000
    features[:, 4] = random.normal(0, 0.3, rows)
    features[:, 5] = random.random(rows) < 0.3
    return features


def angle(a, b):
    return np.arctan2(np.linalg.norm(np.cross(a, b)), np.dot(a, b))


class LineFitToOnnxTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.model = line_fit.build().SerializeToString(deterministic=True)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        cls.session = onnxruntime.InferenceSession(cls.model, options, ["CPUExecutionProvider"])

    def run_padded(self, events, garbage=0.0):
        longest = max(len(rows) for rows in events)
        features = np.full((len(events), longest, 6), garbage, np.float32)
        for index, rows in enumerate(events):
            features[index, : len(rows)] = rows
        lengths = np.array([len(rows) for rows in events], np.int64)
        return self.session.run(["direction"], {"features": features, "lengths": lengths})[0]

    def assert_same(self, answer, wanted, message):
        if not wanted.any():
            self.assertFalse(answer.any(), message)
        else:
            self.assertLess(angle(answer.astype(np.float64), wanted), TOLERANCE_RAD, message)

    def test_seeded_events_get_the_answer_of_the_reference(self):
        random = np.random.default_rng(SEED)
        for trial in range(300):
            rows = event(random, int(random.integers(1, 120)))
            self.assert_same(self.run_padded([rows])[0], reference(rows), f"seed {SEED} trial {trial}")

    def test_padding_and_neighbours_change_nothing(self):
        random = np.random.default_rng(SEED + 1)
        events = [event(random, int(random.integers(1, 60))) for _ in range(32)]
        for garbage in (0.0, 7.5):
            for index, answer in enumerate(self.run_padded(events, garbage)):
                self.assert_same(answer, reference(events[index]), f"event {index}")

    def test_events_without_a_direction_get_zeros(self):
        one_row = np.array([[0, 0, 0, 0, 0, 0]], np.float32)
        one_place = np.tile(np.float32([0.1, 0.2, 0.3, 0, 0, 0]), (5, 1))
        one_place[:, 3] = np.arange(5) / 300
        one_time = np.zeros((5, 6), np.float32)
        one_time[:, 2] = np.arange(5) / 30
        for answer in self.run_padded([one_row, one_place, one_time]):
            np.testing.assert_array_equal(answer, np.zeros(3, np.float32))

    def test_all_auxiliary_rows_are_used_if_there_are_no_others(self):
        rows = event(np.random.default_rng(SEED + 2), 40)
        rows[:, 5] = 1
        self.assert_same(self.run_padded([rows])[0], reference(rows), "all auxiliary")
        self.assertTrue(reference(rows).any())

    def test_the_same_script_writes_the_same_bytes(self):
        again = line_fit.build().SerializeToString(deterministic=True)
        self.assertEqual(self.model, again)
        with tempfile.TemporaryDirectory() as folder:
            sha256 = line_fit.write(pathlib.Path(folder))
            self.assertEqual(sha256, hashlib.sha256(self.model).hexdigest())
            manifest = (pathlib.Path(folder) / "model.yaml").read_text()
            self.assertIn(f"sha256: {sha256}", manifest)
            root = pathlib.Path(__file__).resolve().parents[2]
            path = root / "models" / line_fit.NAME / line_fit.VERSION / "model.yaml"
            self.assertEqual(path.read_text(), manifest, "run line_fit_to_onnx.py and commit")

    def test_the_model_in_the_repository_is_what_the_script_writes(self):
        root = pathlib.Path(__file__).resolve().parents[2]
        path = root / "models" / line_fit.NAME / line_fit.VERSION / "model.onnx"
        self.assertEqual(path.read_bytes(), self.model, "run line_fit_to_onnx.py and commit")


if __name__ == "__main__":
    unittest.main()
