#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The conversion on a small database made here."""

import contextlib
import csv
import io
import math
import pathlib
import sqlite3
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import prometheus_to_kaggle as conversion

PULSES = "sensor_pos_x, sensor_pos_y, sensor_pos_z, t, event_no"
TRUTH = "event_no, injection_azimuth, injection_zenith"


class ConversionTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.database = self.folder / "events.db"
        self.out = self.folder / "kaggle"

    def make(self, pulses, truth):
        with contextlib.closing(sqlite3.connect(self.database)) as connection, connection:
            connection.execute(f"CREATE TABLE total ({PULSES})")
            connection.execute(f"CREATE TABLE mc_truth ({TRUTH})")
            connection.executemany("INSERT INTO total VALUES (?, ?, ?, ?, ?)", pulses)
            connection.executemany("INSERT INTO mc_truth VALUES (?, ?, ?)", truth)

    def table(self, name):
        with open(self.out / name, newline="") as file:
            return list(csv.DictReader(file))

    def run_main(self):
        error = io.StringIO()
        with contextlib.redirect_stderr(error), contextlib.redirect_stdout(io.StringIO()):
            code = conversion.main([str(self.database), str(self.out)])
        return code, error.getvalue()

    def test_pulses_are_sorted_and_start_at_zero(self):
        self.make([(0, 0, 5, 30.5, 7), (0, 0, -5, -2.25, 7), (1, 0, 5, 8, 9)], [(7, 0, 1), (9, 0, 1)])
        self.assertEqual(conversion.convert(self.database, self.out), (2, 3, 3))
        pulses = self.table("train/batch_1.csv")
        self.assertEqual([row["time"] for row in pulses], ["0.0", "32.75", "0.0"])
        self.assertEqual([row["event_id"] for row in pulses], ["7", "7", "9"])
        self.assertEqual([row["sensor_id"] for row in pulses], ["0", "1", "2"])
        self.assertEqual({row["charge"] for row in pulses}, {"1.0"})
        self.assertEqual({row["auxiliary"] for row in pulses}, {"False"})

    def test_sensors_are_the_distinct_positions_string_by_string(self):
        self.make([(3, 1, z, 1, 1) for z in (4, -4, 4)] + [(-3, 1, 4, 1, 1)], [(1, 0, 1)])
        conversion.convert(self.database, self.out)
        self.assertEqual(
            [(row["sensor_id"], row["x"], row["z"]) for row in self.table("sensor_geometry.csv")],
            [("0", "-3.0", "4.0"), ("1", "3.0", "-4.0"), ("2", "3.0", "4.0")],
        )

    def test_meta_has_inclusive_rows_and_keeps_the_direction(self):
        self.make(
            [(0, 0, 0, 1, 5), (0, 0, 0, 2, 5), (0, 0, 0, 1, 6)],
            [(6, 1.5, 3), (5, -0.5, 2), (4, 7, 0)],
        )
        conversion.convert(self.database, self.out)
        meta = self.table("train_meta.csv")
        self.assertEqual([row["event_id"] for row in meta], ["4", "5", "6"])
        self.assertEqual(
            [(row["first_pulse_index"], row["last_pulse_index"]) for row in meta],
            [("0", "-1"), ("0", "1"), ("2", "2")],
        )
        self.assertAlmostEqual(float(meta[0]["azimuth"]), 7 - 2 * math.pi, places=12)
        self.assertAlmostEqual(float(meta[1]["azimuth"]), 2 * math.pi - 0.5, places=12)
        self.assertEqual([row["zenith"] for row in meta], ["0.0", "2.0", "3.0"])

    def test_the_same_database_makes_the_same_bytes(self):
        self.make([(0, 0, z, z / 3, 5) for z in range(50)], [(5, 1, 1)])
        conversion.convert(self.database, self.out)
        first = {file: file.read_bytes() for file in self.out.rglob("*.csv")}
        conversion.convert(self.database, self.out)
        self.assertEqual(len(first), 3)
        self.assertEqual(first, {file: file.read_bytes() for file in self.out.rglob("*.csv")})

    def test_a_pulse_without_truth_is_refused(self):
        self.make([(0, 0, 0, 1, 5)], [(6, 1, 1)])
        code, message = self.run_main()
        self.assertEqual(code, 3)
        self.assertIn("no row for event 5", message)

    def test_values_that_are_no_numbers_are_refused(self):
        self.make([(0, None, 0, 1, 5)], [(5, 1, 1)])
        code, message = self.run_main()
        self.assertEqual(code, 3)
        self.assertIn("event 5: sensor position: None (expected: a finite number)", message)

    def test_a_zenith_out_of_range_is_refused(self):
        self.make([(0, 0, 0, 1, 5)], [(5, 1, -0.1)])
        self.assertIn("injection_zenith: -0.1 (expected: 0..pi)", self.run_main()[1])

    def test_a_missing_database_or_table_is_said(self):
        self.assertIn("not there", self.run_main()[1])
        with contextlib.closing(sqlite3.connect(self.database)) as connection, connection:
            connection.execute("CREATE TABLE other (a)")
        code, message = self.run_main()
        self.assertEqual(code, 3)
        self.assertIn("found: no such table", message)

    def test_a_file_that_is_no_database_is_said(self):
        self.database.write_text("no database, but long enough to have a header of one" * 10)
        self.assertIn("expected: an SQLite file", self.run_main()[1])

    def test_a_place_that_cannot_be_written_is_an_output_fault(self):
        self.make([(0, 0, 0, 1, 5)], [(5, 1, 1)])
        self.out.write_text("a file where the folder should be")
        self.assertEqual(self.run_main()[0], 4)


if __name__ == "__main__":
    unittest.main()
