// SPDX-License-Identifier: Apache-2.0
package icecube.sinks;

import static java.util.Objects.requireNonNull;

import icecube.otel.Telemetry;
import icecube.physics.Direction;
import icecube.stream.EventLog;
import icecube.stream.EventLogException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells MLflow what a stream publishes, window by window, until it is closed.
 *
 * <p>The thread {@code sink-reader} reads the stream and ends windows; {@code sink-upload} finds
 * the runs at the start and then logs windows ({@link WindowUpload}). Reading begins when the runs
 * are found, for they know where to read on; from then on it never waits for MLflow ({@link
 * WindowQueue}). Thread-safe.
 */
public final class MlflowSink implements AutoCloseable {
  /** How long the end may take in all: the last window, those before it, the end of the runs. */
  public static final Duration CLOSE_MAX = Duration.ofSeconds(10);

  /** The last of it is for the end of the runs and, in half of that, of the threads. */
  private static final int FINISH_SHARE = 5;

  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration LOG_RETRY = Duration.ofSeconds(1);
  private static final Logger LOG = LoggerFactory.getLogger(MlflowSink.class);

  private final EventLog log;
  private final SinkSettings settings;
  private final LongFunction<@Nullable Direction> truth;
  private final Duration closeMax;
  private final WindowQueue waiting = new WindowQueue();
  private final SinkMetrics metrics;
  private final SinkSpans spans;
  private final WindowUpload upload;
  private final CountDownLatch opened = new CountDownLatch(1);
  private final CountDownLatch readingStops = new CountDownLatch(1);
  private final CountDownLatch allStops = new CountDownLatch(1);
  private final CountDownLatch cannotGoOn = new CountDownLatch(1);
  private final Thread reader = new Thread(this::read, "sink-reader");
  private final Thread uploader = new Thread(this::tell, "sink-upload");

  // Set before opened is counted down, read after it.
  private volatile @Nullable StreamRuns runs;
  private volatile @Nullable RuntimeException failure;
  private volatile boolean isCutOff;
  private volatile boolean isLogThere;

  private MlflowSink(
      EventLog log,
      SinkSettings settings,
      LongFunction<@Nullable Direction> truth,
      Telemetry telemetry,
      Duration closeMax) {
    this.log = log;
    this.settings = settings;
    this.truth = truth;
    this.closeMax = closeMax;
    this.metrics = new SinkMetrics(telemetry.meters(), waiting);
    this.spans = new SinkSpans(telemetry.traces(), settings.server().uri());
    this.upload =
        new WindowUpload(new MlflowRuns(settings.server()), waiting, metrics, spans, allStops);
  }

  /**
   * Starts to read and to tell. MLflow and the log may both be away; the log must exist.
   *
   * @param truth the true direction of an event, or null where nobody knows it; asked by the
   *     reader's thread alone
   */
  public static MlflowSink start(
      EventLog log,
      SinkSettings settings,
      LongFunction<@Nullable Direction> truth,
      Telemetry telemetry) {
    return start(log, settings, truth, telemetry, CLOSE_MAX);
  }

  /** With another bound for the end. */
  static MlflowSink start(
      EventLog log,
      SinkSettings settings,
      LongFunction<@Nullable Direction> truth,
      Telemetry telemetry,
      Duration closeMax) {
    MlflowSink sink = new MlflowSink(log, settings, truth, telemetry, closeMax);
    sink.uploader.setDaemon(true);
    sink.reader.setDaemon(true);
    sink.uploader.start();
    sink.reader.start();
    return sink;
  }

  /**
   * Waits, for ever if all goes well, until it can do nothing more however long it waits, and
   * answers why; it was logged. An {@link IllegalArgumentException} is a matter of settings, which
   * a new start meets again.
   */
  public RuntimeException awaitFailure() throws InterruptedException {
    cannotGoOn.await();
    return requireNonNull(failure, "failure");
  }

  /** Whether the stream is read: its runs were found, and it answered when last asked. */
  public boolean isReading() {
    return failure == null && isLogThere;
  }

  /** Whether the stream is read and MLflow took what it was told last. */
  public boolean isReady() {
    return isReading() && upload.isMlflowThere();
  }

