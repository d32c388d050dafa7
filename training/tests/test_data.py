# SPDX-License-Identifier: Apache-2.0
"""Prepared files, splits, steps and what augmentation does."""

import pathlib
import tempfile
import unittest

import numpy as np
import pyarrow.parquet as pq
import synthetic

from icecube_training import data, evaluation, features, prepared


class PreparedTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.events = synthetic.events(50, 1)

    def write(self, number=1, events=None):
        path = self.folder / "features" / f"batch_{number}.parquet"
        events = events or self.events
        prepared.write(path, events, *synthetic.azimuth_zenith(events.direction))
        return path

    def test_what_was_written_is_read(self):
        found = prepared.read(self.write())
        for name in ("event_id", "pulses_seen", "offset", "rows", "energy_gev", "is_track"):
            np.testing.assert_array_equal(getattr(found, name), getattr(self.events, name), name)
        np.testing.assert_allclose(found.direction, self.events.direction, atol=1e-12)

    def test_files_stand_in_the_order_of_their_numbers_and_join(self):
        parts = [synthetic.events(20, seed) for seed in (1, 2, 3)]
        for number, part in zip((10, 2, 1), parts):
            self.write(number, part)
        files = prepared.files_of(self.folder)
        self.assertEqual([file.stem for file in files], ["batch_1", "batch_2", "batch_10"])
        found = prepared.joined(map(prepared.read, files))
        np.testing.assert_array_equal(found.event_id, np.concatenate([part.event_id for part in parts[::-1]]))
        np.testing.assert_array_equal(found.rows_at(25), parts[1].rows_at(5))

    def test_another_feature_version_is_refused(self):
        path = self.write()
        table = pq.read_table(path)
        pq.write_table(table.replace_schema_metadata({"icecube.feature_version": "2"}), path)
        with self.assertRaisesRegex(prepared.WrongInput, r"icecube.feature_version: 2 \(expected: 1\)"):
            prepared.read(path)

    def test_events_without_truth_are_for_prediction_only(self):
        path = self.write()
        pq.write_table(pq.read_table(path).drop_columns(["azimuth", "zenith", "is_track", "energy_gev"]), path)
        self.assertIsNone(prepared.read(path, with_truth=False).direction)
        with self.assertRaisesRegex(prepared.WrongInput, "no column azimuth"):
            prepared.read(path)

    def test_bytes_that_do_not_fit_their_counts_are_refused(self):
        path = self.write()
        table = pq.read_table(path)
        counts = table["row_count"].to_numpy() + 1
        pq.write_table(table.set_column(2, "row_count", [counts.astype(np.int32)]), path)
        with self.assertRaisesRegex(prepared.WrongInput, "features: "):
            prepared.read(path)

    def test_an_empty_folder_is_told(self):
        with self.assertRaisesRegex(prepared.WrongInput, "icecube prepare"):
            prepared.files_of(self.folder)

    def test_long_events_are_cut_by_the_rule_of_serving(self):
        found = self.events.cut_to(20)
        self.assertEqual(found.row_count.max(), 20)
        long = int(np.argmax(self.events.row_count))
        rows = self.events.rows_at(long)
        kept = features.selected([self.events.event_id[long]], rows, [len(rows)], 20)
        np.testing.assert_array_equal(found.rows_at(long), self.events.rows_at(long)[kept])

    def test_a_cut_of_a_cut_is_the_cut_at_once(self):
        np.testing.assert_array_equal(self.events.cut_to(30).cut_to(12).rows, self.events.cut_to(12).rows)


class RungsTest(unittest.TestCase):
    def test_rungs_are_those_of_the_server(self):
        # As RowLadderTest has it.
        rows = np.array([0, 1, 8, 9, 10, 11, 12, 13, 255, 256])
        self.assertEqual(evaluation.rungs(rows, 1.25, 256).tolist(), [0, 8, 8, 10, 10, 12, 12, 15, 256, 256])
        self.assertEqual(evaluation.rungs(rows, 1.0, 256).tolist(), rows.tolist())
        self.assertEqual(evaluation.rungs(np.array([2]), 1.25, 5).tolist(), [5])


