// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import icecube.physics.AngularError;
import icecube.physics.Direction;
import icecube.physics.FeatureBuilder;
import icecube.physics.FeatureTable;
import icecube.physics.IceCube86;
import icecube.physics.LineFit;
import icecube.physics.PandelFit;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The program that prints how well and how fast the classical fits find directions: {@code
 * PandelReport [events] [seed]}, one thread, IceCube's geometry.
 *
 * <p>An event without a direction counts with the answer the server gives then, the x axis.
 */
public final class PandelReport {
  private static final int WARM_UP_COUNT = 500;

  private PandelReport() {}

  private interface Fit {
    Optional<Direction> of(FeatureTable table, int event);
  }

  /** Runs the report. */
  public static void main(String[] arguments) {
    int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20_000;
    long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : 1;
    var simulator = new Simulator(SimulationSettings.of(seed), IceCube86.geometry());
    var events = IntStream.range(0, count).mapToObj(simulator::event).toList();
    var table =
        new FeatureBuilder(IceCube86.geometry(), FeatureBuilder.ROW_COUNT_MAX)
            .build(events.stream().map(SimulatedEvent::event).toList());
    System.out.printf(
        Locale.ROOT,
        "%d events, seed %d: mean and median angular error, rad; events/s of one thread%n",
        count,
        seed);
    report("line fit, plain", LineFit.plain()::fit, events, table);
    report("line fit, improved", LineFit.improved()::fit, events, table);
    report("Pandel, SPE", PandelFit.spe()::fit, events, table);
    report("Pandel, MPE", PandelFit.mpe()::fit, events, table);
  }

  private static void report(
      String name, Fit fit, List<SimulatedEvent> events, FeatureTable table) {
    for (int event = 0; event < Math.min(WARM_UP_COUNT, events.size()); event++) {
      fit.of(table, event);
    }
    double[] errorRad = new double[events.size()];
    long startNs = cpuNs();
    for (int event = 0; event < errorRad.length; event++) {
      var said = fit.of(table, event).orElse(new Direction(1, 0, 0));
      errorRad[event] = AngularError.betweenRad(said, events.get(event).truth());
    }
    double seconds = (cpuNs() - startNs) * 1e-9;
    var line = new StringBuilder(String.format(Locale.ROOT, "%-20s", name));
    line.append(errors(" all", errorRad));
    for (var topology : Topology.values()) {
      double[] some =
          IntStream.range(0, errorRad.length)
              .filter(event -> events.get(event).topology() == topology)
              .mapToDouble(event -> errorRad[event])
              .toArray();
      line.append(errors("  " + topology, some));
    }
    line.append(String.format(Locale.ROOT, "  %.0f events/s", errorRad.length / seconds));
    System.out.println(line);
  }

  private static String errors(String name, double[] errorRad) {
    double[] sorted = errorRad.clone();
    Arrays.sort(sorted);
    double mean = Arrays.stream(sorted).average().orElse(Double.NaN);
    double median = sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    return String.format(Locale.ROOT, "%s %.4f %.4f", name, mean, median);
  }

  /** Processor time of this thread: other programs on the machine do not count. */
  private static long cpuNs() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
