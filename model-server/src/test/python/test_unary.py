# SPDX-License-Identifier: Apache-2.0
"""tritonclient's blocking client against a server of this checkout."""

import concurrent.futures
import json
import threading
import unittest

import numpy as np
import tritonclient.grpc as triton
from tritonclient.grpc import service_pb2, service_pb2_grpc
from tritonclient.utils import InferenceServerException
import grpc

import samples
import server

MODELS = ("line-fit", "line-fit-onnx")


class UnaryCase(unittest.TestCase):
    def setUp(self):
        self.target = server.shared().target
        self.client = triton.InferenceServerClient(self.target)
        self.addCleanup(self.client.close)

    def assert_status(self, status, message, call, *args, **kwargs):
        with self.assertRaises(InferenceServerException) as raised:
            call(*args, **kwargs)
        self.assertEqual("StatusCode." + status, raised.exception.status())
        self.assertIn(message, raised.exception.message())


class ServerTest(UnaryCase):
    def test_it_is_live_and_ready(self):
        self.assertTrue(self.client.is_server_live())
        self.assertTrue(self.client.is_server_ready())

    def test_it_says_what_it_is(self):
        metadata = self.client.get_server_metadata()
        self.assertEqual("icecube", metadata.name)
        self.assertIn("statistics", metadata.extensions)

    def test_models_are_ready_or_not(self):
        for model in MODELS:
            self.assertTrue(self.client.is_model_ready(model))
            self.assertTrue(self.client.is_model_ready(model, "1"))
        self.assertFalse(self.client.is_model_ready("line-fit", "9"))
        self.assertFalse(self.client.is_model_ready("broken"))
        self.assertFalse(self.client.is_model_ready("nobody"))

    def test_metadata_tells_the_signature(self):
        metadata = self.client.get_model_metadata("line-fit-onnx", as_json=True)
        self.assertEqual("onnxruntime_onnx", metadata["platform"])
        self.assertEqual(["1"], metadata["versions"])
        self.assertEqual(
            [("features", "FP32", ["-1", "-1", "6"]), ("lengths", "INT64", ["-1"])],
            [(i["name"], i["datatype"], i["shape"]) for i in metadata["inputs"]])
        self.assertEqual(
            [("direction", "FP32", ["-1", "3"])],
            [(o["name"], o["datatype"], o["shape"]) for o in metadata["outputs"]])

    def test_the_configuration_fits_the_metadata_as_load_tools_ask(self):
        config = self.client.get_model_config("line-fit").config
        metadata = self.client.get_model_metadata("line-fit")
        self.assertGreater(config.max_batch_size, 0)
        self.assertEqual([i.name for i in metadata.inputs], [i.name for i in config.input])
        for whole, item in zip(metadata.inputs, config.input):
            self.assertEqual(-1, whole.shape[0])
            self.assertEqual(list(whole.shape)[1:], list(item.dims))
        self.assertFalse(config.model_transaction_policy.decoupled)

    def test_the_index_says_why_a_model_is_ill(self):
        index = {m.name: m for m in self.client.get_model_repository_index().models}
        self.assertEqual({"line-fit", "line-fit-onnx", "pandel", "broken", "scores"}, set(index))
        self.assertEqual("READY", index["line-fit"].state)
        self.assertEqual("UNAVAILABLE", index["broken"].state)
        self.assertIn("sha256 of model.onnx", index["broken"].reason)

    def test_statistics_grow_by_what_was_asked(self):
        def sums():
            stats = self.client.get_inference_statistics("line-fit-onnx").model_stats[0]
            return (stats.inference_count, stats.execution_count,
                    stats.inference_stats.success.count, stats.inference_stats.success.ns)

        before = sums()
        self.client.infer("line-fit-onnx", samples.some(5))
        after = sums()
        self.assertEqual(5, after[0] - before[0])
        self.assertGreaterEqual(after[1] - before[1], 1)
        self.assertEqual(1, after[2] - before[2])
        self.assertGreater(after[3], before[3])

    def test_statistics_of_all_models_leave_out_the_ill(self):
        names = {s.name for s in self.client.get_inference_statistics().model_stats}
        self.assertEqual({*MODELS, "pandel", "scores"}, names)

    def test_a_model_is_unloaded_and_loaded_again(self):
        self.client.unload_model("line-fit-onnx")
        try:
            self.assertFalse(self.client.is_model_ready("line-fit-onnx"))
            self.assert_status("UNAVAILABLE", "was unloaded",
                               self.client.infer, "line-fit-onnx", samples.some())
        finally:
            self.client.load_model("line-fit-onnx")
        self.assertTrue(self.client.is_model_ready("line-fit-onnx"))
        self.client.infer("line-fit-onnx", samples.some())

    def test_a_broken_model_cannot_be_loaded_and_the_reason_is_told(self):
        self.assert_status("UNAVAILABLE", "sha256", self.client.load_model, "broken")
        self.assert_status("NOT_FOUND", "nobody", self.client.load_model, "nobody")

    def test_a_model_cannot_be_overridden_from_outside(self):
        self.assert_status("UNIMPLEMENTED", "parameters: 1", self.client.load_model, "line-fit",
                           config=json.dumps({"max_batch_size": 1}))

    def test_what_is_not_offered_is_unimplemented(self):
        self.assert_status("UNIMPLEMENTED", "", self.client.get_system_shared_memory_status)
        self.assert_status("UNIMPLEMENTED", "", self.client.get_trace_settings, "line-fit")


