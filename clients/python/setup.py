# SPDX-License-Identifier: Apache-2.0
"""Generates the stubs while the package is built; everything else stands in pyproject.toml."""

import pathlib
import shutil
import sys

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import generate_stubs  # noqa: E402  (beside this file, which a build back end does not search)


class BuildWithStubs(build_py):
    def run(self):
        if self.editable_mode:
            generate_stubs.generate(generate_stubs.STUBS)
        super().run()
        if not self.editable_mode:
            generate_stubs.generate(pathlib.Path(self.build_lib) / "icecube_client" / "stubs")


class SdistWithProtos(sdist):
    """Carries the .proto files along, so that a wheel can be built from the sdist alone."""

    def make_release_tree(self, base_dir, files):
        super().make_release_tree(base_dir, files)
        shutil.rmtree(pathlib.Path(base_dir) / "src" / "icecube_client" / "stubs", ignore_errors=True)
        shutil.copy(generate_stubs.HERE / "generate_stubs.py", base_dir)
        shutil.copytree(
            generate_stubs.proto_folder(), pathlib.Path(base_dir) / "protobuf", dirs_exist_ok=True
        )


setup(cmdclass={"build_py": BuildWithStubs, "sdist": SdistWithProtos})
