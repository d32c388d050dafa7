# SPDX-License-Identifier: Apache-2.0
"""Runs tools.sh against the server of the test run; what it skips is printed."""

import pathlib
import subprocess
import unittest

import server

TOOLS = pathlib.Path(__file__).resolve().parent / "tools.sh"


class ToolsTest(unittest.TestCase):
    def test_other_peoples_tools_work(self):
        run = subprocess.run([TOOLS, server.shared().target], stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True, timeout=300)
        print(run.stdout, end="")
        self.assertEqual(0, run.returncode, run.stdout)


if __name__ == "__main__":
    unittest.main()