class InferTest(UnaryCase):
    def test_directions_are_right_for_every_event_of_a_padded_batch(self):
        features, lengths, truth = samples.tracks(64)
        for model in MODELS:
            result = self.client.infer(model, samples.tensors(features, lengths))
            directions = result.as_numpy("direction")
            self.assertEqual((64, 3), directions.shape)
            self.assertEqual(np.float32, directions.dtype)
            angles = np.arccos(np.clip(np.sum(directions * truth, axis=1), -1, 1))
            self.assertLess(angles.max(), 0.1, model)

    def test_an_event_alone_gets_the_answer_it_gets_in_company(self):
        features, lengths, _ = samples.tracks(16)
        together = self.client.infer(
            "line-fit-onnx", samples.tensors(features, lengths)).as_numpy("direction")
        for event in range(16):
            rows = features[event:event + 1, :lengths[event]].copy()
            alone = self.client.infer(
                "line-fit-onnx", samples.tensors(rows, lengths[event:event + 1]))
            np.testing.assert_array_equal(together[event], alone.as_numpy("direction")[0])

    def test_the_answer_carries_id_model_and_version(self):
        response = self.client.infer(
            "line-fit", samples.some(), request_id="my id", model_version="1").get_response()
        self.assertEqual(("my id", "line-fit", "1"),
                         (response.id, response.model_name, response.model_version))

    def test_an_event_without_rows_has_no_direction(self):
        features, lengths, _ = samples.tracks(2, 8)
        lengths[1] = 0
        directions = self.client.infer(
            "line-fit", samples.tensors(features, lengths)).as_numpy("direction")
        self.assertAlmostEqual(1, float(np.linalg.norm(directions[0])), places=5)
        np.testing.assert_array_equal([0, 0, 0], directions[1])

    def test_an_output_may_be_asked_for_by_name(self):
        wanted = [triton.InferRequestedOutput("direction")]
        result = self.client.infer("line-fit", samples.some(), outputs=wanted)
        self.assertEqual((1, 3), result.as_numpy("direction").shape)

    def test_typed_contents_are_read_too(self):
        request = service_pb2.ModelInferRequest(model_name="line-fit")
        features, lengths, _ = samples.tracks(1, 8)
        tensor = request.inputs.add(name="features", datatype="FP32", shape=features.shape)
        tensor.contents.fp32_contents.extend(features.ravel())
        tensor = request.inputs.add(name="lengths", datatype="INT64", shape=lengths.shape)
        tensor.contents.int64_contents.extend(lengths)
        with grpc.insecure_channel(self.target) as channel:
            typed = service_pb2_grpc.GRPCInferenceServiceStub(channel).ModelInfer(
                request, timeout=20)
        raw = self.client.infer("line-fit", samples.tensors(features, lengths))
        self.assertEqual(raw.get_response().raw_output_contents, typed.raw_output_contents)
        self.assertFalse(typed.outputs[0].HasField("contents"))

    def test_priorities_and_timeouts_are_taken(self):
        for priority in (0, 1, 2, 9):
            self.client.infer("line-fit", samples.some(), priority=priority, timeout=20_000_000)

    def test_many_threads_may_ask_at_once(self):
        features, lengths, truth = samples.tracks(32)

        def ask(event):
            with triton.InferenceServerClient(self.target) as client:
                result = client.infer("line-fit", samples.tensors(
                    features[event:event + 1], lengths[event:event + 1]))
            return result.as_numpy("direction")[0] @ truth[event]

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            self.assertGreater(min(pool.map(ask, range(32))), 0.99)

    def test_async_infer_answers_through_its_callback(self):
        done, answers = threading.Semaphore(0), []

        def callback(result, error):
            answers.append((result, error))
            done.release()

        for _ in range(20):
            self.client.async_infer("line-fit", samples.some(3), callback)
        for _ in range(20):
            self.assertTrue(done.acquire(timeout=20))
        self.assertEqual([None] * 20, [error for _, error in answers])
        self.assertEqual((3, 3), answers[0][0].as_numpy("direction").shape)


