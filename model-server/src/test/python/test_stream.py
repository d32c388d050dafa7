# SPDX-License-Identifier: Apache-2.0
"""tritonclient's streams and its asyncio client against a server of this checkout."""

import queue
import unittest

import grpc
import tritonclient.grpc as triton
import tritonclient.grpc.aio as triton_aio
from tritonclient.utils import InferenceServerException

import samples
import server


class StreamTest(unittest.TestCase):
    def setUp(self):
        self.client = triton.InferenceServerClient(server.shared().target)
        self.addCleanup(self.client.close)
        self.answers = queue.Queue()

    def open(self, **kwargs):
        self.client.start_stream(
            lambda result, error: self.answers.put((result, error)), **kwargs)

    def next(self):
        return self.answers.get(timeout=30)

    def test_every_answer_has_the_id_of_its_request(self):
        self.open()
        for number in range(100):
            self.client.async_stream_infer(
                "line-fit", samples.some(1 + number % 4), request_id=str(number))
        sizes = {}
        for _ in range(100):
            result, error = self.next()
            self.assertIsNone(error)
            sizes[int(result.get_response().id)] = len(result.as_numpy("direction"))
        self.client.stop_stream()
        self.assertEqual({number: 1 + number % 4 for number in range(100)}, sizes)

    def test_a_failure_is_told_and_the_stream_goes_on(self):
        self.open()
        self.client.async_stream_infer("nobody", samples.some(), request_id="wrong")
        result, error = self.next()
        self.assertIsNone(result)
        self.assertIn("NOT_FOUND MODEL_UNKNOWN", str(error))
        self.client.async_stream_infer("line-fit", samples.some(), request_id="right")
        result, error = self.next()
        self.assertIsNone(error)
        self.assertEqual("right", result.get_response().id)
        self.client.stop_stream()

    def test_a_caller_who_asks_for_statuses_gets_one(self):
        self.open(headers={"triton_grpc_error": "true"})
        self.client.async_stream_infer("nobody", samples.some())
        result, error = self.next()
        self.assertIsNone(result)
        self.assertEqual("StatusCode.NOT_FOUND", error.status())

    def test_the_only_answer_says_that_it_is_the_last(self):
        self.open()
        self.client.async_stream_infer(
            "line-fit", samples.some(), enable_empty_final_response=True)
        result, _ = self.next()
        self.assertTrue(result.get_response().parameters["triton_final_response"].bool_param)
        self.client.stop_stream()

    def test_a_stream_may_have_a_deadline(self):
        self.open(stream_timeout=0.2)
        _, error = self.next()
        self.assertEqual("StatusCode.DEADLINE_EXCEEDED", error.status())

    def test_a_stream_may_be_given_up(self):
        self.open()
        features, lengths, _ = samples.tracks(512, 32)
        for _ in range(8):
            self.client.async_stream_infer("line-fit-onnx", samples.tensors(features, lengths))
        self.client.stop_stream(cancel_requests=True)
        self.assertEqual((1, 3), self.client.infer(
            "line-fit", samples.some()).as_numpy("direction").shape)

    def test_priorities_and_timeouts_are_taken(self):
        self.open()
        for priority in (0, 1, 2):
            self.client.async_stream_infer(
                "line-fit", samples.some(), priority=priority, timeout=20_000_000)
            self.assertIsNone(self.next()[1])
        self.client.stop_stream()


class AsyncTest(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.client = triton_aio.InferenceServerClient(server.shared().target)
        self.addAsyncCleanup(self.client.close)

    async def test_it_is_ready_and_infers(self):
        self.assertTrue(await self.client.is_server_ready())
        self.assertTrue(await self.client.is_model_ready("line-fit"))
        result = await self.client.infer("line-fit", samples.some(7))
        self.assertEqual((7, 3), result.as_numpy("direction").shape)

    async def test_errors_have_their_status(self):
        with self.assertRaises(InferenceServerException) as raised:
            await self.client.infer("nobody", samples.some())
        self.assertEqual("StatusCode.NOT_FOUND", raised.exception.status())

    async def test_a_deadline_that_has_passed(self):
        features, lengths, _ = samples.tracks(4_096, 32)
        with self.assertRaises(InferenceServerException) as raised:
            await self.client.infer(
                "line-fit-onnx", samples.tensors(features, lengths), client_timeout=0.02)
        self.assertEqual("StatusCode.DEADLINE_EXCEEDED", raised.exception.status())

    async def test_a_stream_answers_under_ids_and_survives_a_failure(self):
        async def requests():
            for number in range(20):
                yield {"model_name": "nobody" if number == 5 else "line-fit",
                       "inputs": samples.some(), "request_id": str(number)}

        ids, failures = set(), []
        async for result, error in self.client.stream_infer(requests()):
            if error is None:
                ids.add(int(result.get_response().id))
            else:
                failures.append(str(error))
        self.assertEqual(set(range(20)) - {5}, ids)
        self.assertEqual(1, len(failures))
        self.assertIn("MODEL_UNKNOWN", failures[0])


class HealthTest(unittest.TestCase):
    def test_the_service_is_known_to_reflection_and_health(self):
        # The generic names, as probes use them; grpc.health.v1 has one string field each way.
        with grpc.insecure_channel(server.shared().target) as channel:
            check = channel.unary_unary("/grpc.health.v1.Health/Check")
            for name in (b"", b"inference.GRPCInferenceService", b"model/line-fit-onnx"):
                request = b"\x0a" + bytes([len(name)]) + name if name else b""
                self.assertEqual(b"\x08\x01", check(request, timeout=20), name)


if __name__ == "__main__":
    unittest.main()
