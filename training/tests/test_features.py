# SPDX-License-Identifier: Apache-2.0
"""Features in Python against the file that Java's are held to."""

import unittest

import golden
import numpy as np

from icecube_training import features

ROW_COUNT_MAX = 24


class FeaturesTest(unittest.TestCase):
    def test_features_are_those_of_java(self):
        sensors = np.array([[float(row[axis]) for axis in "xyz"] for row in golden.table("features-sensors.csv")])
        pulses, rows = {}, golden.rows("features-rows.csv", "event_id")
        for pulse in golden.table("features-pulses.csv"):
            pulses.setdefault(pulse["event_id"], []).append(pulse)
        events = golden.table("features-events.csv")
        self.assertGreater(len(events), 5)
        for event in events:
            name = event["event_id"]
            mine = pulses[name]
            auxiliary = np.array([pulse["auxiliary"].lower() == "true" for pulse in mine])
            found = features.rows_of(
                sensors[[int(pulse["sensor_id"]) for pulse in mine]], [float(pulse["time"]) for pulse in mine],
                [float(pulse["charge"]) for pulse in mine], auxiliary)
            kept = features.selected([int(name)], found, [len(found)], ROW_COUNT_MAX)
            self.assertEqual((len(mine), int(kept.sum())), (int(event["pulses_seen"]), int(event["row_count"])), name)
            np.testing.assert_allclose(found[kept], rows[name], atol=1e-6, rtol=1e-6, err_msg=name)


if __name__ == "__main__":
    unittest.main()
