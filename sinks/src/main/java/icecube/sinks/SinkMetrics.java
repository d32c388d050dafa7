// SPDX-License-Identifier: Apache-2.0
package icecube.sinks;

import icecube.otel.Meters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;

/**
 * A sink in figures. Every window that ends is logged, dropped, or one of {@code
 * icecube_sinks_windows_waiting}, and one of these only: a window that had to go while MLflow was
 * being told it is dropped, whatever MLflow answers. Thread-safe.
 */
final class SinkMetrics {
  /** Why a window is dropped that MLflow will not take, however often it is told. */
  static final String MLFLOW_REFUSED = "MLFLOW_REFUSED";

  private final Counter predicted;
  private final Counter deadLettered;
  private final Counter unreadable;
  private final Counter windowsLogged;
  private final Counter windowsTooMany;
  private final Counter windowsRefused;
  private final Counter logFailures;
  private final Counter mlflowFailures;
  private final Timer uploads;

  SinkMetrics(Meters meters, WindowQueue waiting) {
    String events = "icecube_sinks_events_read_total";
    predicted = meters.counter(events, "outcome", "predicted");
    deadLettered = meters.counter(events, "outcome", "dead_lettered");
    unreadable = meters.counter(events, "outcome", "unreadable");
    windowsLogged = meters.counter("icecube_sinks_windows_logged_total");
    String dropped = "icecube_sinks_windows_dropped_total";
    windowsTooMany = meters.counter(dropped, "reason", "WINDOWS_MAX");
    windowsRefused = meters.counter(dropped, "reason", MLFLOW_REFUSED);
    String failures = "icecube_sinks_failures_total";
    logFailures = meters.counter(failures, "reason", "LOG_UNAVAILABLE");
    mlflowFailures = meters.counter(failures, "reason", "MLFLOW_UNAVAILABLE");
    uploads = meters.timer("icecube_sinks_upload_seconds");
    meters.gauge("icecube_sinks_windows_waiting", waiting, WindowQueue::size);
  }

  void predicted(int events) {
    predicted.increment(events);
  }

  void deadLettered(int events) {
    deadLettered.increment(events);
  }

  void unreadable(int events) {
    unreadable.increment(events);
  }

  void windowLogged() {
    windowsLogged.increment();
  }

  /** The oldest had to go for the newest. */
  void windowTooMany() {
    windowsTooMany.increment();
  }

  void windowRefused() {
    windowsRefused.increment();
  }

  void logFailed() {
    logFailures.increment();
  }

  void mlflowFailed() {
    mlflowFailures.increment();
  }

  Timer uploads() {
    return uploads;
  }
}
