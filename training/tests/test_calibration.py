# SPDX-License-Identifier: Apache-2.0
"""Calibration on errors whose law is known."""

import math
import unittest

import numpy as np
import torch

from icecube_training import calibration
from icecube_training.models.readout import answer_of
from icecube_training.prepared import WrongInput


def sample(count, seed):
    """A model that is twice too sure of tracks and blind to how bad cascades are; its track score is noisy."""
    random = np.random.default_rng(seed)
    is_track = random.random(count) < 0.5
    kappa = np.exp(random.uniform(0, 6, count))
    true_kappa = np.where(is_track, kappa / 2, kappa**0.5)
    versine = np.clip(-np.log1p(random.random(count) * np.expm1(-2 * true_kappa)) / true_kappa, 0, 2)
    score = 1 / (1 + np.exp(-random.normal(np.where(is_track, 3, -3), 1)))
    return kappa, score, 2 * np.arcsin(np.sqrt(versine / 2)), is_track


class CalibrationTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        torch.set_num_threads(1)
        kappa, score, error, _ = sample(8000, 1)
        cls.found = calibration.fit(kappa, score, error)
        cls.kappa, cls.score, cls.error, cls.is_track = sample(20_000, 2)
        answer = cls.found(
            torch.tensor(cls.kappa, dtype=torch.float32), torch.tensor(cls.score, dtype=torch.float32))
        cls.calibrated, cls.radii = [part.numpy() for part in answer]

    def test_radii_hold_what_they_promise_overall_and_for_each_topology(self):
        whole = calibration.coverage(self.error, self.radii)
        self.assertAlmostEqual(whole.within_r50, 0.5, delta=0.015)
        self.assertAlmostEqual(whole.within_r90, 0.9, delta=0.01)
        for kind in (self.is_track, ~self.is_track):
            part = calibration.coverage(self.error[kind], self.radii[kind])
            self.assertAlmostEqual(part.within_r50, 0.5, delta=0.03)
            self.assertAlmostEqual(part.within_r90, 0.9, delta=0.03)

    def test_radii_hold_for_the_sure_and_the_unsure(self):
        for low, high in ((0, 2), (2, 4), (4, 6)):
            chosen = (np.log(self.kappa) >= low) & (np.log(self.kappa) < high)
            part = calibration.coverage(self.error[chosen], self.radii[chosen])
            self.assertAlmostEqual(part.within_r50, 0.5, delta=0.05)
            self.assertAlmostEqual(part.within_r90, 0.9, delta=0.04)

    def test_kappa_is_that_of_the_law(self):
        sure = self.is_track & (self.score > 0.9) & (self.kappa > 20) & (self.kappa < 200)
        ratio = self.calibrated[sure] / (self.kappa[sure] / 2)
        self.assertAlmostEqual(float(np.median(ratio)), 1, delta=0.25)

    def test_who_is_surer_has_smaller_radii_and_a_larger_kappa(self):
        raw = torch.logspace(-4, 7, 300)
        for score in (0.0, 0.3, 0.9, 1.0):
            kappa, radii = self.found(raw, torch.full_like(raw, score))
            self.assertTrue(bool((kappa.diff() >= -1e-4 * kappa[1:]).all()))
            self.assertTrue(bool((radii.diff(dim=0) <= 1e-6).all()))

    def test_radii_are_in_order_and_in_range_whatever_comes_in(self):
        raw = torch.tensor([0.0, 1e-9, 1.0, 1e9, float("inf")])
        for context in (-5.0, 0.5, 100.0):
            kappa, radii = self.found(raw, torch.full_like(raw, context))
            self.assertTrue(bool((kappa > 0).all() and torch.isfinite(kappa).all()))
            self.assertTrue(bool((radii > 0).all() and (radii <= math.pi + 1e-6).all()))
            self.assertTrue(bool((radii[:, 0] <= radii[:, 1]).all()))

    def test_interpolation_goes_through_its_knots_and_is_linear_between(self):
        x, y = torch.tensor([0.0, 1.0, 3.0]), torch.tensor([0.0, 1.0])
        values = torch.tensor([[0.0, 10.0], [1.0, 20.0], [5.0, 30.0]])
        at = calibration.interpolated(
            torch.tensor([0.0, 1.0, 2.0, 9.0, 1.0]), torch.tensor([0.0, 1.0, 0.0, 0.5, -3.0]), x, y, values)
        torch.testing.assert_close(at, torch.tensor([0.0, 20.0, 3.0, 17.5, 1.0]))

    def test_the_same_events_give_the_same_tables(self):
        kappa, score, error, _ = sample(300, 3)
        first, again = [calibration.fit(kappa, score, error, rounds=10) for _ in range(2)]
        torch.testing.assert_close(first.log_r90, again.log_r90, rtol=0, atol=0)

    def test_radii_hold_for_tracks_and_for_cascades_though_scores_are_unsure(self):
        random = np.random.default_rng(5)
        is_track = random.random(20_000) < 0.4
        # Scores overlap; errors are of the true topology.
        score = (1 / (1 + np.exp(-random.normal(np.where(is_track, 1.0, -1.0), 1.0)))).astype(np.float32)
        kappa = random.lognormal(1, 0.5, len(score)).astype(np.float32)
        error = np.minimum(random.rayleigh(np.where(is_track, 0.3, 0.9)), math.pi)
        off = {}
        for name, known in (("by score", None), ("by topology", is_track)):
            fitted = calibration.fit(kappa, score, error, is_track=known)
            with torch.no_grad():
                _, radii = fitted(torch.from_numpy(kappa), torch.from_numpy(score))
            within = error[:, None] <= radii.numpy()
            np.testing.assert_allclose(within.mean(0), calibration.QUANTILES, atol=0.01)
            off[name] = max(abs(within[chosen].mean(0) - calibration.QUANTILES).max() for chosen in (is_track, ~is_track))
        self.assertGreater(off["by score"], 0.05)
        self.assertLessEqual(off["by topology"], calibration.TOLERANCE + 0.005)

    def test_a_direction_is_a_unit_vector_however_unsure_or_there_is_none(self):
        class Unsure(torch.nn.Module):
            def forward(self, features, lengths):
                return answer_of(features[:, 0, :3])

        vectors = torch.tensor([[3e-4, 0, -4e-4], [0.3, 0.0, 0.4], [0.0, 0.0, 0.0]])
        direction, _, _ = calibration.Calibrated(Unsure(), self.found, False)(vectors.unsqueeze(1), torch.ones(3))
        torch.testing.assert_close(direction, torch.tensor([[0.6, 0, -0.8], [0.6, 0, 0.8], [0, 0, 0]]), atol=1e-6, rtol=0)

    def test_too_few_events_are_refused(self):
        with self.assertRaisesRegex(WrongInput, "calibration events: 10"):
            calibration.fit(np.ones(10), np.ones(10), np.ones(10))


if __name__ == "__main__":
    unittest.main()