class AnyModelTest(UnaryCase):
    """A graph without a manifest, which says no directions."""

    @staticmethod
    def inputs(x, bias):
        inputs = [triton.InferInput("bias", list(bias.shape), "FP64"),
                  triton.InferInput("x", list(x.shape), "FP32")]
        inputs[0].set_data_from_numpy(bias)
        inputs[1].set_data_from_numpy(x)
        return inputs

    def test_its_signature_is_the_graphs(self):
        metadata = self.client.get_model_metadata("scores", as_json=True)
        self.assertEqual(
            [("x", "FP32", ["-1", "-1"]), ("bias", "FP64", ["-1", "1"])],
            [(i["name"], i["datatype"], i["shape"]) for i in metadata["inputs"]])
        self.assertEqual(["p", "bias_again"], [o["name"] for o in metadata["outputs"]])

    def test_requests_of_any_length_at_once_are_answered_each_its_own(self):
        random = np.random.default_rng(3)

        def ask(number):
            x = random_of[number].normal(size=(1 + number % 20, 1 + number % 7)).astype(np.float32)
            bias = np.full((len(x), 1), float(number))
            result = self.client.infer("scores", self.inputs(x, bias))
            wanted = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
            np.testing.assert_allclose(result.as_numpy("p"), wanted, rtol=1e-5)
            np.testing.assert_array_equal(result.as_numpy("bias_again"), bias)

        random_of = random.spawn(200)
        with concurrent.futures.ThreadPoolExecutor(8) as threads:
            list(threads.map(ask, range(200)))

    def test_one_output_of_two(self):
        result = self.client.infer(
            "scores", self.inputs(np.zeros((2, 4), np.float32), np.zeros((2, 1))),
            outputs=[triton.InferRequestedOutput("p")])
        self.assertIsNone(result.as_numpy("bias_again"))
        np.testing.assert_allclose(result.as_numpy("p"), np.full((2, 4), 0.25))

    def test_what_does_not_fit_is_named(self):
        self.assert_status(
            "INVALID_ARGUMENT", "inputs[bias].shape: [3, 1] (expected: 2 items, as many as x)",
            self.client.infer, "scores", self.inputs(np.zeros((2, 4), np.float32), np.zeros((3, 1))))


