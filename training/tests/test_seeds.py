# SPDX-License-Identifier: Apache-2.0
"""The batched line fit and the pulse selection against the files that Java is held to."""

import unittest

import golden
import numpy as np
import torch

from icecube_training import features, seeds


class SeedsTest(unittest.TestCase):
    def test_the_line_fit_is_that_of_java(self):
        rows, lengths, wanted, cases = golden.line_fits()
        for dtype, apart in ((torch.float64, 1e-6), (torch.float32, 1e-4)):
            found = seeds.directions(torch.from_numpy(rows), torch.from_numpy(lengths), dtype).numpy()
            for mine, its, case in zip(found.astype(np.float64), wanted, cases):
                if its.any():
                    self.assertLess(features.angle_between(mine, its), apart, f"{case} {dtype}")
                else:
                    self.assertFalse(mine.any(), f"{case} {dtype}")

    def test_padding_and_neighbours_change_nothing(self):
        rows, lengths, _, _ = golden.line_fits()
        together = seeds.directions(torch.from_numpy(rows), torch.from_numpy(lengths))
        for index, length in enumerate(lengths):
            alone = torch.from_numpy(rows[index : index + 1, : max(1, length)])
            found = seeds.directions(alone, torch.tensor([length]))
            torch.testing.assert_close(found[0], together[index], atol=1e-6, rtol=0)

    def test_the_selection_of_rows_is_that_of_java(self):
        tables = golden.rows("line-fit-rows.csv", "event")
        for case in golden.table("selection.csv"):
            rows = tables[case["event"]]
            kept = features.selected([int(case["event_id"])], rows, [len(rows)], int(case["row_count_max"]))
            self.assertEqual("".join("01"[int(keep)] for keep in kept), case["kept"], case)


if __name__ == "__main__":
    unittest.main()
