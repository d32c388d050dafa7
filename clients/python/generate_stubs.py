# SPDX-License-Identifier: Apache-2.0
"""Makes icecube_client.stubs from the project's .proto files: `python generate_stubs.py [FOLDER]`.

setup.py calls it for every build; call it by hand to work on the sources. The stubs live under
icecube_client.stubs rather than under the protos' own package `icecube`, because physicists have a
Python package of that name already (IceTray).
"""

import importlib.resources
import pathlib
import re
import shutil
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
STUBS = HERE / "src" / "icecube_client" / "stubs"
PROTOS = ("events", "model_service")


def proto_folder():
    """Where the .proto files are: beside this file in an sdist, in the project's own room else."""
    candidates = [HERE / "protobuf", HERE.parent.parent / "proto" / "src" / "main" / "protobuf"]
    for folder in candidates:
        if (folder / "icecube" / "v1" / "model_service.proto").is_file():
            return folder
    raise FileNotFoundError(
        f"icecube/v1/model_service.proto: not in {candidates[0]} nor {candidates[1]}"
        " (expected: in one of them); run from a checkout of the whole project"
    )


def generate(stubs):
    """Replaces the folder `stubs` by freshly generated stubs."""
    import google.rpc
    from grpc_tools import protoc

    google_rpc = pathlib.Path(list(google.rpc.__path__)[0]).parent.parent
    google_protobuf = importlib.resources.files("grpc_tools") / "_proto"
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["protoc", f"-I{proto_folder()}", f"-I{google_rpc}", f"-I{google_protobuf}"]
        arguments += [f"--{kind}_out={folder}" for kind in ("python", "pyi", "grpc_python")]
        arguments += [f"icecube/v1/{name}.proto" for name in PROTOS]
        code = protoc.main(arguments)
        if code != 0:
            raise RuntimeError(f"protoc: exit code {code} (expected: 0)")
        made = pathlib.Path(folder) / "icecube" / "v1"
        for file in made.iterdir():
            moved = re.sub(
                r"^from icecube\.v1 import", "from icecube_client.stubs import",
                file.read_text(), flags=re.MULTILINE,
            )
            file.write_text(moved)
        (made / "__init__.py").write_text('"""Generated from icecube.v1; do not edit."""\n')
        shutil.rmtree(stubs, ignore_errors=True)
        shutil.copytree(made, stubs)


if __name__ == "__main__":
    generate(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else STUBS)
