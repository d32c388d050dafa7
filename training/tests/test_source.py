# SPDX-License-Identifier: Apache-2.0
"""Events that are made where they are not there, by a command that only notes what it was asked."""

import pathlib
import tempfile
import unittest

import synthetic

from icecube_training import config, prepared, source

COMMAND = """#!/bin/sh
echo "$@" >> "$(dirname "$0")/asked"
while [ "$1" != --output ]; do shift; done
mkdir -p "$2"
[ ! -e "$(dirname "$0")/broken" ]
"""


class SourceTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.command = self.folder / "icecube"
        self.command.write_text(COMMAND)
        self.command.chmod(0o755)

    def settings(self, **others):
        said = {"train": [str(self.folder / "train")], "test": [str(self.folder / "test")], "row_count_max_served": 256,
                "simulation": {"events": 30, "test_events": 20, "seed": 5, "test_seed": 6}, **others}
        return config.parse({"name": "some", "data": said}).data

    def asked(self):
        return (self.folder / "asked").read_text().splitlines()

    def ensure(self, **others):
        source.ensure(self.settings(**others), str(self.command), lambda said: None)

    def test_what_is_missing_is_simulated_and_prepared_once(self):
        self.ensure()
        self.ensure()
        self.assertEqual(len(self.asked()), 4)
        self.assertIn("simulate --events 30 --seed 5", self.asked()[0])
        self.assertIn("--row-count-max 256", self.asked()[1])
        self.assertIn("simulate --events 20 --seed 6", self.asked()[2])

    def test_a_folder_that_was_broken_off_is_made_again(self):
        (self.folder / "broken").touch()
        with self.assertRaisesRegex(prepared.WrongInput, "train: could not be made"):
            self.ensure()
        self.assertFalse((self.folder / "train").exists())
        (self.folder / "broken").unlink()
        self.ensure()
        self.assertTrue((self.folder / "train").exists())

    def test_a_folder_of_another_simulation_is_told(self):
        self.ensure()
        with self.assertRaisesRegex(prepared.WrongInput, "'events': 30.*expected.*'events': 31"):
            self.ensure(simulation={"events": 31, "test_events": 20, "seed": 5, "test_seed": 6})

    def test_a_test_that_is_trained_on_is_refused(self):
        with self.assertRaisesRegex(prepared.WrongInput, "data.test: .*new to the model"):
            self.settings(test=[str(self.folder / "x" / ".." / "train")])
        with self.assertRaisesRegex(prepared.WrongInput, "test_seed: 5"):
            self.settings(simulation={"seed": 5, "test_seed": 5})

    def test_a_file_with_fewer_rows_than_are_served_is_refused(self):
        file = self.folder / "some.parquet"
        prepared.write(file, synthetic.events(3, 1), [0.1] * 3, [0.2] * 3, row_count_max=128)
        with self.assertRaisesRegex(prepared.WrongInput, "row_count_max: 128 .expected: at least .*256"):
            prepared.read(file, row_count_max=256)
        self.assertEqual(len(prepared.read(file, row_count_max=128)), 3)


if __name__ == "__main__":
    unittest.main()