class DataTest(unittest.TestCase):
    def setUp(self):
        self.events = synthetic.events(200, 2)

    def steps(self, **changes):
        return list(data.steps(self.events, **{"seed": 5, "epoch": 0, "step_events": 64, "pulse_budget": 512} | changes))

    def test_an_epoch_has_every_event_once_in_steps_of_equal_size(self):
        steps = self.steps()
        self.assertEqual([sum(len(batch.lengths) for batch in step) for step in steps], [64, 64, 64])
        seen = np.concatenate([batch.direction[:, 0].numpy() for step in steps for batch in step])
        self.assertEqual(len(np.unique(seen)), 192)

    def test_no_batch_exceeds_the_budget_and_little_is_padding(self):
        rows = padding = 0
        for batch in (batch for step in self.steps() for batch in step):
            size = batch.features.shape[0] * batch.features.shape[1]
            self.assertLessEqual(size, 512)
            rows += int(batch.lengths.sum())
            padding += size - int(batch.lengths.sum())
        self.assertLess(padding, 0.2 * rows)

    def test_an_event_longer_than_the_budget_runs_alone(self):
        self.assertEqual(data.cuts([1, 2, 900, 901], 100), [(0, 2), (2, 3), (3, 4)])

    def test_steps_are_a_function_of_seed_epoch_and_step(self):
        first, again = self.steps(), self.steps(skip=1)
        np.testing.assert_array_equal(first[1][0].features, again[0][0].features)
        for other in (self.steps(seed=6), self.steps(epoch=1)):
            self.assertFalse(np.array_equal(first[0][0].direction[:3], other[0][0].direction[:3]))

    def test_evaluation_sees_all_in_a_known_order(self):
        picked = np.concatenate([batch.picked for batch in data.in_order(self.events, 512)])
        np.testing.assert_array_equal(np.sort(picked), np.arange(200))

    def test_a_turn_of_the_rows_is_a_turn_of_the_truth(self):
        from icecube_training import seeds
        import torch

        rows, lengths = data.padded(self.events, np.arange(50))
        turn = np.full(50, np.pi / 3)
        before = seeds.directions(torch.from_numpy(rows), torch.from_numpy(lengths)).numpy()
        after = seeds.directions(torch.from_numpy(data.rotated(rows, turn)), torch.from_numpy(lengths)).numpy()
        self.assertLess(features.angle_between(data.turned(before.astype(float), turn), after.astype(float)).max(), 1e-3)

    def test_augmentation_keeps_lengths_within_and_padding_nought(self):
        augmentation = data.Augmentation(rotate=True, jitter_ns=5, charge_decades=0.1, drop=0.3)
        for batch in (batch for step in self.steps(augmentation=augmentation) for batch in step):
            self.assertGreaterEqual(int(batch.lengths.min()), 1)
            padding = np.arange(batch.features.shape[1]) >= batch.lengths.numpy()[:, None]
            self.assertFalse(batch.features.numpy()[padding].any())

    def test_long_events_are_redrawn_coincident_rows_first(self):
        random = np.random.default_rng(1)
        found = data.redrawn(self.events, 10, random)
        self.assertEqual(found.row_count.max(), 10)
        for event in range(20):
            coincident = (self.events.rows_at(event)[:, 5] < 0.5).sum()
            self.assertEqual((found.rows_at(event)[:, 5] < 0.5).sum(), min(10, coincident))
            self.assertTrue((np.diff(found.rows_at(event)[:, 3]) >= 0).all())

    def test_a_split_is_by_the_event_and_disjoint(self):
        parts = data.split(self.events, 3, 0.2, 0.3)
        ids = [set(part.event_id) for part in parts]
        self.assertEqual(sum(map(len, ids)), len(set.union(*ids)))
        self.assertEqual(set.union(*ids), set(self.events.event_id))
        self.assertAlmostEqual(len(ids[0]) / 200, 0.2, delta=0.1)
        shuffled = self.events.take(np.random.default_rng(1).permutation(200))
        self.assertEqual(ids[0], set(data.split(shuffled, 3, 0.2, 0.3)[0].event_id))
        self.assertNotEqual(ids[0], set(data.split(self.events, 4, 0.2, 0.3)[0].event_id))


if __name__ == "__main__":
    unittest.main()
