// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.micrometer.core.instrument.Counter;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands before the queue of spans and behind it, so that what is lost is counted: spans that find
 * the queue full, spans that no Collector took, and spans whose fate is open when it is closed. So
 * each span that ends is exported or dropped, once. Says so in the log once in {@value
 * #LOG_INTERVAL_SECONDS} s at most. Never blocks. Thread-safe.
 */
final class SpanGate {
  static final int LOG_INTERVAL_SECONDS = 60;

  private static final Logger LOG = LoggerFactory.getLogger(SpanGate.class);

  private final Counter exported;
  private final Counter queueFull;
  private final Counter refused;
  private final Counter closed;
  private final LongSupplier nanoClock;
  private final AtomicInteger waiting = new AtomicInteger();
  private final Object fate = new Object();

  /** Spans in exports that have not ended. */
  @GuardedBy("fate")
  private int leaving;

  // Written with the lock held.
  private volatile boolean isClosed;

  private final AtomicLong lostSinceLog = new AtomicLong();
  private final AtomicLong loggedNanos;

  SpanGate(Meters meters, LongSupplier nanoClock) {
    this.exported = meters.counter("icecube_otel_spans_exported_total");
    this.queueFull = meters.counter("icecube_otel_spans_dropped_total", "reason", "QUEUE_FULL");
    this.refused = meters.counter("icecube_otel_spans_dropped_total", "reason", "EXPORT_FAILED");
    this.closed = meters.counter("icecube_otel_spans_dropped_total", "reason", "CLOSED");
    this.nanoClock = nanoClock;
    this.loggedNanos =
        new AtomicLong(nanoClock.getAsLong() - LOG_INTERVAL_SECONDS * 1_000_000_000L);
  }

  /** Spans on their way into {@code queue}, of which it holds {@code spansMax} at most. */
  SpanProcessor before(SpanProcessor queue, int spansMax) {
    return new Entrance(queue, spansMax);
  }

  /** Spans on their way out of the queue to {@code collector}. */
  SpanExporter behind(SpanExporter collector) {
    return new Exit(collector);
  }

  /** Nothing more is waited for: what has not left by now is lost. Later calls do nothing. */
  void close() {
    int left;
    synchronized (fate) {
      left = isClosed ? 0 : leaving + waiting.get();
      isClosed = true;
    }
    if (left > 0) {
      closed.increment(left);
      lost(left, "CLOSED");
    }
  }

  private void lost(int spans, String why) {
    lostSinceLog.addAndGet(spans);
    long now = nanoClock.getAsLong();
    long last = loggedNanos.get();
    if (now - last >= LOG_INTERVAL_SECONDS * 1_000_000_000L
        && loggedNanos.compareAndSet(last, now)) {
      LOG.atWarn()
          .addKeyValue("spans", lostSinceLog.getAndSet(0))
          .addKeyValue("reason", why)
          .log("spans are dropped; events flow on, look at OTEL_EXPORTER_OTLP_ENDPOINT");
    }
  }

  private final class Entrance implements SpanProcessor {
    private final SpanProcessor queue;
    private final int spansMax;

    Entrance(SpanProcessor queue, int spansMax) {
      this.queue = queue;
      this.spansMax = spansMax;
    }

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {}

    @Override
    public boolean isStartRequired() {
      return false;
    }

    @Override
    public void onEnd(ReadableSpan span) {
      if (!span.getSpanContext().isSampled()) {
        return;
      }
      if (isClosed) {
        closed.increment();
        lost(1, "CLOSED");
        return;
      }
      if (waiting.incrementAndGet() > spansMax) {
        waiting.decrementAndGet();
        queueFull.increment();
        lost(1, "QUEUE_FULL");
        return;
      }
      queue.onEnd(span);
    }

    @Override
    public boolean isEndRequired() {
      return true;
    }

    @Override
    public CompletableResultCode shutdown() {
      return queue.shutdown();
    }

    @Override
    public CompletableResultCode forceFlush() {
      return queue.forceFlush();
    }
  }

  private final class Exit implements SpanExporter {
    private final SpanExporter collector;

    Exit(SpanExporter collector) {
      this.collector = collector;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      // Read before: the queue takes its list back once the export has ended.
      int count = spans.size();
      synchronized (fate) {
        waiting.addAndGet(-count);
        leaving += count;
      }
      var result = collector.export(spans);
      return result.whenComplete(
          () -> {
            if (!isTold(count)) {
              return;
            }
            if (result.isSuccess()) {
              exported.increment(count);
            } else {
              refused.increment(count);
              lost(count, "EXPORT_FAILED");
            }
          });
    }

    /** An export has ended; false if its spans were given up before. */
    private boolean isTold(int count) {
      synchronized (fate) {
        leaving -= count;
        return !isClosed;
      }
    }

    @Override
    public CompletableResultCode flush() {
      return collector.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
      return collector.shutdown();
    }

    @Override
    public String toString() {
      return collector.toString();
    }
  }
}
