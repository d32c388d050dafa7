# SPDX-License-Identifier: Apache-2.0
"""The losses against closed forms and at their limits."""

import math
import unittest

import numpy as np
import torch

from icecube_training import loss


def exact_log_normalizer_at_mean(kappa):
    """log(kappa / (2 pi (1 - exp(-2 kappa)))) in double; nothing cancels for kappa above 1e-6."""
    return math.log(kappa / (2 * math.pi * -math.expm1(-2 * kappa)))


class LossTest(unittest.TestCase):
    def test_the_normalizer_is_the_closed_form_from_a_flat_sky_to_a_point(self):
        for kappa in (1e-6, 1e-3, 0.00999, 0.01, 0.0101, 0.5, 1, 10, 88, 700, 1e6):
            wanted = exact_log_normalizer_at_mean(kappa)
            for dtype, apart in ((torch.float64, 1e-9), (torch.float32, 2e-6)):
                found = float(loss.log_normalizer_at_mean(torch.tensor(kappa, dtype=dtype)))
                self.assertAlmostEqual(found, wanted, delta=apart * max(1, abs(wanted)), msg=f"kappa {kappa} {dtype}")

    def test_a_kappa_of_zero_is_the_whole_sky_alike(self):
        self.assertAlmostEqual(float(loss.log_normalizer_at_mean(torch.tensor(0.0))), -math.log(4 * math.pi), places=6)

    def test_gradients_are_those_of_differences_and_finite_at_the_limits(self):
        for kappa in (0.0, 1e-8, 0.005, 0.01, 0.02, 3.0, 500.0):
            at = torch.tensor(kappa, dtype=torch.float64, requires_grad=True)
            loss.log_normalizer_at_mean(at).backward()
            self.assertTrue(torch.isfinite(at.grad), kappa)
            if kappa > 1e-4:
                step = 1e-4 * kappa
                ends = [exact_log_normalizer_at_mean(kappa + sign * step) for sign in (1, -1)]
                self.assertAlmostEqual(float(at.grad), (ends[0] - ends[1]) / (2 * step), delta=1e-5)

    def test_the_density_integrates_to_one(self):
        cosine = torch.linspace(-1, 1, 200_001, dtype=torch.float64)
        at = torch.stack([torch.sqrt(1 - cosine**2), torch.zeros_like(cosine), cosine], -1)
        mean = torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64).expand_as(at)
        for kappa in (0.001, 1.0, 30.0):
            density = torch.exp(-loss.negative_log_likelihood(mean, torch.full_like(cosine, kappa), at))
            self.assertAlmostEqual(float(torch.trapezoid(density, cosine)) * 2 * math.pi, 1, places=5)

    def test_the_best_kappa_of_equal_errors_is_that_of_the_likelihood(self):
        truth = torch.tensor([[0.0, 0.0, 1.0]])
        off = torch.tensor([[math.sin(0.1), 0.0, math.cos(0.1)]])
        kappas = torch.logspace(0, 4, 2000)
        values = loss.negative_log_likelihood(off.expand(2000, 3), kappas, truth.expand(2000, 3))
        # 1/kappa = 1 - cos(0.1), far from kappa small.
        self.assertAlmostEqual(float(kappas[values.argmin()]), 1 / (1 - math.cos(0.1)), delta=1.5)

    def test_angles_are_exact_and_have_gradients_at_nought_and_pi(self):
        truth = torch.tensor([[0.0, 0.0, 1.0]] * 4)
        for wanted in (0.0, 1e-4, 1.0, math.pi):
            made = torch.tensor([[math.sin(wanted), 0.0, math.cos(wanted)]] * 4, requires_grad=True)
            found = loss.angle(made, truth)
            self.assertAlmostEqual(float(found[0].detach()), wanted, delta=2e-6)
            found.sum().backward()
            self.assertTrue(bool(torch.isfinite(made.grad).all()))

    def test_each_part_of_the_loss_has_its_weight(self):
        random = np.random.default_rng(1)
        vectors = torch.tensor(random.normal(size=(2, 5, 3)), dtype=torch.float32)
        mine, truth = torch.nn.functional.normalize(vectors, dim=-1)
        kappa, logit, is_track = torch.rand(5) + 1, torch.randn(5), torch.tensor([0.0, 1, 1, 0, 1])

        class Batch:
            direction = truth

        Batch.is_track = is_track
        parts = [
            loss.direction_loss((mine, kappa, logit), Batch, *weights)
            for weights in ((1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 2, 3))]
        torch.testing.assert_close(parts[3], parts[0] + 2 * parts[1] + 3 * parts[2])
        torch.testing.assert_close(parts[0], loss.angle(mine, truth))
        Batch.is_track = None
        torch.testing.assert_close(
            loss.direction_loss((mine, kappa, logit), Batch, 0, 0, 1), torch.zeros(5))


if __name__ == "__main__":
    unittest.main()
