# SPDX-License-Identifier: Apache-2.0
"""A ModelService for tests: answers what it is told to, and keeps what it was asked."""

from concurrent import futures

import grpc
from google.protobuf import any_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2

from icecube_client.stubs import events_pb2, model_service_pb2, model_service_pb2_grpc

DETAILS = "grpc-status-details-bin"


class FakeModelService(model_service_pb2_grpc.ModelServiceServicer):
    """Predicts (azimuth 2, zenith 1) for every event, unless an event or the call is set to fail."""

    def __init__(self):
        self.requests = []
        self.refused = {}
        """event_id -> (Reason value, message)."""
        self.failure = None
        """(grpc.StatusCode, domain, reason, message) of the next calls; None for success."""
        self.quality = []
        self.kappa = None
        self.result_count_error = 0
        self.delay = None
        """A threading.Event to wait for before the answer, 5 s at most."""

    def Predict(self, request, context):
        self.requests.append(request)
        if self.delay is not None:
            self.delay.wait(5)
        self._fail_if_told_to(context)
        response = model_service_pb2.PredictResponse(model_name="line-fit", model_version="1")
        wanted = len(request.events.event_id) + self.result_count_error
        for event_id, pulses in list(zip(request.events.event_id, request.events.pulse_count))[:wanted]:
            result = response.results.add()
            if event_id in self.refused:
                reason, message = self.refused[event_id]
                result.error.event_id = event_id
                result.error.reason = reason
                result.error.message = message
            else:
                result.prediction.CopyFrom(self._prediction(event_id, pulses))
        return response

    def ListModels(self, request, context):
        self._fail_if_told_to(context)
        states = model_service_pb2.Model
        return model_service_pb2.ListModelsResponse(
            default_model_name="line-fit",
            models=[
                model_service_pb2.Model(name="line-fit", version="1", state=states.STATE_READY),
                model_service_pb2.Model(name="other", version="2", state=states.STATE_LOADING),
            ],
        )

    def _prediction(self, event_id, pulses):
        return events_pb2.Prediction(
            event_id=event_id, azimuth_rad=2.0, zenith_rad=1.0, pulses_seen=pulses,
            model_name="line-fit", model_version="1", quality=self.quality, kappa=self.kappa,
        )

    def _fail_if_told_to(self, context):
        if self.failure is None:
            return
        code, domain, reason, message = self.failure
        detail = any_pb2.Any()
        detail.Pack(error_details_pb2.ErrorInfo(domain=domain, reason=reason))
        status = status_pb2.Status(
            code=code_pb2.Code.Value(code.name), message=message, details=[detail]
        )
        context.set_trailing_metadata(((DETAILS, status.SerializeToString()),))
        context.abort(code, message)


class FakeServer:
    """The service on a loopback port of its own; a context manager."""

    def __init__(self):
        self.service = FakeModelService()
        self._server = grpc.server(futures.ThreadPoolExecutor(max_workers=2))
        model_service_pb2_grpc.add_ModelServiceServicer_to_server(self.service, self._server)
        self.target = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"

    def __enter__(self):
        self._server.start()
        return self

    def __exit__(self, *_):
        self._server.stop(None).wait()
