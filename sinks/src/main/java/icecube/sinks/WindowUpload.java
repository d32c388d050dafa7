// SPDX-License-Identifier: Apache-2.0
package icecube.sinks;

import io.opentelemetry.api.trace.Span;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds a stream's runs and tells them windows, oldest first. While MLflow is away it tries again,
 * 1 s to 30 s apart; what it refuses for good is not tried again. Confined to one thread, but for
 * {@link #isMlflowThere}.
 */
final class WindowUpload {
  private static final Duration RETRY_MIN = Duration.ofSeconds(1);
  private static final Duration RETRY_MAX = Duration.ofSeconds(30);
  private static final Logger LOG = LoggerFactory.getLogger(WindowUpload.class);

  private final MlflowRuns mlflow;
  private final WindowQueue waiting;
  private final SinkMetrics metrics;
  private final SinkSpans spans;
  private final CountDownLatch stops;
  private volatile boolean isMlflowThere;

  /**
   * @param stops counted down when nothing more is to be tried
   */
  WindowUpload(
      MlflowRuns mlflow,
      WindowQueue waiting,
      SinkMetrics metrics,
      SinkSpans spans,
      CountDownLatch stops) {
    this.mlflow = mlflow;
    this.waiting = waiting;
    this.metrics = metrics;
    this.spans = spans;
    this.stops = stops;
  }

  /** Whether MLflow took what it was told last. */
  boolean isMlflowThere() {
    return isMlflowThere;
  }

  /**
   * Finds the runs, or begins them.
   *
   * @throws IllegalArgumentException if MLflow refuses for good: who asks, or the experiment, must
   *     change
   * @throws InterruptedException if it was to stop before
   */
  StreamRuns open(SinkSettings settings, int partitionCount) throws InterruptedException {
    for (Duration wait = RETRY_MIN; ; wait = longer(wait)) {
      try {
        StreamRuns runs =
            StreamRuns.open(mlflow, settings, partitionCount, System.currentTimeMillis());
        isMlflowThere = true;
        return runs;
      } catch (MlflowRefusedException e) {
        throw new IllegalArgumentException(e.getMessage(), e);
      } catch (IOException e) {
        failed(e, wait);
      }
    }
  }

  /** Tells of a window until MLflow has taken or refused it, or it had to go. */
  void log(StreamRuns runs, WindowFigures window) throws InterruptedException {
    long beganAt = System.nanoTime();
    Span span = spans.logWindow(window);
    try {
      for (Duration wait = RETRY_MIN; waiting.isFirst(window); wait = longer(wait)) {
        try {
          runs.log(window);
          isMlflowThere = true;
          metrics.uploads().record(System.nanoTime() - beganAt, TimeUnit.NANOSECONDS);
          boolean isTold = waiting.removeFirst(window);
          if (isTold) {
            metrics.windowLogged();
          }
          SinkSpans.end(span, isTold ? "LOGGED" : "DROPPED");
          return;
        } catch (MlflowRefusedException e) {
          spans.refused(span, window, System.nanoTime() - beganAt);
          refused(runs, window, e);
          return;
        } catch (IOException e) {
          span.addEvent("failed");
          failed(e, wait);
        }
      }
      SinkSpans.end(span, "DROPPED");
    } catch (InterruptedException e) {
      SinkSpans.end(span, "LET_GO");
      throw e;
    }
  }

  /** A window that is told again would be refused again, and so would keep all others waiting. */
  private void refused(StreamRuns runs, WindowFigures window, MlflowRefusedException e) {
    isMlflowThere = false;
    runs.passOver();
    if (waiting.removeFirst(window)) {
      metrics.windowRefused();
      LOG.atError()
          .setCause(e)
          .addKeyValue("reason", SinkMetrics.MLFLOW_REFUSED)
          .log("MLflow refuses a window for good, it is dropped: its figures are lost");
    }
  }

  private void failed(IOException e, Duration wait) throws InterruptedException {
    if (Thread.interrupted() || stops.getCount() == 0) {
      throw new InterruptedException();
    }
    isMlflowThere = false;
    metrics.mlflowFailed();
    LOG.atWarn()
        .setCause(e)
        .addKeyValue("retry_in", wait)
        .addKeyValue("windows", waiting.size())
        .log("MLflow does not take what is told, the sink tries again");
    if (stops.await(wait.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new InterruptedException();
    }
  }

  private static Duration longer(Duration wait) {
    Duration twice = wait.multipliedBy(2);
    return twice.compareTo(RETRY_MAX) < 0 ? twice : RETRY_MAX;
  }
}
