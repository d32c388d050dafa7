# SPDX-License-Identifier: Apache-2.0
"""The client of icecube.v1.ModelService."""

import dataclasses

import grpc
from google.rpc import error_details_pb2, status_pb2

from icecube_client.stubs import events_pb2, model_service_pb2, model_service_pb2_grpc

_DOMAIN = "icecube"
_REASON_PREFIX = "REASON_"
_QUALITY_PREFIX = "QUALITY_"
_DETAILS = "grpc-status-details-bin"

# As the project's own channels; what is too large to send, the server refuses with its own words.
_MESSAGE_BYTES_MAX = 16 * 1024 * 1024
_OPTIONS = (
    ("grpc.max_receive_message_length", _MESSAGE_BYTES_MAX),
    ("grpc.max_send_message_length", -1),
)


@dataclasses.dataclass(frozen=True)
class Direction:
    """Where the neutrino of one event came from, as one model says."""

    event_id: int
    azimuth_rad: float
    """[0, 2 pi)."""
    zenith_rad: float
    """[0, pi]; 0 is straight above."""
    kappa: float | None
    """Concentration around the direction, larger is surer; None if the model does not know."""
    quality: tuple[str, ...]
    """What to know about the answer, for example NO_DIRECTION; empty if nothing."""
    model_name: str
    model_version: str


@dataclasses.dataclass(frozen=True)
class RefusedEvent:
    """Why one event of a batch has no direction; its neighbours have theirs."""

    event_id: int
    reason: str
    """For example SENSOR_UNKNOWN."""
    message: str


@dataclasses.dataclass(frozen=True)
class Model:
    """A model that the server can answer with."""

    name: str
    version: str
    ready: bool
    default: bool
    description: str


class ServerError(Exception):
    """A call that failed as a whole.

    `code` is the name of the gRPC status, `reason` that of icecube's Reason (empty if the failure is
    not icecube's own, for example when nobody listens), `message` the server's words.
    """

    def __init__(self, code, reason, message):
        super().__init__(f"{code}{' ' + reason if reason else ''}: {message}")
        self.code = code
        self.reason = reason
        self.message = message


class Client:
    """A connection to one model server. Thread-safe; close it, or use it in a with statement."""

    def __init__(self, target, timeout_s=10.0):
        """`target` is HOST:PORT, plaintext; every call is given up after `timeout_s` seconds."""
        if timeout_s <= 0:
            raise ValueError(f"timeout_s: {timeout_s} (expected: above 0)")
        self._target = target
        self._timeout_s = timeout_s
        self._channel = grpc.insecure_channel(target, options=_OPTIONS)
        self._service = model_service_pb2_grpc.ModelServiceStub(self._channel)

    def predict(self, events, model="", version=""):
        """Answers one Direction or RefusedEvent per event, in their order.

        An empty `model` means the server's default, an empty `version` its newest. Raises
        ServerError if the call as a whole fails, ValueError if a value fits no protobuf field.
        """
        request = model_service_pb2.PredictRequest(
            model_name=model, model_version=version, events=_batch(events)
        )
        response = self._call(self._service.Predict, request)
        if len(response.results) != len(events):
            raise ServerError(
                "INTERNAL", "", f"{len(response.results)} results (expected: {len(events)})"
            )
        return [_answer(result) for result in response.results]

    def models(self):
        """All models of the server."""
        response = self._call(self._service.ListModels, model_service_pb2.ListModelsRequest())
        return [
            Model(
                model.name,
                model.version,
                model.state == model_service_pb2.Model.STATE_READY,
                model.name == response.default_model_name,
                model.description,
            )
            for model in response.models
        ]

    def close(self):
        """Closes the connection; calls in flight fail."""
        self._channel.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _call(self, method, request):
        try:
            return method(request, timeout=self._timeout_s)
        except grpc.RpcError as error:
            message = error.details() or "no message"
            if error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
                message = f"{self._target}: {message}"
            raise ServerError(error.code().name, _reason(error), message) from error


def _batch(events):
    batch = events_pb2.EventBatch()
    for event in events:
        batch.event_id.append(event.event_id)
        batch.pulse_count.append(len(event.sensor_id))
        batch.sensor_id.extend(event.sensor_id)
        batch.time_ns.extend(event.time_ns)
        batch.charge_pe.extend(event.charge_pe)
        batch.auxiliary.extend(event.auxiliary)
    return batch


def _answer(result):
    if result.WhichOneof("result") == "prediction":
        found = result.prediction
        return Direction(
            found.event_id,
            found.azimuth_rad,
            found.zenith_rad,
            found.kappa if found.HasField("kappa") else None,
            tuple(_name(events_pb2.Quality, flag, _QUALITY_PREFIX) for flag in found.quality),
            found.model_name,
            found.model_version,
        )
    refused = result.error
    reason = _name(events_pb2.Reason, refused.reason, _REASON_PREFIX)
    return RefusedEvent(refused.event_id, reason, refused.message)


def _name(enum, value, prefix):
    """The name of an enum value; its number if a newer server knows values that this client does not."""
    try:
        return enum.Name(value).removeprefix(prefix)
    except ValueError:
        return str(value)


def _reason(error):
    """icecube's Reason in the details of a gRPC status; empty if there is none."""
    for key, value in error.trailing_metadata() or ():
        if key == _DETAILS:
            for detail in status_pb2.Status.FromString(value).details:
                info = error_details_pb2.ErrorInfo()
                if detail.Unpack(info) and info.domain == _DOMAIN:
                    return info.reason
    return ""
