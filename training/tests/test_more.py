# SPDX-License-Identifier: Apache-2.0
"""Event classes, cross-validation, files that do not fit into memory, and the search."""

import dataclasses
import pathlib
import tempfile
import unittest

import numpy as np
import synthetic
import torch
import yaml

from icecube_training import calibration, classify, config, crossval, export, pipeline, prepared, search, shards
from icecube_training.__main__ import main

CONFIGS = pathlib.Path(__file__).resolve().parents[1] / "configs"


class MoreTest(unittest.TestCase):
    def setUp(self):
        torch.set_num_threads(1)
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def tiny(self, count, *overrides, files=1):
        train = synthetic.write(self.folder / "train", count, 1, files)
        return config.read(CONFIGS / "tiny.yaml", [f"data.train=['{train}']", "training.epochs=1", *overrides])

    def test_event_classes_are_learnt_and_exported_as_probabilities(self):
        found = self.tiny(1000, "task=event-class", "model={width: 16, inner: 16, layers: 1, hidden: 16}",
                          "training.epochs=3")
        trained = pipeline.train(found, self.folder / "run", "cpu")
        test = synthetic.events(200, 9)
        said = pipeline.predict(trained.model, test, 4096, torch.device("cpu"))
        track, quality = classify.report(test, said)
        self.assertGreater(track["auc"], 0.6)
        self.assertGreater(track["accuracy"], 0.5)
        self.assertEqual((track["answer"], quality["answer"]), classify.OUTPUTS)
        whole = classify.Probabilities(trained.model)
        graph = export.graph_of(whole, classify.OUTPUTS)
        export.check(graph, whole, test.take(np.arange(10)), classify.OUTPUTS)
        manifest = yaml.safe_load(export.manifest_of("event-class", "1", "d", 256, graph, classify.OUTPUTS))
        self.assertEqual(manifest["ragged"], {"axis": "rows", "lengths": "lengths"})
        self.assertNotIn("feature_version", manifest)

    def test_folds_have_every_event_once(self):
        events = synthetic.events(60, 1)
        seen = [validation.event_id for _, validation in crossval.folds(events, 3, 1)]
        np.testing.assert_array_equal(np.sort(np.concatenate(seen)), events.event_id)
        for training, validation in crossval.folds(events, 3, 1):
            self.assertFalse(set(training.event_id) & set(validation.event_id))

    def test_cross_validation_scores_each_fold(self):
        said = []
        scores = crossval.run(self.tiny(400), self.folder / "folds", 2, "cpu", 300, said.append)
        self.assertEqual((len(scores), said[0]), (2, "300 events in 2 folds"))
        self.assertIn("standard deviation of folds", said[-1])

    def test_folds_without_a_step_of_events_are_refused(self):
        with self.assertRaisesRegex(prepared.WrongInput, r"events: 100 \(expected: at least 128, 2 folds"):
            crossval.run(self.tiny(400), self.folder / "folds", 2, "cpu", 100)
        with self.assertRaisesRegex(prepared.WrongInput, "training.start: x.pt"):
            crossval.run(self.tiny(400, "training.start=x.pt"), self.folder / "folds")

    def test_events_that_do_not_know_what_is_a_track_are_calibrated_by_their_rows(self):
        found = self.tiny(1000, "data.calibration=0.25")
        trained = pipeline.train(found, self.folder / "run", "cpu")
        self.assertTrue(pipeline.calibrated(found, trained).by_track)
        validation, held = trained.held
        trained.held = validation, dataclasses.replace(held, is_track=None)
        whole = pipeline.calibrated(found, trained)
        self.assertFalse(whole.by_track)
        # By as many rows as the server has, noise included.
        read = prepared.read(prepared.files_of(found.data.train[0])[0], row_count_max=768)
        rows = dict(zip(read.event_id.tolist(), read.row_count.tolist()))
        served = np.log10([min(768, rows[event]) for event in held.event_id.tolist()])
        np.testing.assert_allclose(
            whole.calibration.y_knots.numpy(), calibration.knots_of(served, 4), rtol=1e-6)

    def test_a_checkpoint_is_of_these_files_and_no_others(self):
        found = self.tiny(300)
        pipeline.train(found, self.folder / "run", "cpu")
        synthetic.write(self.folder / "train", 310, 1)
        with self.assertRaisesRegex(prepared.WrongInput, "of another configuration or data"):
            pipeline.train(found, self.folder / "run", "cpu")

    def test_files_that_do_not_fit_are_read_in_turn_and_held_events_left_out(self):
        found = self.tiny(400, "data.files_at_once=2", files=4)
        source = shards.Shards(found.data.train, found.data, 1)
        self.assertEqual(source.event_count(), 400)
        validation, calibrating = source.held()
        for epoch in (0, 1):
            loads = source.loads(epoch)
            self.assertEqual([len(load) for load in loads], [2, 2])
            seen = np.concatenate([source.read(load).event_id for load in loads])
            self.assertEqual(len(seen) + len(validation) + len(calibrating), 400)
            self.assertFalse(set(seen) & (set(validation.event_id) | set(calibrating.event_id)))
        self.assertNotEqual(source.loads(0), [load for epoch in range(3, 9) for load in source.loads(epoch)][:2])

    def test_the_search_runs_its_trials_on_a_cluster_of_its_own_and_writes_the_best(self):
        found = self.tiny(300)
        path = self.folder / "config.yaml"
        path.write_text(yaml.safe_dump(yaml.safe_load((CONFIGS / "tiny.yaml").read_text()) | {
            "data": {"train": list(found.data.train), "validation": 0.1, "calibration": 0.25, "row_count_max": 64}}))
        space = self.folder / "space.yaml"
        space.write_text("training.learning_rate: {loguniform: [1.0e-3, 1.0e-2]}\nmodel.width: {choice: [16, 24]}\n")
        status = main(["search", "--config", str(path), "--space", str(space), "--trials", "2",
                       "--output", str(self.folder / "search"), "--set", "training.epochs=1"])
        self.assertEqual(status, 0)
        best = config.read(self.folder / "search" / "best.yaml")
        self.assertIn(best.model["width"], (16, 24))
        self.assertEqual(len(list((self.folder / "search" / "trials").glob("*/best.pt"))), 2)

    def test_a_wrong_space_is_told(self):
        for text in ("a: 3", "a: {guess: [1, 2]}", "a: {uniform: [1]}", ""):
            path = self.folder / "space.yaml"
            path.write_text(text)
            with self.assertRaises(search.WrongInput):
                search.space_of(path)


if __name__ == "__main__":
    unittest.main()
