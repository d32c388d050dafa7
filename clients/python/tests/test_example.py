# SPDX-License-Identifier: Apache-2.0
import contextlib
import io
import math
import os
import pathlib
import tempfile
import unittest

import grpc

import example
from icecube_client import Client, example_event
from icecube_client.stubs import events_pb2
from tests.fake_server import FakeServer

TARGET = os.environ.get("ICECUBE_TARGET", "")


def run(*arguments):
    """Exit code, standard output and standard error of the example."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = example.main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = stop.code
    return code, out.getvalue(), err.getvalue()


class ExampleTest(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(FakeServer())

    def test_it_prints_one_line_an_event(self):
        code, out, err = run("--target", self.server.target)

        self.assertEqual((code, err), (0, ""))
        self.assertEqual(out, "event_id azimuth zenith model version\n1 2.0000 1.0000 line-fit 1\n")

    def test_a_refused_event_is_told_apart(self):
        self.server.service.refused[1] = (events_pb2.REASON_SENSOR_UNKNOWN, "sensor_id: 5160")

        code, out, err = run("--target", self.server.target)

        self.assertEqual(code, 1)
        self.assertEqual(out, "event_id azimuth zenith model version\n")
        self.assertEqual(err, "example: event 1: SENSOR_UNKNOWN: sensor_id: 5160\n")

    def test_a_failed_call_shows_code_and_reason(self):
        self.server.service.failure = (
            grpc.StatusCode.UNAVAILABLE, "icecube", "DRAINING", "about to stop",
        )

        code, _, err = run("--target", self.server.target)

        self.assertEqual(code, 5)
        self.assertIn("UNAVAILABLE DRAINING", err)

    def test_an_unreadable_file_is_named(self):
        code, _, err = run("--target", self.server.target, "/no/such/events.csv")

        self.assertEqual(code, 3)
        self.assertIn("/no/such/events.csv", err)

    def test_a_value_that_fits_no_column_is_the_files_fault(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "a.csv"
            path.write_text("event_id,sensor_id,time,charge,auxiliary\n1,-2,3,4,0\n")
            code, _, err = run("--target", self.server.target, path)

        self.assertEqual(code, 3)
        self.assertNotIn("Traceback", err)

    def test_wrong_usage_is_exit_code_2(self):
        self.assertEqual(run("--timeout-s", "0")[0], 2)
        self.assertEqual(run("--no-such-flag")[0], 2)


@unittest.skipUnless(TARGET, "ICECUBE_TARGET: not set (expected: HOST:PORT of a running model server)")
class RealServerTest(unittest.TestCase):
    def test_the_line_fit_finds_the_examples_direction(self):
        with Client(TARGET) as client:
            answer = client.predict([example_event()], model="line-fit")[0]

        cosine = math.cos(answer.zenith_rad) * math.cos(1.0) + math.sin(answer.zenith_rad) * math.sin(
            1.0
        ) * math.cos(answer.azimuth_rad - 2.0)
        self.assertLess(math.acos(min(1.0, cosine)), math.radians(5))

    def test_it_lists_its_models(self):
        with Client(TARGET) as client:
            self.assertIn(("line-fit", True), [(m.name, m.ready) for m in client.models()])

    def test_an_unknown_model_is_refused_with_its_reason(self):
        code, _, err = run("--target", TARGET, "--model", "no-such-model")

        self.assertEqual(code, 5)
        self.assertIn("MODEL_UNKNOWN", err)


if __name__ == "__main__":
    unittest.main()
