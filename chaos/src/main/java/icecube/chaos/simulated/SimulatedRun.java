// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs seeds: {@code --seeds N} as many as that on all cores, {@code --seed S} one of them with
 * everything it does.
 *
 * <pre>
 * java -cp ... icecube.chaos.simulated.SimulatedRun [--seeds N] [--first S] [--threads T] | --seed S
 * </pre>
 *
 * <p>Fails if a seed breaks a promise, and prints how to repeat it.
 */
public final class SimulatedRun {
  private static final int VIOLATIONS_MAX = 20;

  private SimulatedRun() {}

  /** Runs what the arguments say; ends with an exception if a promise was broken. */
  public static void main(String[] arguments) {
    Quiet.begin();
    long seeds = 20_000;
    long first = 1;
    int threads = Runtime.getRuntime().availableProcessors();
    for (int index = 0; index < arguments.length; index += 2) {
      if (index + 1 == arguments.length) {
        throw new IllegalArgumentException(arguments[index] + ": no value (expected: a number)");
      }
      long value = Long.decode(arguments[index + 1]);
      switch (arguments[index]) {
        case "--seed" -> {
          trace(value, System.out);
          return;
        }
        case "--seeds" -> seeds = atLeastOne("--seeds", value);
        case "--first" -> first = value;
        case "--threads" -> threads = Math.toIntExact(atLeastOne("--threads", value));
        default ->
            throw new IllegalArgumentException(
                arguments[index] + " (expected: --seed, --seeds, --first or --threads)");
      }
    }
    var report = run(first, seeds, threads);
    System.out.print(report.toText());
    if (!report.violations.isEmpty()) {
      throw report.violations.get(0);
    }
  }

  /** Of none, nothing would be run and no promise broken. */
  private static long atLeastOne(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: at least 1)");
    }
    return value;
  }

  /** Tells everything that a seed does. */
  static void trace(long seed, PrintStream out) {
    var outcome = Simulation.runTraced(seed, Variant.NONE, out::println);
    out.printf(
        "seed %d: kept, %d tasks, drained in %.2f s, fingerprint %016x%n",
        seed, outcome.tasks(), outcome.drainNanos() / 1e9, outcome.fingerprint());
  }

  /** Runs {@code count} seeds from {@code first} on, on so many threads. */
  static Report run(long first, long count, int threads) {
    return run(first, count, threads, Variant.NONE);
  }

  static Report run(long first, long count, int threads, Variant variant) {
    var report = new Report(count);
    var next = new AtomicLong(first);
    List<Thread> workers = new ArrayList<>();
    for (int worker = 0; worker < threads; worker++) {
      var thread =
          new Thread(() -> work(next, first + count, report, variant), "simulation-" + worker);
      thread.start();
      workers.add(thread);
    }
    for (Thread worker : workers) {
      try {
        worker.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("simulation: interrupted", e);
      }
    }
    return report;
  }

  private static void work(AtomicLong next, long end, Report report, Variant variant) {
    for (long seed = next.getAndIncrement(); seed < end; seed = next.getAndIncrement()) {
      try {
        report.kept(Simulation.run(seed, variant));
      } catch (Violation e) {
        report.broken(e);
      } catch (RuntimeException | Error e) {
        // Else the thread would end here, and every seed left would pass for one that was run.
        var violation = new Violation("seed %d: %s".formatted(seed, e));
        violation.initCause(e);
        report.broken(violation);
      }
    }
  }

  /** What many runs have shown. Thread-safe. */
  static final class Report {
    private final long startNanos = System.nanoTime();
    private final long seeds;
    private final List<Violation> violations = new ArrayList<>();
    private long kept;
    private long violated;
    private long tasks;
    private long drainNanosMax;
    private long blamed;

    Report(long seeds) {
      this.seeds = seeds;
    }

    synchronized void kept(Simulation.Outcome outcome) {
      kept++;
      tasks += outcome.tasks();
      blamed += outcome.blamed();
      drainNanosMax = Math.max(drainNanosMax, outcome.drainNanos());
    }

    synchronized void broken(Violation violation) {
      violated++;
      if (violations.size() < VIOLATIONS_MAX) {
        violations.add(violation);
      }
    }

    /** Seeds that were run to their end and broke no promise. */
    synchronized long keptCount() {
      return kept;
    }

    synchronized List<Violation> violations() {
      return List.copyOf(violations);
    }

    synchronized String toText() {
      double seconds = (System.nanoTime() - startNanos) / 1e9;
      var text =
          new StringBuilder(
              "%,d seeds in %.1f s: %.0f seeds/s, %,d steps and commands, longest drain %.1f s%n"
                  .formatted(seeds, seconds, seeds / seconds, tasks, drainNanosMax / 1e9));
      violations.forEach(each -> text.append(each.getMessage()).append('\n'));
      return text.append("%,d of %,d seeds broke a promise%n".formatted(violated, seeds))
          .append("%,d events were blamed for kills by chance, and redriven%n".formatted(blamed))
          .toString();
    }
  }
}
