# SPDX-License-Identifier: Apache-2.0
"""A model server of this checkout, started for the tests and stopped after them.

It serves line-fit, line-fit-onnx, `broken`, whose checksum is wrong, and `scores`, a graph alone that says
no directions.
"""

import atexit
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading

import onnx

ROOT = pathlib.Path(__file__).resolve().parents[4]
START_SECONDS_MAX = 300
STOP_SECONDS_MAX = 60
LISTENS = re.compile(r"model-server listens on (\S+)")


def scores():
    """x [batch, n] float32 and bias [batch, 1] float64: softmax of x along n, and the bias again."""
    nodes = [onnx.helper.make_node("Softmax", ["x"], ["p"], axis=-1),
             onnx.helper.make_node("Identity", ["bias"], ["bias_again"])]
    kind = onnx.TensorProto
    graph = onnx.helper.make_graph(
        nodes, "scores",
        [onnx.helper.make_tensor_value_info("x", kind.FLOAT, ["batch", "n"]),
         onnx.helper.make_tensor_value_info("bias", kind.DOUBLE, ["batch", 1])],
        [onnx.helper.make_tensor_value_info("p", kind.FLOAT, ["batch", "n"]),
         onnx.helper.make_tensor_value_info("bias_again", kind.DOUBLE, ["batch", 1])])
    return onnx.helper.make_model(
        graph, ir_version=8, opset_imports=[onnx.helper.make_opsetid("", 13)])


class Server:
    """The process, its address, and the folder its models stand in."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="icecube-inference-"))
        self.models = self.folder / "models"
        shutil.copytree(ROOT / "models" / "line-fit-onnx", self.models / "line-fit-onnx")
        shutil.copytree(ROOT / "models" / "line-fit-onnx", self.models / "broken")
        manifest = self.models / "broken" / "1" / "model.yaml"
        text = manifest.read_text().replace("name: line-fit-onnx", "name: broken")
        text = re.sub("(?m)^sha256: .*", "sha256: " + "0" * 64, text)
        manifest.write_text(re.sub("(?m)^manifest_sha256: .*\n", "", text))
        (self.models / "scores" / "1").mkdir(parents=True)
        onnx.save(scores(), self.models / "scores" / "1" / "model.onnx")
        self.log = open(self.folder / "log", "w")
        self.process = subprocess.Popen(
            [ROOT / "icecube", "serve", "--port", "0", "--management-port", "0",
             "--models", self.models],
            stdout=subprocess.PIPE, stderr=self.log, text=True, start_new_session=True)
        atexit.register(self.stop)
        self.target = self._await_target()

    def _await_target(self):
        timer = threading.Timer(START_SECONDS_MAX, self.process.kill)
        timer.start()
        try:
            for line in self.process.stdout:
                found = LISTENS.match(line)
                if found:
                    return found.group(1)
        finally:
            timer.cancel()
        raise RuntimeError("server: ended before it listened; its log says:\n"
                           + (self.folder / "log").read_text())

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


_shared = []


def shared():
    """The one server of a test run."""
    if not _shared:
        _shared.append(Server())
    return _shared[0]
