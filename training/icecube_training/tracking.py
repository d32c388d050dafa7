# SPDX-License-Identifier: Apache-2.0
"""Writes a run to MLflow and registers its model, so that a model server can follow an alias.

The artifacts of a version are the very files of models/<name>/<version>: `icecube serve --models
models:/direction@champion` verifies their checksums as it does those of a folder. MLflow's own flavour of
ONNX is not used: it writes the graph anew, and its checksum would no longer be the manifest's.
"""

import contextlib
import os
import pathlib

from icecube_training import config

EXPERIMENT = "icecube"
MODEL_FOLDER = "model"


def uri_of(given, output):
    """The tracking server: what was given, else MLFLOW_TRACKING_URI, else SQLite in the output folder."""
    return given or os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{pathlib.Path(output).resolve()}/mlflow.db"


class Tracked:
    """One run at a tracking server; confined to one thread."""

    def __init__(self, mlflow, run):
        self.mlflow, self.run = mlflow, run

    def metrics(self, values, step=None):
        self.mlflow.log_metrics({name: float(value) for name, value in values.items()}, step=step)

    def files(self, folder, within=None):
        self.mlflow.log_artifacts(str(folder), within)

    def register(self, name, folder, alias):
        """Uploads the folder's files and makes them a version of the model, which the alias then names; its number."""
        self.files(folder, MODEL_FOLDER)
        client = self.mlflow.MlflowClient()
        try:
            client.create_registered_model(name)
        except self.mlflow.exceptions.MlflowException as problem:
            if problem.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
        source = f"{self.run.info.artifact_uri}/{MODEL_FOLDER}"
        version = client.create_model_version(name, source, run_id=self.run.info.run_id)
        if alias:
            client.set_registered_model_alias(name, alias, version.version)
        return version.version


@contextlib.contextmanager
def tracked(uri, output, found, tags):
    """A run with the configuration as its parameters; ends as failed if the block does."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    # Seconds to import, and not needed by whoever only wants the rest of this package.
    import mlflow

    mlflow.set_tracking_uri(uri)
    if uri.startswith("sqlite:"):
        artifacts = pathlib.Path(output).resolve() / "mlartifacts"
        if mlflow.get_experiment_by_name(EXPERIMENT) is None:
            mlflow.create_experiment(EXPERIMENT, artifacts.as_uri())
    mlflow.set_experiment(EXPERIMENT)
    with mlflow.start_run(run_name=f"{found.name}-{found.version}") as run:
        mlflow.set_tags(tags)
        mlflow.log_params(config.flat(config.as_dict(found)))
        yield Tracked(mlflow, run)
