// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import com.google.errorprone.annotations.FormatMethod;
import icecube.physics.AngularError;
import icecube.physics.Direction;
import icecube.physics.FeatureBuilder;
import icecube.physics.IceCube86;
import icecube.physics.LineFit;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The program that prints how near the simulated events come to the competition's and how fast they
 * are made: {@code SimulationReport [events] [seed]}, one thread, IceCube's geometry.
 *
 * <p>The numbers beside ours are those of training batch 1 (200,000 events).
 */
public final class SimulationReport {
  private static final double[] SHARES = {0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99};

  private SimulationReport() {}

  /** Runs the report. */
  public static void main(String[] arguments) {
    int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20_000;
    long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : 1;
    report(SimulationSettings.of(seed), count);
  }

  static void report(SimulationSettings settings, int count) {
    var geometry = IceCube86.geometry();
    var simulator = new Simulator(settings, geometry);
    for (int warmUp = 0; warmUp < 2_000; warmUp++) {
      simulator.event(1_000_000L + warmUp);
    }
    var events = new SimulatedEvent[count];
    long startNs = cpuNs();
    for (int index = 0; index < count; index++) {
      events[index] = simulator.event(index);
    }
    double seconds = (cpuNs() - startNs) * 1e-9;
    long pulses = Arrays.stream(events).mapToLong(e -> e.event().pulses().count()).sum();
    print(
        "%s, %d events, one thread: %.0f events/s, %.0f pulses/s%n",
        settings, count, count / seconds, pulses / seconds);
    print(
        "%-30s %8s %8s %8s %8s %8s %8s %8s %9s%n",
        "", "p5", "p25", "p50", "p75", "p90", "p95", "p99", "mean");
    row("pulses", each(events, e -> e.event().pulses().count()));
    print(
        "%-30s %8d %8d %8d %8d %8d %8d %8d %9d%n",
        "  batch 1", 36, 48, 63, 89, 144, 219, 1130, 164);
    row("duration ns", each(events, SimulationReport::durationNs));
    print(
        "%-30s %8d %8d %8d %8d %8d %8d %8d%n",
        "  batch 1", 9114, 9990, 10965, 12431, 14426, 17532, 21872);
    row("auxiliary pulses", each(events, SimulationReport::auxiliaryCount));
    row("other pulses", each(events, e -> e.event().pulses().count() - auxiliaryCount(e)));
    row("share of auxiliary", each(events, e -> auxiliaryCount(e) / e.event().pulses().count()));
    row("first pulse ns", each(events, e -> e.event().pulses().timeNs(0)));
    print("%-30s %8s %8d %8d %8d%n", "  batch 1", "", 5973, 6129, 6405);
    row("first not auxiliary ns", each(events, SimulationReport::firstCoincidentNs));
    row("charge of all pulses", charges(events));
    print(
        "%-30s %8s %8.3f %8.3f %8.3f %8s %8s %8s %9.2f%n",
        "  batch 1", "", 0.775, 1.075, 1.775, "", "", "", 3.91);
    row("zenith rad", each(events, e -> e.truth().zenithRad()));
    print(
        "%-30s %8s %8.3f %8.3f %8.3f %8s %8s %8s %9.3f%n",
        "  batch 1", "", 1.005, 1.527, 2.055, "", "", "", 1.534);
    row("log10 energy/GeV", each(events, e -> Math.log10(e.energyGev())));
    print(
        "tracks: %.3f%n",
        Arrays.stream(events).filter(e -> e.topology() == Topology.TRACK).count() / (double) count);
    var builder = new FeatureBuilder(geometry, FeatureBuilder.ROW_COUNT_MAX);
    print(
        "mean angular error rad: improved %.4f, plain %.4f (batch 1, plain: 1.217)%n",
        error(events, builder, LineFit.improved(), null),
        error(events, builder, LineFit.plain(), null));
    for (var topology : Topology.values()) {
      print(
          "  %s: improved %.4f, plain %.4f%n",
          topology,
          error(events, builder, LineFit.improved(), topology),
          error(events, builder, LineFit.plain(), topology));
    }
  }

  /** Processor time of this thread: other programs on the machine do not count. */
  private static long cpuNs() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private interface Measure {
    double of(SimulatedEvent event);
  }

  private static double[] each(SimulatedEvent[] events, Measure measure) {
    return Arrays.stream(events).mapToDouble(measure::of).sorted().toArray();
  }

  static double durationNs(SimulatedEvent event) {
    var pulses = event.event().pulses();
    return pulses.timeNs(pulses.count() - 1) - (double) pulses.timeNs(0);
  }

  static double auxiliaryCount(SimulatedEvent event) {
    var pulses = event.event().pulses();
    int count = 0;
    for (int pulse = 0; pulse < pulses.count(); pulse++) {
      count += pulses.auxiliary(pulse) ? 1 : 0;
    }
    return count;
  }

  static double firstCoincidentNs(SimulatedEvent event) {
    var pulses = event.event().pulses();
    for (int pulse = 0; pulse < pulses.count(); pulse++) {
      if (!pulses.auxiliary(pulse)) {
        return pulses.timeNs(pulse);
      }
    }
    return Double.NaN;
  }

  private static double[] charges(SimulatedEvent[] events) {
    return Arrays.stream(events)
        .flatMapToDouble(
            event -> {
              var pulses = event.event().pulses();
              return java.util.stream.IntStream.range(0, pulses.count())
                  .mapToDouble(pulses::chargePe);
            })
        .sorted()
        .toArray();
  }

  private static double error(
      SimulatedEvent[] events,
      FeatureBuilder builder,
      LineFit fit,
      @org.jspecify.annotations.Nullable Topology only) {
    double sum = 0;
    int counted = 0;
    for (var event : events) {
      if (only != null && event.topology() != only) {
        continue;
      }
      var table = builder.build(List.of(event.event()));
      Optional<Direction> direction = fit.fit(table, 0);
      sum += AngularError.betweenRad(direction.orElse(new Direction(1, 0, 0)), event.truth());
      counted++;
    }
    return sum / counted;
  }

  private static void row(String name, double[] sorted) {
    double mean = Arrays.stream(sorted).average().orElse(Double.NaN);
    var line = new StringBuilder(String.format(Locale.ROOT, "%-30s", name));
    for (double share : SHARES) {
      line.append(number(sorted[(int) (share * sorted.length)], 9));
    }
    System.out.println(line.append(number(mean, 10)));
  }

  private static String number(double value, int width) {
    String format =
        Math.abs(value) < 100 && value != Math.rint(value)
            ? "%" + width + ".3f"
            : "%" + width + ".0f";
    return String.format(Locale.ROOT, format, value);
  }

  @FormatMethod
  private static void print(String format, Object... values) {
    System.out.printf(Locale.ROOT, format, values);
  }
}
