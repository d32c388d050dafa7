// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.physics.AngularError;
import icecube.physics.Direction;
import icecube.physics.Event;
import icecube.physics.FeatureBuilder;
import icecube.physics.FeatureTable;
import icecube.physics.PulseSeries;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The line fit in Java and as a graph give one answer.
 *
 * <p>Both compute in double and differ by the order of sums and, mostly, because the graph answers
 * in float32: half a unit in the last place of each coordinate is at most 3e-8, so 1e-7 rad.
 */
final class LineFitGoldenTest {
  private static final long SEED = Long.getLong("icecube.seed", 86);
  private static final double TOLERANCE_RAD = 1e-7;

  private static final FitModel JAVA = FitModel.lineFit();
  private static OnnxModel graph;

  @BeforeAll
  static void load() throws IOException {
    var file = Samples.MODELS.resolve("line-fit-onnx/1/model.onnx");
    graph = OnnxModel.load(Files.readAllBytes(file), 768, 2);
  }

  @AfterAll
  static void close() {
    graph.close();
  }

  @Test
  void seededEventsGetTheSameDirection() {
    assertSame(Samples.table(new SplittableRandom(SEED), 600));
  }

  @Test
  void longEventsWithLateLightAndOutliersGetTheSameDirection() {
    var random = new SplittableRandom(SEED + 1);
    var events = new ArrayList<Event>();
    for (int index = 0; index < 12; index++) {
      events.add(Samples.event(random, index, 300 + random.nextInt(900)));
    }
    assertSame(table(events));
  }

  @Test
  void allAuxiliaryAndAlmostEmptyEventsGetTheSameDirection() {
    var random = new SplittableRandom(SEED + 2);
    var events = new ArrayList<Event>();
    for (int index = 0; index < 200; index++) {
      var pulses = Samples.event(random, index, 1 + random.nextInt(6)).pulses();
      events.add(new Event(index, flagged(pulses, index % 2 == 0)));
    }
    assertSame(table(events));
  }

  @Test
  void eventsThatFixNoLineGetNone() {
    int sensor = 1_234;
    var events =
        List.of(
            new Event(1, series(new int[] {sensor}, 0)),
            new Event(2, series(new int[] {sensor, sensor, sensor, sensor}, 100)),
            new Event(3, series(new int[] {1, 70, 200, 900}, 0)),
            new Event(4, series(new int[] {1, 70}, 100)));
    var table = table(events);

    assertSame(table);
    for (int event = 0; event < events.size(); event++) {
      assertThat(DirectionTask.ask(graph, table).isNoDirection(event)).isTrue();
    }
  }

  private static void assertSame(FeatureTable table) {
    var java = DirectionTask.ask(JAVA, table);
    var onnx = DirectionTask.ask(graph, table);
    double worst = 0;
    for (int event = 0; event < table.eventCount(); event++) {
      assertThat(onnx.isNoDirection(event))
          .as("event %d, seed %d", event, SEED)
          .isEqualTo(java.isNoDirection(event));
      if (!java.isNoDirection(event)) {
        worst = Math.max(worst, AngularError.betweenRad(at(java, event), at(onnx, event)));
      }
    }
    assertThat(worst).as("worst angle, seed %d", SEED).isLessThan(TOLERANCE_RAD);
  }

  private static Direction at(Answers answers, int event) {
    return Direction.along(answers.x(event), answers.y(event), answers.z(event));
  }

  private static FeatureTable table(List<Event> events) {
    return new FeatureBuilder(Samples.GEOMETRY, 768).build(events);
  }

  private static PulseSeries flagged(PulseSeries pulses, boolean auxiliary) {
    int count = pulses.count();
    int[] sensorId = new int[count];
    float[] timeNs = new float[count];
    float[] chargePe = new float[count];
    boolean[] flags = new boolean[count];
    for (int pulse = 0; pulse < count; pulse++) {
      sensorId[pulse] = pulses.sensorId(pulse);
      timeNs[pulse] = pulses.timeNs(pulse);
      chargePe[pulse] = pulses.chargePe(pulse);
      flags[pulse] = auxiliary;
    }
    return PulseSeries.of(sensorId, timeNs, chargePe, flags);
  }

  private static PulseSeries series(int[] sensorId, float stepNs) {
    float[] timeNs = new float[sensorId.length];
    float[] chargePe = new float[sensorId.length];
    for (int pulse = 0; pulse < sensorId.length; pulse++) {
      timeNs[pulse] = 1_000 + pulse * stepNs;
      chargePe[pulse] = 1;
    }
    return PulseSeries.of(sensorId, timeNs, chargePe, new boolean[sensorId.length]);
  }
}
