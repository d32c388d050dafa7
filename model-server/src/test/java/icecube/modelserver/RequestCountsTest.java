// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.v1.PredictRequest;
import inference.GRPCInferenceServiceGrpc;
import inference.ModelInferRequest;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.Counter;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is counted of a request, by whichever of the four calls it comes. */
@Timeout(60)
final class RequestCountsTest {
  private final ServiceFixture fixture = new ServiceFixture(false, 1, 1);

  @AfterEach
  void close() {
    fixture.close();
  }

  @ParameterizedTest
  @EnumSource
  void eachRequestIsCountedOnceHoweverItEnds(Way way) throws InterruptedException {
    way.send(fixture, "gate");
    fixture.gate.entered.acquire();
    var waiting = way.send(fixture, "gate");
    Waiting.until("one waits", () -> fixture.queue.waitingEvents() == 1);

    way.send(fixture, "gate");
    awaitDropped("QUEUE_FULL");
    way.send(fixture, "nobody");
    awaitDropped("MODEL_UNKNOWN");
    way.send(fixture, "ill");
    awaitDropped("MODEL_NOT_READY");
    waiting.cancel();
    awaitDropped("CANCELLED");
    fixture.gate.letThrough(1);
    Waiting.until(
        "the first is answered", () -> fixture.count("icecube.modelserver.requests.answered") == 1);

    assertThat(fixture.meters.find("icecube.modelserver.requests.dropped").counters())
        .extracting(Counter::count)
        .filteredOn(count -> count > 0)
        .containsExactly(1.0, 1.0, 1.0, 1.0);
    assertThat(failed("gate")).isEqualTo(1);
    assertThat(failed("ill")).isEqualTo(1);
  }

  private void awaitDropped(String reason) {
    Waiting.until(
        reason, () -> fixture.count("icecube.modelserver.requests.dropped", "reason", reason) == 1);
  }

  private long failed(String model) {
    var asked = fixture.models.find(model, "");
    return asked.activity().toProto(asked.card(), 0).getInferenceStats().getFail().getCount();
  }

  /** How to ask the server for one event. */
  enum Way {
    PREDICT {
      @Override
      Asked send(ServiceFixture fixture, String model) {
        return unary(() -> fixture.async().predict(events(model).build(), new Unheard<>()));
      }
    },
    PREDICT_STREAM {
      @Override
      Asked send(ServiceFixture fixture, String model) {
        var caller = new PredictStreamCaller(fixture.async());
        caller.send(1, events(model));
        return caller::cancel;
      }
    },
    MODEL_INFER {
      @Override
      Asked send(ServiceFixture fixture, String model) {
        var stub = GRPCInferenceServiceGrpc.newStub(fixture.channel);
        return unary(() -> stub.modelInfer(tensors(model).build(), new Unheard<>()));
      }
    },
    MODEL_STREAM_INFER {
      @Override
      Asked send(ServiceFixture fixture, String model) {
        var caller = new OipStreamCaller(GRPCInferenceServiceGrpc.newStub(fixture.channel));
        caller.send("1", tensors(model));
        return caller::cancel;
      }
    };

    /** Sends one request in a call of its own. */
    abstract Asked send(ServiceFixture fixture, String model);

    private static Asked unary(Runnable call) {
      var context = Context.current().withCancellation();
      context.run(call);
      return () -> context.cancel(null);
    }

    private static PredictRequest.Builder events(String model) {
      var event = Samples.event(new SplittableRandom(1), 1, 4);
      return Samples.eventsRequest(List.of(event)).setModelName(model);
    }

    private static ModelInferRequest.Builder tensors(String model) {
      return OipSamples.zeros(1).setModelName(model);
    }
  }

  /** A call that was made. */
  interface Asked {
    /** Ends it, whatever has been answered. */
    void cancel();
  }

  /** Listens to nothing. */
  private static final class Unheard<T> implements StreamObserver<T> {
    @Override
    public void onNext(T answer) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
