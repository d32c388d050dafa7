#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The int8 variant of the serving benchmark's transformer, and what is refused."""

import contextlib
import hashlib
import io
import pathlib
import sys
import tempfile
import unittest

import numpy as np
import onnx
import yaml

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent / "benchmarks" / "serving")]
import make_model
import quantize_model


class QuantizeModelTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.models = pathlib.Path(scratch.name)
        self.folder = self.models / "transformer" / "1"
        self.folder.mkdir(parents=True)
        self.write_model(make_model.build())

    def write_model(self, model):
        (self.folder / "model.onnx").write_bytes(model)
        sha256 = hashlib.sha256(model).hexdigest()
        manifest = make_model.MANIFEST.format(sha256=sha256)
        (self.folder / "model.yaml").write_text(quantize_model.sealed(manifest))

    def run_it(self, *arguments):
        """Exit status and what was said to the user, on 64 events."""
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            status = quantize_model.main([str(self.folder), "--count", "64", *arguments])
        return status, said.getvalue()

    def test_a_variant_within_the_bound_is_written_with_its_loss(self):
        status, said = self.run_it()
        self.assertEqual(status, 0, said)
        variant = self.models / "transformer-int8" / "1"
        manifest = yaml.safe_load((variant / "model.yaml").read_text())
        model = (variant / "model.onnx").read_bytes()
        source = yaml.safe_load((self.folder / "model.yaml").read_text())
        self.assertEqual(manifest["name"], "transformer-int8")
        self.assertEqual(manifest["version"], "1")
        self.assertIsInstance(manifest["version"], str)
        self.assertEqual(manifest["sha256"], hashlib.sha256(model).hexdigest())
        self.assertRegex(
            manifest["description"],
            r"int8 variant: median 0\.\d+ deg, p99 \d\.\d+ deg from transformer/1 on 64 random events")
        above, seal = (variant / "model.yaml").read_text().split("manifest_sha256: ")
        self.assertEqual(seal, hashlib.sha256(above.encode()).hexdigest() + "\n")
        for field in ("feature_version", "row_count_max", "signature"):
            self.assertEqual(manifest[field], source[field])
        self.assertEqual([entry.name for entry in variant.parent.iterdir()], ["1"])

    def test_weights_are_int8_and_the_file_is_less_than_half(self):
        self.assertEqual(self.run_it()[0], 0)
        model = (self.models / "transformer-int8" / "1" / "model.onnx").read_bytes()
        types = [weight.data_type for weight in onnx.load_from_string(model).graph.initializer]
        self.assertIn(onnx.TensorProto.INT8, types)
        self.assertLess(len(model), len((self.folder / "model.onnx").read_bytes()) / 2)

    def test_a_loss_above_the_bound_is_refused_and_nothing_is_written(self):
        for bound in ("--median-max", "--p99-max"):
            status, said = self.run_it(bound, "0.01")
            self.assertEqual(status, 1)
            self.assertIn("refused: median", said)
            self.assertFalse((self.models / "transformer-int8").exists())

    def test_a_bound_that_is_no_number_refuses_everything(self):
        self.assertEqual(self.run_it("--median-max", "nan")[0], 1)

    def test_a_graph_other_than_the_manifest_promises_is_refused(self):
        (self.folder / "model.onnx").write_bytes(b"another")
        status, said = self.run_it()
        self.assertEqual(status, 2)
        self.assertIn("sha256: ", said)

    def test_a_variant_that_stands_is_not_replaced(self):
        self.assertEqual(self.run_it()[0], 0)
        status, said = self.run_it()
        self.assertEqual(status, 2)
        self.assertIn("exists; remove it", said)
        self.assertEqual(self.run_it("--name", "other")[0], 0)

    def test_a_variant_may_be_a_version_of_the_same_model(self):
        self.assertEqual(self.run_it("--name", "transformer", "--version", "1-int8")[0], 0)
        variant = self.models / "transformer" / "1-int8" / "model.yaml"
        self.assertEqual(yaml.safe_load(variant.read_text())["version"], "1-int8")

    def test_a_manifest_changed_since_it_was_sealed_is_refused(self):
        manifest = self.folder / "model.yaml"
        manifest.write_text(manifest.read_text().replace("row_count_max: 256", "row_count_max: 257"))
        status, said = self.run_it()
        self.assertEqual(status, 2)
        self.assertIn("manifest_sha256: not the sum of the lines above it", said)

    def test_a_graph_without_weights_is_refused(self):
        line_fit = HERE.parent.parent / "models" / "line-fit-onnx" / "1" / "model.onnx"
        self.write_model(line_fit.read_bytes())
        status, said = self.run_it()
        self.assertEqual(status, 2)
        self.assertIn("no matrix product with weights", said)

    def test_given_events_are_read_as_they_are(self):
        file = self.models / "events.npz"
        events = quantize_model.random_events(20, 256, 7)
        np.savez(file, features=np.concatenate(events), lengths=[len(event) for event in events])
        for before, after in zip(events, quantize_model.read_events(file, 256), strict=True):
            np.testing.assert_array_equal(before, after)
        status, said = self.run_it("--events", str(file))
        self.assertEqual(status, 0, said)
        self.assertIn("on 20 given events", said)

    def test_events_that_do_not_add_up_are_refused(self):
        file = self.models / "events.npz"
        np.savez(file, features=np.zeros((5, 6), np.float32), lengths=[2, 2])
        status, said = self.run_it("--events", str(file))
        self.assertEqual(status, 2)
        self.assertIn("expected: [sum of lengths, 6]", said)

    def test_long_events_are_cut_to_what_the_model_reads(self):
        file = self.models / "events.npz"
        np.savez(file, features=np.zeros((9, 6), np.float32), lengths=[7, 2])
        self.assertEqual([len(event) for event in quantize_model.read_events(file, 3)], [3, 2])

    def test_an_angle_is_that_between_directions(self):
        x, y, none = [1.0, 0, 0], [0, 1.0, 0], [0.0, 0, 0]
        angles = quantize_model.angles_degrees(
            np.array([x, x, x, none, x, x]), np.array([x, y, [-1.0, 0, 0], none, none, [np.nan] * 3]))
        np.testing.assert_allclose(angles, [0, 90, 180, 0, 180, 180], atol=1e-12)

    def test_a_small_angle_is_not_lost(self):
        turned = np.array([[np.cos(1e-9), np.sin(1e-9), 0]])
        angle = quantize_model.angles_degrees(np.array([[1.0, 0, 0]]), turned)
        np.testing.assert_allclose(angle, np.degrees(1e-9), rtol=1e-6)

    def test_the_same_seed_draws_the_same_events(self):
        first, second = (quantize_model.random_events(5, 256, 3) for _ in range(2))
        for one, other in zip(first, second, strict=True):
            np.testing.assert_array_equal(one, other)
            self.assertTrue((np.diff(one[:, 3]) >= 0).all())


if __name__ == "__main__":
    unittest.main()
