# SPDX-License-Identifier: Apache-2.0
"""What every family promises: independence of padding, neighbours and clock; and the same in ONNX."""

import functools
import unittest

import numpy as np
import synthetic
import torch

from icecube_training import calibration, data, export, models, prepared
from icecube_training.models import select

SMALL = {
    "deepset": {"width": 32, "inner": 32, "layers": 1, "hidden": 32},
    "transformer": {"width": 32, "inner": 32, "layers": 2, "heads": 4, "biased": 1, "hidden": 32},
    "edgeconv": {"width": 32, "layers": 1, "neighbours": 4, "hidden": 32},
    "staged": {"width": 32, "inner": 32, "layers": [1, 1], "lines": 4, "hidden": 32},
}


def small(family):
    torch.manual_seed(1)
    return models.build({"family": family, **SMALL[family]}).eval()


@functools.cache
def some_calibration():
    random = np.random.default_rng(1)
    kappa = np.exp(random.normal(size=500))
    return calibration.fit(kappa, random.random(500), np.abs(random.normal(size=500)), rounds=20)


class ModelsTest(unittest.TestCase):
    def setUp(self):
        torch.set_num_threads(1)
        self.events = synthetic.events(12, 3)
        self.rows, self.lengths = map(torch.from_numpy, data.padded(self.events, np.arange(12)))

    def assert_same(self, found, wanted, tolerance=1e-4):
        for mine, its in zip(found, wanted):
            torch.testing.assert_close(mine, its, atol=tolerance, rtol=tolerance)

    def test_every_family_is_tested(self):
        self.assertEqual(set(SMALL), set(models.FAMILIES))

    def test_directions_are_unit_vectors_and_kappa_is_positive(self):
        for family in SMALL:
            with self.subTest(family):
                answer = small(family)(self.rows, self.lengths)
                torch.testing.assert_close(answer[0].norm(dim=-1), torch.ones(12))
                self.assertTrue(bool((answer[1] > 0).all()))

    def test_neither_padding_nor_neighbours_nor_order_change_an_answer(self):
        for family in SMALL:
            with self.subTest(family):
                model = small(family)
                together = model(self.rows, self.lengths)
                garbage = torch.nn.functional.pad(self.rows, (0, 0, 0, 9))
                garbage[torch.arange(garbage.shape[1]) >= self.lengths.unsqueeze(1)] = 7.5
                self.assert_same(model(garbage, self.lengths), together)
                back = torch.arange(11, -1, -1)
                self.assert_same([part[back] for part in model(self.rows[back], self.lengths[back])], together)
                alone = [model(self.rows[i : i + 1, :n], self.lengths[i : i + 1]) for i, n in enumerate(self.lengths)]
                self.assert_same([torch.cat(parts) for parts in zip(*alone)], together)

    def test_the_zero_of_time_does_not_leak(self):
        later = self.rows.clone()
        later[..., 3] += 0.25
        for family in SMALL:
            with self.subTest(family):
                model = small(family)
                self.assert_same(model(later, self.lengths), model(self.rows, self.lengths), 1e-3)

    def test_odd_events_have_finite_answers(self):
        odd = torch.zeros(4, 3, 6)
        odd[1, :, 5] = 1
        odd[2, :, 3] = torch.tensor([0.0, 0.0, 40.0])
        odd[3, :, :3] = torch.tensor([1.2, -1.2, 1.2])
        for family in SMALL:
            with self.subTest(family):
                for part in small(family)(odd, torch.tensor([0, 1, 3, 3])):
                    self.assertTrue(bool(torch.isfinite(part).all()))

    def test_the_graph_says_what_the_model_says(self):
        for family in SMALL:
            with self.subTest(family):
                whole = calibration.Calibrated(small(family), some_calibration(), False)
                graph = export.graph_of(whole, export.DIRECTION_OUTPUTS)
                self.assertLess(export.check(graph, whole, self.events, export.DIRECTION_OUTPUTS), 1e-4)

    def test_a_graph_of_another_model_is_told(self):
        whole = calibration.Calibrated(small("deepset"), some_calibration(), False)
        graph = export.graph_of(whole, export.DIRECTION_OUTPUTS)
        torch.manual_seed(2)
        other = calibration.Calibrated(models.build({"family": "deepset", **SMALL["deepset"]}), some_calibration(), False)
        with self.assertRaisesRegex(export.ExportFailed, "direction, events together: "):
            export.check(graph, other, self.events, export.DIRECTION_OUTPUTS)

    def test_noise_far_from_every_coincident_row_is_left_out(self):
        rows = torch.zeros(1, 5, 6)
        # Coincident; near in both; too late; too far; padding.
        rows[0, :, 3] = torch.tensor([0.0, 0.9, 1.1, 0.0, 0.0]) * 1000 / 30_000
        rows[0, :, 0] = torch.tensor([0.0, 190.0, 0.0, 210.0, 0.0]) / 500
        rows[0, :, 5] = torch.tensor([0.0, 1, 1, 1, 1])
        valid = torch.tensor([[True, True, True, True, False]])
        kept = select.causal(rows, valid)
        self.assertEqual(kept.tolist(), [[True, True, False, False, False]])
        fewer, still = select.compacted(rows, kept)
        self.assertEqual(still.tolist(), [[True, True]])
        torch.testing.assert_close(fewer, rows[:, :2])
        rows[0, 0, 5] = 1
        self.assertEqual(select.causal(rows, valid).tolist(), valid.tolist())

    def test_rows_that_are_left_out_before_are_those_that_the_graph_leaves_out(self):
        fewer = select.selected(self.events, 64)
        self.assertLess(len(fewer.rows), len(self.events.rows))
        rows, lengths = map(torch.from_numpy, data.padded(fewer, np.arange(12)))
        for family in SMALL:
            with self.subTest(family):
                model = small(family)
                wanted = model(self.rows, self.lengths)
                self.assert_same(model(rows, lengths), wanted)
                model.is_causal = False
                self.assert_same(model(rows, lengths), wanted)

    def test_a_wrong_family_or_argument_is_told(self):
        with self.assertRaisesRegex(prepared.WrongInput, "model.family: forest"):
            models.build({"family": "forest"})
        with self.assertRaisesRegex(prepared.WrongInput, "wdith"):
            models.build({"family": "deepset", "wdith": 3})


if __name__ == "__main__":
    unittest.main()