  /** Ends the window that is open, tells what it can within {@link #CLOSE_MAX}, and stops. */
  @Override
  public void close() {
    if (allStops.getCount() == 0) {
      return;
    }
    readingStops.countDown();
    long endsAt = System.nanoTime() + closeMax.toNanos();
    long finishNanos = closeMax.toNanos() / FINISH_SHARE;
    long finishAt = endsAt - finishNanos;
    boolean isInterrupted = false;
    try {
      if (opened.getCount() == 0 && uploader.isAlive()) {
        join(reader, finishAt);
        if (!waiting.awaitEmpty(finishAt - System.nanoTime())) {
          LOG.atWarn()
              .addKeyValue("windows", waiting.size())
              .log("MLflow has not taken all windows; the next start reads their events again");
        }
      }
    } catch (InterruptedException e) {
      isInterrupted = true;
    }
    allStops.countDown();
    try {
      // Both see it by themselves; who is within a request to a server that hangs is cut off.
      join(uploader, endsAt - finishNanos / 2);
      cutOff();
      join(uploader, endsAt);
      join(reader, endsAt);
    } catch (InterruptedException e) {
      isInterrupted = true;
      cutOff();
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void cutOff() {
    isCutOff = true;
    uploader.interrupt();
    reader.interrupt();
  }

  private static void join(Thread thread, long untilNanos) throws InterruptedException {
    // A join of 0 ms waits for ever.
    thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(untilNanos - System.nanoTime())));
  }

  private void read() {
    try {
      opened.await();
      StreamRuns found = runs;
      if (found == null || allStops.getCount() == 0) {
        return;
      }
      StreamReader stream = new StreamReader(log, metrics, spans, found.places());
      boolean goesOn = true;
      while (goesOn) {
        goesOn = readWindow(stream);
      }
    } catch (InterruptedException e) {
      LOG.atTrace().setCause(e).log("closed");
    } catch (RuntimeException e) {
      end(e);
    }
  }

  private void end(RuntimeException e) {
    LOG.atError().setCause(e).log("the sink ends; what the error says has to be mended first");
    failure = e;
    cannotGoOn.countDown();
  }

  /** Reads one window and hands it on; false once reading has to stop. */
  private boolean readWindow(StreamReader stream) throws InterruptedException {
    Window window = new Window(truth);
    long beganAt = System.nanoTime();
    long left = settings.window().toNanos();
    boolean stops = false;
    while (left > 0 && !stops) {
      boolean isMore = false;
      try {
        isMore = stream.read(window);
        isLogThere = true;
      } catch (EventLogException e) {
        isLogThere = false;
        metrics.logFailed();
        LOG.atWarn().setCause(e).log("the event log does not answer, the sink waits");
        stops = readingStops.await(LOG_RETRY.toNanos(), TimeUnit.NANOSECONDS);
      }
      left = settings.window().toNanos() - (System.nanoTime() - beganAt);
      if (!isMore && left > 0 && !stops) {
        stops = readingStops.await(Math.min(POLL.toNanos(), left), TimeUnit.NANOSECONDS);
      }
    }
    double seconds = (System.nanoTime() - beganAt) / 1e9;
    WindowFigures dropped =
        waiting.add(window.end(seconds, System.currentTimeMillis(), stream.places()));
    if (dropped != null) {
      metrics.windowTooMany();
      LOG.atWarn()
          .addKeyValue("windows_max", WindowQueue.WINDOWS_MAX)
          .log("MLflow takes no windows, the oldest is dropped: its figures are lost");
    }
    return !stops && readingStops.getCount() > 0;
  }

  private void tell() {
    try {
      StreamRuns found = upload.open(settings, log.partitionCount());
      runs = found;
      opened.countDown();
      while (allStops.getCount() > 0) {
        WindowFigures window = waiting.first(POLL.toNanos());
        if (window != null) {
          upload.log(found, window);
        }
      }
      finish(found);
    } catch (InterruptedException e) {
      LOG.atTrace().setCause(e).log("closed");
      StreamRuns found = runs;
      if (found != null) {
        finish(found);
      }
    } catch (RuntimeException e) {
      end(e);
    } finally {
      opened.countDown();
    }
  }

  private void finish(StreamRuns found) {
    if (isCutOff) {
      return;
    }
    try {
      found.finish();
    } catch (IOException e) {
      LOG.atInfo().setCause(e).log("MLflow was not told the end of the runs; they stay RUNNING");
    }
  }
}
