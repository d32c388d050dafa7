// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Looks at many things at once and waits for none for ever: {@value #THREADS_MAX} threads, each
 * check bounded by a time and all of them by another, after which not answering, or not having been
 * reached, is the finding. What a check throws is a finding, too, so that one that is broken hides
 * no other. Stateless.
 */
final class Doctor {
  private static final int THREADS_MAX = 16;

  /** All looks together end by then, unless a single one may take longer by itself. */
  static final Duration TIME_MAX = Duration.ofSeconds(60);

  private Doctor() {}

  /** One thing to look at; {@code look} should give up by itself within the time. */
  record Check(String name, Callable<List<Finding>> look) {}

  /** One check that remembers whether its turn has come. */
  private record Look(Check check, AtomicBoolean isBegun) implements Callable<List<Finding>> {
    @Override
    public List<Finding> call() throws Exception {
      isBegun.set(true);
      return check.look().call();
    }
  }

  /**
   * All findings, in the order of the checks. The last are begun first: where time runs out, it
   * does for the first of them.
   *
   * @param allMax the time for all; one check always has its own
   */
  static List<Finding> examine(List<Check> checks, Duration eachMax, Duration allMax)
      throws InterruptedException {
    if (checks.isEmpty()) {
      return List.of();
    }
    AtomicInteger index = new AtomicInteger();
    ExecutorService threads =
        Executors.newFixedThreadPool(
            Math.min(THREADS_MAX, checks.size()),
            work -> {
              Thread thread = new Thread(work, "doctor-" + index.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
    int rounds = (checks.size() + THREADS_MAX - 1) / THREADS_MAX;
    Duration max = min(eachMax.multipliedBy(rounds), max(allMax, eachMax));
    List<Look> lastFirst = new ArrayList<>();
    checks.forEach(check -> lastFirst.add(0, new Look(check, new AtomicBoolean())));
    try {
      List<Future<List<Finding>>> ends =
          threads.invokeAll(lastFirst, max.toNanos(), TimeUnit.NANOSECONDS);
      List<Finding> findings = new ArrayList<>();
      for (int i = lastFirst.size() - 1; i >= 0; i--) {
        findings.addAll(findings(lastFirst.get(i), ends.get(i), eachMax, max));
      }
      return findings;
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<Finding> findings(
      Look look, Future<List<Finding>> end, Duration eachMax, Duration max)
      throws InterruptedException {
    Check check = look.check();
    try {
      return end.get();
    } catch (CancellationException e) {
      return List.of(
          look.isBegun().get()
              ? Finding.failure(
                  check.name(),
                  "no answer within " + Words.age(min(eachMax, max)),
                  "an answer",
                  "look at the network and at the load of that machine, or give --timeout more")
              : Finding.failure(
                  check.name(),
                  "not looked at: others took " + Words.age(max),
                  "a look",
                  "mend those that do not answer first, or give --timeout less"));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return List.of(
          Finding.failure(
              check.name(),
              "cannot be looked at: " + cause,
              "an answer",
              "run the command again with --json and report it if it stays"));
    }
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static Duration max(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }
}
