# SPDX-License-Identifier: Apache-2.0
"""Runs what model-server/INFERENCE.md says about tritonclient."""

import contextlib
import io
import pathlib
import re
import unittest

import server

PAGE = pathlib.Path(__file__).resolve().parents[3] / "INFERENCE.md"
PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


class PageTest(unittest.TestCase):
    def test_what_the_page_says_prints_what_it_says(self):
        text = PYTHON.findall(PAGE.read_text())
        self.assertEqual(1, len(text))
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(text[0].replace("127.0.0.1:8470", server.shared().target),
                         str(PAGE), "exec"), {})
        said = re.findall(r"print\(.*\)\s+# (.*)", text[0])
        self.assertEqual(said, printed.getvalue().splitlines())


if __name__ == "__main__":
    unittest.main()
