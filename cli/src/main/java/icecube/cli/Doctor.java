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
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Looks at many things at once and waits for none for ever: {@value #THREADS_MAX} threads, each
 * check bounded by a time, after which its not answering is the finding. What a check throws is a
 * finding, too, so that one that is broken hides no other. Stateless.
 */
final class Doctor {
  private static final int THREADS_MAX = 16;

  private Doctor() {}

  /** One thing to look at; {@code look} should give up by itself within the time. */
  record Check(String name, Callable<List<Finding>> look) {}

  /** All findings, in the order of the checks. */
  static List<Finding> examine(List<Check> checks, Duration eachMax) throws InterruptedException {
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
    try {
      List<Future<List<Finding>>> looks =
          threads.invokeAll(
              checks.stream().map(Check::look).toList(),
              eachMax.multipliedBy(rounds).toNanos(),
              TimeUnit.NANOSECONDS);
      List<Finding> findings = new ArrayList<>();
      for (int i = 0; i < checks.size(); i++) {
        findings.addAll(findings(checks.get(i), looks.get(i), eachMax));
      }
      return findings;
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<Finding> findings(Check check, Future<List<Finding>> look, Duration max)
      throws InterruptedException {
    try {
      return look.get();
    } catch (CancellationException e) {
      return List.of(
          Finding.failure(
              check.name(),
              "no answer within " + Words.age(max),
              "an answer",
              "look at the network and at the load of that machine, or give --timeout more"));
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
}
