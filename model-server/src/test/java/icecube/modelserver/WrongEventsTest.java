// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.chassis.Closer;
import icecube.chassis.GrpcChannels;
import icecube.chassis.ServerSettings;
import icecube.otel.Telemetry;
import icecube.physics.Event;
import icecube.physics.PulseSeries;
import icecube.proto.PredictionCodec;
import icecube.v1.EventResult;
import icecube.v1.ModelServiceGrpc;
import icecube.v1.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Ten thousand events with one pulse that is wrong, among sound ones: each is refused with the
 * reason that fits, its neighbours are predicted, and no answer holds a number that is none.
 */
final class WrongEventsTest {
  private static final long SEED = Long.getLong("icecube.seed", 0x3636);
  private static final int EVENTS = 10_000;
  private static final int REQUEST_EVENTS = 100;

  private static final float[] TIMES_NS = {
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    -1,
    -Float.MIN_VALUE,
    (1 << 24) + 2,
    Float.MAX_VALUE
  };
  private static final float[] CHARGES_PE = {
    Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0, -0f, -1, -Float.MAX_VALUE
  };
  private static final int[] SENSORS = {5_160, -1, Integer.MAX_VALUE, Integer.MIN_VALUE};
  private static final float[] LEGAL_CHARGES_PE = {Float.MIN_VALUE, 1e-30f, 1e30f, Float.MAX_VALUE};

  /** An event, and why it is refused; with none it is sound. */
  private record Case(Event event, Optional<Reason> refusal) {}

  @Test
  void everyWrongEventIsRefusedWithItsReasonAndNoAnswerIsNoNumber() {
    var settings =
        new ModelServerSettings(
            ServerSettings.onLoopback(0),
            Optional.of(Samples.MODELS),
            "line-fit",
            Samples.GEOMETRY,
            2,
            ModelServerSettings.QUEUE_EVENTS_MAX);
    try (var closer = new Closer()) {
      var server = closer.add(ModelServer.start(settings, Telemetry.off()));
      var channel = GrpcChannels.open("127.0.0.1:" + server.port());
      closer.add(
          () -> {
            channel.shutdownNow();
            channel.awaitTermination(5, TimeUnit.SECONDS);
          });
      var stub = ModelServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
      var random = new SplittableRandom(SEED);
      for (int first = 0; first < EVENTS; first += REQUEST_EVENTS) {
        var cases = cases(random, first);
        var request =
            Samples.eventsRequest(cases.stream().map(Case::event).toList())
                .setModelName(random.nextBoolean() ? "line-fit" : "line-fit-onnx");
        var results = stub.predict(request.build()).getResultsList();
        assertThat(results).hasSameSizeAs(cases);
        for (int index = 0; index < cases.size(); index++) {
          check(cases.get(index), results.get(index));
        }
      }
    }
  }

  private static void check(Case asked, EventResult result) {
    String repeat = "event %d, -Dicecube.seed=%d".formatted(asked.event().id(), SEED);
    if (asked.refusal().isPresent()) {
      assertThat(result.getError().getReason()).as(repeat).isEqualTo(asked.refusal().get());
      assertThat(result.getError().getMessage()).as(repeat).contains("(expected: ");
    } else {
      assertThat(result.hasPrediction()).as(repeat).isTrue();
      // It throws if the vector or the angles are none.
      PredictionCodec.direction(result.getPrediction());
    }
  }

  /** As many wrong ones as a request has, and a tenth of sound ones among them. */
  private static List<Case> cases(SplittableRandom random, int first) {
    var cases = new ArrayList<Case>();
    for (int id = first; id < first + REQUEST_EVENTS; id++) {
      cases.add(wrong(random, id));
      if (random.nextInt(10) == 0) {
        cases.add(sound(random, EVENTS + id));
      }
    }
    return cases;
  }

  private static Case wrong(SplittableRandom random, long id) {
    var columns = new Columns(Samples.event(random, id, 2 + random.nextInt(60)).pulses());
    int pulse = random.nextInt(columns.timeNs.length);
    Reason reason =
        switch (random.nextInt(4)) {
          case 0 -> {
            columns.timeNs[pulse] = TIMES_NS[random.nextInt(TIMES_NS.length)];
            yield Reason.REASON_TIME_OUT_OF_RANGE;
          }
          case 1 -> {
            columns.chargePe[pulse] = CHARGES_PE[random.nextInt(CHARGES_PE.length)];
            yield Reason.REASON_CHARGE_OUT_OF_RANGE;
          }
          case 2 -> {
            columns.sensorId[pulse] = SENSORS[random.nextInt(SENSORS.length)];
            yield Reason.REASON_SENSOR_UNKNOWN;
          }
          default -> {
            columns.timeNs[columns.timeNs.length - 1] = columns.timeNs[0] - 1;
            yield Reason.REASON_TIME_UNSORTED;
          }
        };
    return new Case(columns.event(id), Optional.of(reason));
  }

  /** Sound, and as often as not with charges at the ends of what is legal. */
  private static Case sound(SplittableRandom random, long id) {
    var columns = new Columns(Samples.event(random, id, 1 + random.nextInt(60)).pulses());
    if (random.nextBoolean()) {
      Arrays.setAll(columns.sensorId, pulse -> columns.sensorId[random.nextInt(pulse + 1)]);
      columns.chargePe[random.nextInt(columns.chargePe.length)] =
          LEGAL_CHARGES_PE[random.nextInt(LEGAL_CHARGES_PE.length)];
    }
    return new Case(columns.event(id), Optional.empty());
  }

  /** The pulses of an event, to be written to. */
  private static final class Columns {
    final int[] sensorId;
    final float[] timeNs;
    final float[] chargePe;
    final boolean[] auxiliary;

    Columns(PulseSeries pulses) {
      int count = pulses.count();
      sensorId = new int[count];
      timeNs = new float[count];
      chargePe = new float[count];
      auxiliary = new boolean[count];
      for (int pulse = 0; pulse < count; pulse++) {
        sensorId[pulse] = pulses.sensorId(pulse);
        timeNs[pulse] = pulses.timeNs(pulse);
        chargePe[pulse] = pulses.chargePe(pulse);
        auxiliary[pulse] = pulses.auxiliary(pulse);
      }
    }

    Event event(long id) {
      return new Event(id, PulseSeries.of(sensorId, timeNs, chargePe, auxiliary));
    }
  }
}
