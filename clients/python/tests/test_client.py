# SPDX-License-Identifier: Apache-2.0
import threading
import unittest

import grpc

from icecube_client import Client, Direction, Event, RefusedEvent, ServerError, example_event
from icecube_client.stubs import events_pb2
from tests.fake_server import FakeServer


class ClientTest(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(FakeServer())
        self.service = self.server.service
        self.client = self.enterContext(Client(self.server.target))

    def test_an_event_gets_its_direction(self):
        answers = self.client.predict([example_event()])

        self.assertEqual(answers, [Direction(1, 2.0, 1.0, None, (), "line-fit", "1")])

    def test_pulses_travel_as_columns_event_after_event(self):
        first = Event(7, (1, 2), (0.5, 1.5), (0.25, 1.0), (True, False))
        second = Event(8, (5159,), (3.0,), (2.0,), (False,))

        self.client.predict([first, second])

        batch = self.service.requests[0].events
        self.assertEqual(list(batch.event_id), [7, 8])
        self.assertEqual(list(batch.pulse_count), [2, 1])
        self.assertEqual(list(batch.sensor_id), [1, 2, 5159])
        self.assertEqual(list(batch.time_ns), [0.5, 1.5, 3.0])
        self.assertEqual(list(batch.charge_pe), [0.25, 1.0, 2.0])
        self.assertEqual(list(batch.auxiliary), [True, False, False])

    def test_the_model_asked_for_is_named(self):
        self.client.predict([example_event()], model="line-fit-onnx", version="1")

        self.assertEqual(self.service.requests[0].model_name, "line-fit-onnx")
        self.assertEqual(self.service.requests[0].model_version, "1")

    def test_a_refused_event_leaves_its_neighbours_their_directions(self):
        self.service.refused[2] = (events_pb2.REASON_EVENT_EMPTY, "pulses: 0 (expected: 1..262144)")
        events = [Event(number, (), (), (), ()) for number in (1, 2, 3)]

        answers = self.client.predict(events)

        self.assertIsInstance(answers[0], Direction)
        self.assertEqual(answers[1], RefusedEvent(2, "EVENT_EMPTY", "pulses: 0 (expected: 1..262144)"))
        self.assertIsInstance(answers[2], Direction)

    def test_a_reason_that_a_newer_server_has_is_shown_as_its_number(self):
        self.service.refused[1] = (999, "something new")

        self.assertEqual(self.client.predict([example_event()])[0].reason, "999")

    def test_quality_and_kappa_are_told(self):
        self.service.quality = [events_pb2.QUALITY_TRUNCATED, events_pb2.QUALITY_SINGLE_STRING]
        self.service.kappa = 0.0

        answer = self.client.predict([example_event()])[0]

        self.assertEqual(answer.quality, ("TRUNCATED", "SINGLE_STRING"))
        self.assertEqual(answer.kappa, 0.0)

    def test_a_failed_call_shows_the_reason_of_its_error_info(self):
        self.service.failure = (
            grpc.StatusCode.NOT_FOUND, "icecube", "MODEL_UNKNOWN", "model: x (expected: line-fit)",
        )

        with self.assertRaises(ServerError) as raised:
            self.client.predict([example_event()], model="x")

        self.assertEqual(raised.exception.code, "NOT_FOUND")
        self.assertEqual(raised.exception.reason, "MODEL_UNKNOWN")
        self.assertEqual(
            str(raised.exception), "NOT_FOUND MODEL_UNKNOWN: model: x (expected: line-fit)"
        )

    def test_the_reason_of_another_domain_is_not_ours(self):
        self.service.failure = (grpc.StatusCode.INTERNAL, "proxy.example", "LOST", "lost")

        with self.assertRaises(ServerError) as raised:
            self.client.models()

        self.assertEqual(raised.exception.reason, "")

    def test_a_server_that_answers_too_few_results_is_not_believed(self):
        self.service.result_count_error = -1

        with self.assertRaisesRegex(ServerError, r"0 results \(expected: 1\)"):
            self.client.predict([example_event()])

    def test_a_call_is_given_up_after_its_timeout(self):
        self.service.delay = threading.Event()
        self.addCleanup(self.service.delay.set)
        client = self.enterContext(Client(self.server.target, timeout_s=0.2))

        with self.assertRaises(ServerError) as raised:
            client.predict([example_event()])

        self.assertEqual(raised.exception.code, "DEADLINE_EXCEEDED")
        self.assertIn(self.server.target, raised.exception.message)

    def test_a_target_that_nobody_listens_on_is_named(self):
        client = self.enterContext(Client("127.0.0.1:1"))

        with self.assertRaises(ServerError) as raised:
            client.predict([example_event()])

        self.assertEqual(raised.exception.code, "UNAVAILABLE")
        self.assertIn("127.0.0.1:1", raised.exception.message)

    def test_a_value_that_fits_no_column_is_refused_before_it_is_sent(self):
        with self.assertRaises(ValueError):
            self.client.predict([Event(1, (-1,), (0.0,), (1.0,), (False,))])

        self.assertEqual(self.service.requests, [])

    def test_models_are_listed(self):
        models = self.client.models()

        self.assertEqual([(m.name, m.version) for m in models], [("line-fit", "1"), ("other", "2")])
        self.assertEqual([(m.ready, m.default) for m in models], [(True, True), (False, False)])

    def test_a_timeout_must_be_above_zero(self):
        with self.assertRaisesRegex(ValueError, "timeout_s: 0"):
            Client(self.server.target, timeout_s=0)


if __name__ == "__main__":
    unittest.main()
