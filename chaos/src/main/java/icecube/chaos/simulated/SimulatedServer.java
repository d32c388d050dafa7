// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import icecube.physics.Direction;
import icecube.proto.PredictionCodec;
import icecube.proto.Reasons;
import icecube.v1.EventError;
import icecube.v1.EventResult;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import icecube.v1.Prediction;
import icecube.v1.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A model server that is slow, hangs, lies, refuses and dies. Confined to one thread.
 *
 * <p>What it says about an event that the model cannot take is always the same; everything else it
 * does wrong is a passing fault.
 */
final class SimulatedServer {
  private static final Direction UP = new Direction(0, 0, 1);
  private static final Duration RETRY_DELAY = Duration.ofMillis(20);
  private static final long SLOW_NANOS_MAX = 1_500_000_000;

  private final String name;
  private final SeededEvents events;
  private final Scheduler scheduler;
  private final Dice dice;
  private final Faults faults;
  private final Trace trace;
  private final List<SimulatedCall> calls = new ArrayList<>();
  private boolean isUp = true;
  private boolean isHanging;

  SimulatedServer(
      String name,
      SeededEvents events,
      Scheduler scheduler,
      Dice dice,
      Faults faults,
      Trace trace) {
    this.name = name;
    this.events = events;
    this.scheduler = scheduler;
    this.dice = dice;
    this.faults = faults;
    this.trace = trace;
  }

  String name() {
    return name;
  }

  boolean isUp() {
    return isUp;
  }

  /** Cuts all its streams. */
  void kill() {
    trace.note(name, "dies", calls.size());
    isUp = false;
    isHanging = false;
    List.copyOf(calls).forEach(SimulatedCall::breakOff);
    calls.clear();
  }

  /** Takes requests and answers none, until it is killed. */
  void hang() {
    trace.note(name, "hangs", calls.size());
    isHanging = true;
  }

  void start() {
    isUp = true;
    isHanging = false;
  }

  void opened(SimulatedCall call) {
    calls.add(call);
  }

  void ended(SimulatedCall call) {
    calls.remove(call);
  }

  void asked(SimulatedCall call, PredictRequest request) {
    if (request.getFeatures().getEventIdList().stream()
        .anyMatch(id -> events.reason(id) == Reason.REASON_CRASH_LOOP)) {
      trace.note(name, "was asked about poison", request.getRequestId());
      call.poison(dice.nanosBetween(0, 20_000_000));
      return;
    }
    if (isHanging) {
      return;
    }
    if (!faults.strikesServer()) {
      call.answer(answer(request), dice.nanosBetween(200_000, 20_000_000));
      return;
    }
    misbehave(call, request);
  }

  private void misbehave(SimulatedCall call, PredictRequest request) {
    int kind = dice.between(0, 9);
    trace.note(name, "misbehaves", kind);
    long soon = faults.latencyNanos();
    switch (kind) {
      case 0 -> trace.note(name, "never answers", request.getRequestId());
      case 1 -> call.answer(answer(request), dice.nanosBetween(0, SLOW_NANOS_MAX));
      case 2 -> call.breakOff();
      case 3 -> call.answer(refusal(request, Reason.REASON_QUEUE_FULL), soon);
      case 4 -> call.answer(refusal(request, Reason.REASON_MODEL_NOT_READY), soon);
      case 5 -> call.answer(withOneError(request), soon);
      case 6 -> call.answer(withOneLess(request), soon);
      case 7 -> call.answer(aboutOthers(request), soon);
      case 8 -> call.answer(answer(request).toBuilder().setRequestId(-1).build(), soon);
      default -> {
        call.answer(answer(request), soon);
        call.answer(answer(request), faults.latencyNanos());
      }
    }
  }

  private PredictResponse answer(PredictRequest request) {
    var response = PredictResponse.newBuilder().setRequestId(request.getRequestId());
    for (long id : request.getFeatures().getEventIdList()) {
      response.addResults(result(id));
    }
    return response.build();
  }

  private EventResult result(long id) {
    Reason reason = events.reason(id);
    if (reason == Reason.REASON_EVENT_TOO_LARGE) {
      return error(id, reason);
    }
    if (events.isStubborn(id) && !faults.isOver()) {
      return error(id, Reason.REASON_INTERNAL);
    }
    Prediction.Builder prediction = PredictionCodec.directed(UP).setEventId(id);
    if (reason == Reason.REASON_PREDICTION_INVALID) {
      prediction.setAzimuthRad(Double.NaN);
    }
    return EventResult.newBuilder().setPrediction(prediction).build();
  }

  private static EventResult error(long id, Reason reason) {
    var error = EventError.newBuilder().setEventId(id).setReason(reason).setMessage("simulated");
    return EventResult.newBuilder().setError(error).build();
  }

  private static PredictResponse refusal(PredictRequest request, Reason reason) {
    return PredictResponse.newBuilder()
        .setRequestId(request.getRequestId())
        .setStatus(Reasons.toStatus(reason, "simulated", RETRY_DELAY))
        .build();
  }

  private PredictResponse withOneError(PredictRequest request) {
    int index = dice.between(0, request.getFeatures().getEventIdCount() - 1);
    long id = request.getFeatures().getEventId(index);
    return answer(request).toBuilder().setResults(index, error(id, Reason.REASON_INTERNAL)).build();
  }

  private PredictResponse withOneLess(PredictRequest request) {
    return answer(request).toBuilder().removeResults(0).build();
  }

  private PredictResponse aboutOthers(PredictRequest request) {
    var answer = answer(request).toBuilder();
    answer.setResults(0, result(request.getFeatures().getEventId(0) + 1_000_000));
    return answer.build();
  }

  Scheduler scheduler() {
    return scheduler;
  }

  Faults faults() {
    return faults;
  }
}