class ErrorTest(UnaryCase):
    def infer(self, inputs=None, model="line-fit", **kwargs):
        return self.client.infer(model, samples.some() if inputs is None else inputs, **kwargs)

    def test_a_model_that_is_not_there(self):
        self.assert_status("NOT_FOUND", "nobody", self.infer, model="nobody")
        self.assert_status("NOT_FOUND", "9 of line-fit", self.infer, model_version="9")

    def test_a_model_that_could_not_be_loaded(self):
        self.assert_status("UNAVAILABLE", "sha256", self.infer, model="broken")

    def test_an_input_that_is_missing_or_unknown(self):
        self.assert_status("INVALID_ARGUMENT", "expected: [features, lengths]",
                           self.infer, samples.some()[:1])
        unknown = samples.some()
        unknown[1] = triton.InferInput("length", [1], "INT64")
        unknown[1].set_data_from_numpy(np.ones(1, np.int64))
        self.assert_status("INVALID_ARGUMENT", "[features, length] ", self.infer, unknown)

    def test_another_type_or_shape(self):
        inputs = samples.some()
        inputs[0] = triton.InferInput("features", [1, 16, 6], "FP64")
        inputs[0].set_data_from_numpy(np.zeros((1, 16, 6)))
        self.assert_status("INVALID_ARGUMENT", "FP64 (expected: FP32)", self.infer, inputs)
        inputs = samples.some()
        inputs[0] = triton.InferInput("features", [16, 6], "FP32")
        inputs[0].set_data_from_numpy(np.zeros((16, 6), np.float32))
        self.assert_status("INVALID_ARGUMENT", "(expected: [-1, -1, 6])", self.infer, inputs)

    def test_fewer_bytes_than_the_shape_says(self):
        request = service_pb2.ModelInferRequest(model_name="line-fit")
        request.inputs.add(name="features", datatype="FP32", shape=[1, 2, 6])
        request.raw_input_contents.append(b"\0" * 47)
        with grpc.insecure_channel(self.target) as channel:
            with self.assertRaises(grpc.RpcError) as raised:
                service_pb2_grpc.GRPCInferenceServiceStub(channel).ModelInfer(request, timeout=20)
        self.assertEqual(grpc.StatusCode.INVALID_ARGUMENT, raised.exception.code())
        self.assertIn("47 bytes in raw_input_contents (expected: 48", raised.exception.details())

    def test_lengths_beyond_the_padding(self):
        features, lengths, _ = samples.tracks(2, 8)
        lengths[1] = 9
        self.assert_status("INVALID_ARGUMENT", "inputs[lengths][1]: 9 (expected: 0..8",
                           self.infer, samples.tensors(features, lengths))

    def test_features_that_are_not_finite(self):
        features, lengths, _ = samples.tracks(1, 8)
        features[0, 3, 3] = np.nan
        self.assert_status("INVALID_ARGUMENT", "NaN in row 3, column 3 of item 0 (expected: finite)",
                           self.infer, samples.tensors(features, lengths))

    def test_more_events_than_a_request_may_bring(self):
        features, lengths, _ = samples.tracks(4_097, 1)
        self.assert_status("INVALID_ARGUMENT", "[4097, 1, 6] (expected: 1..4096 items)",
                           self.infer, samples.tensors(features, lengths))

    def test_an_output_that_is_not_the_models(self):
        self.assert_status("INVALID_ARGUMENT", "outputs[kappa]", self.infer,
                           outputs=[triton.InferRequestedOutput("kappa")])

    def test_classification_and_shared_memory(self):
        self.assert_status("UNIMPLEMENTED", "classification", self.infer,
                           outputs=[triton.InferRequestedOutput("direction", class_count=1)])
        inputs = samples.some()
        inputs[0].set_shared_memory("region", 384)
        self.assert_status("UNIMPLEMENTED", "shared_memory", self.infer, inputs)

    def test_sequences(self):
        self.assert_status("UNIMPLEMENTED", "sequence_id", self.infer, sequence_id=5,
                           sequence_start=True)

    def test_a_parameter_of_the_wrong_kind(self):
        self.assert_status("INVALID_ARGUMENT", "parameters[timeout]: -1", self.infer, timeout=-1)

    def test_a_deadline_that_has_passed(self):
        features, lengths, _ = samples.tracks(4_096, 32)
        self.assert_status("DEADLINE_EXCEEDED", "", self.infer, samples.tensors(features, lengths),
                           model="line-fit-onnx", client_timeout=0.02)

    def test_a_timeout_of_its_own_that_has_passed(self):
        features, lengths, _ = samples.tracks(1_024, 32)
        with self.assertRaises(InferenceServerException) as raised:
            self.infer(samples.tensors(features, lengths), model="line-fit-onnx", timeout=1)
        self.assertIn(raised.exception.status(),
                      ("StatusCode.DEADLINE_EXCEEDED", "StatusCode.RESOURCE_EXHAUSTED"))

    def test_the_server_answers_after_all_that(self):
        self.assertEqual((1, 3), self.infer().as_numpy("direction").shape)


if __name__ == "__main__":
    unittest.main()
