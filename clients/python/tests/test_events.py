# SPDX-License-Identifier: Apache-2.0
import json
import pathlib
import tempfile
import unittest

from icecube_client import Event, EventFileError, example_event, read_events

HEADER = "event_id,sensor_id,time,charge,auxiliary\n"


class EventsTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def assert_refused(self, path, pattern):
        with self.assertRaisesRegex(EventFileError, pattern):
            read_events(path)

    def test_the_example_is_sound(self):
        event = example_event()

        self.assertEqual(len(event.sensor_id), 39)
        self.assertEqual(sorted(event.time_ns), list(event.time_ns))
        self.assertTrue(all(0 <= sensor < 5160 for sensor in event.sensor_id))
        self.assertTrue(all(charge > 0 for charge in event.charge_pe))
        self.assertEqual(sum(event.auxiliary), 2)

    def test_csv_is_read_event_by_event(self):
        path = self.file("a.csv", HEADER + "24,3918,5928,1.325,True\n24,4157,6115,1.175,0\n41,0,1,2,1\n")

        self.assertEqual(
            read_events(path),
            [
                Event(24, (3918, 4157), (5928.0, 6115.0), (1.325, 1.175), (True, False)),
                Event(41, (0,), (1.0,), (2.0,), (True,)),
            ],
        )

    def test_columns_may_be_named_with_their_units_in_any_order(self):
        path = self.file("a.csv", "auxiliary,charge_pe,time_ns,sensor_id,event_id\nfalse,2,1,0,41\n")

        self.assertEqual(read_events(path), [Event(41, (0,), (1.0,), (2.0,), (False,))])

    def test_json_is_one_event_or_a_list_of_them(self):
        event = {"event_id": 41, "sensor_id": [0], "time": [1], "charge": [2.5], "auxiliary": [False]}
        expected = Event(41, (0,), (1.0,), (2.5,), (False,))

        self.assertEqual(read_events(self.file("a.json", json.dumps(event))), [expected])
        self.assertEqual(read_events(self.file("b.json", json.dumps([event, event]))), [expected] * 2)

    def test_a_missing_column_is_named(self):
        path = self.file("a.csv", "event_id,sensor_id,time,auxiliary\n1,2,3,0\n")

        self.assert_refused(path, r"a\.csv: columns .* \(expected: charge_pe or charge too\)")

    def test_a_wrong_value_is_named_with_its_line(self):
        self.assert_refused(self.file("a.csv", HEADER + "1,2,3,4,0\n1,2,x,4,0\n"), "line 3: time_ns 'x'")
        self.assert_refused(self.file("b.csv", HEADER + "1,2.5,3,4,0\n"), "line 2: sensor_id '2.5'")
        self.assert_refused(self.file("c.csv", HEADER + "1,2,3,4,maybe\n"), "line 2: auxiliary 'maybe'")
        self.assert_refused(self.file("d.csv", HEADER + "1,2\n"), "line 2: time_ns None")

    def test_pulses_of_one_event_must_be_contiguous(self):
        path = self.file("a.csv", HEADER + "1,2,3,4,0\n2,2,3,4,0\n1,2,3,4,0\n")

        self.assert_refused(path, "line 4: event_id 1 again")

    def test_json_of_another_shape_is_refused(self):
        self.assert_refused(self.file("a.json", "{"), r"expected: JSON")
        self.assert_refused(self.file("b.json", "[1]"), "event 0: int")
        self.assert_refused(self.file("c.json", "[]"), "no event")
        whole = {"event_id": 1, "sensor_id": 5, "time": [1], "charge": [1], "auxiliary": [True]}
        self.assert_refused(self.file("d.json", json.dumps(whole)), "sensor_id is no list")
        whole["sensor_id"] = [1.5]
        self.assert_refused(self.file("e.json", json.dumps(whole)), "sensor_id 1.5")
        whole["sensor_id"] = [1, 2]
        self.assert_refused(self.file("f.json", json.dumps(whole)), "expected: equal lengths")

    def test_files_that_are_empty_absent_or_of_another_kind_are_refused(self):
        self.assert_refused(self.file("a.csv", HEADER), "no pulse")
        self.assert_refused(self.file("b.csv", ""), "columns")
        self.assert_refused(self.file("c.parquet", ""), r"suffix '\.parquet'")
        self.assert_refused(self.folder / "absent.csv", "absent.csv")


if __name__ == "__main__":
    unittest.main()
