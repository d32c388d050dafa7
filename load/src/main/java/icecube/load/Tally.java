// SPDX-License-Identifier: Apache-2.0
package icecube.load;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongUnaryOperator;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * The account of one run: which requests count, what became of them, how long it took. Thread-safe.
 */
final class Tally {
  private static final long NANOS_MAX = 3_600_000_000_000L;
  private static final int DIGITS = 3;

  private final long fromNanos;
  private final long untilNanos;
  private final long requestsMax;
  private final AtomicLong requests = new AtomicLong();
  private final LongAdder settled = new LongAdder();
  private final Map<String, LongAdder> statuses = new ConcurrentHashMap<>();
  private final LongAdder withPushback = new LongAdder();
  private final LongAdder itemsRefused = new LongAdder();
  private final LongAdder okInWindow = new LongAdder();
  private final LongAdder itemsInWindow = new LongAdder();
  private final AtomicLong lastAnsweredNanos = new AtomicLong(Long.MIN_VALUE);
  private final ConcurrentHistogram latency = histogram();
  private final ConcurrentHistogram serviceTime = histogram();
  private final ConcurrentHistogram sendDelay = histogram();

  /**
   * @param fromNanos when the window opens
   * @param untilNanos when it closes at the latest
   * @param requestsMax how many requests are meant to be sent in it at most
   */
  Tally(long fromNanos, long untilNanos, long requestsMax) {
    this.fromNanos = fromNanos;
    this.untilNanos = untilNanos;
    this.requestsMax = requestsMax;
  }

  private static ConcurrentHistogram histogram() {
    return new ConcurrentHistogram(NANOS_MAX, DIGITS);
  }

  /** Whether a request meant to be sent then is still wanted; if so, it is accounted for. */
  boolean admits(long intendedNanos) {
    if (intendedNanos >= untilNanos) {
      return false;
    }
    return intendedNanos < fromNanos || takeOne();
  }

  private boolean takeOne() {
    LongUnaryOperator next = count -> count < requestsMax ? count + 1 : count;
    return requests.getAndUpdate(next) < requestsMax;
  }

  /** Whether as many requests as wanted are accounted for. */
  boolean isFull() {
    return requests.get() >= requestsMax;
  }

  /** A request that could not be sent, as too many were in flight. */
  void notSent(long intendedNanos) {
    if (intendedNanos >= fromNanos) {
      add("NOT_SENT");
    }
  }

  /** A request that was answered. */
  void answered(
      long intendedNanos, long sentNanos, long answeredNanos, int items, Outcome outcome) {
    if (outcome.isOk() && answeredNanos >= fromNanos && answeredNanos < untilNanos) {
      okInWindow.increment();
      itemsInWindow.add(items - (long) outcome.itemsRefused());
    }
    lastAnsweredNanos.accumulateAndGet(answeredNanos, Math::max);
    if (intendedNanos < fromNanos) {
      return;
    }
    sendDelay.recordValue(bounded(sentNanos - intendedNanos));
    if (outcome.isOk()) {
      latency.recordValue(bounded(answeredNanos - intendedNanos));
      serviceTime.recordValue(bounded(answeredNanos - sentNanos));
      itemsRefused.add(outcome.itemsRefused());
    } else if (outcome.hasPushback()) {
      withPushback.increment();
    }
    add(outcome.status());
  }

  private void add(String status) {
    statuses.computeIfAbsent(status, key -> new LongAdder()).increment();
    settled.increment();
  }

  private static long bounded(long nanos) {
    return Math.min(NANOS_MAX, Math.max(0, nanos));
  }

  /**
   * The account as it stands.
   *
   * @param endedEarly whether sending ended before the window, so that the window ends with the
   *     last answer
   */
  LoadResult result(boolean endedEarly, Optional<ServerSplit> server) {
    var counts = new TreeMap<String, Long>();
    statuses.forEach((status, count) -> counts.put(status, count.sum()));
    long missing = requests.get() - settled.sum();
    if (missing > 0) {
      counts.put("NOT_ANSWERED", missing);
    }
    long last = lastAnsweredNanos.get();
    long untilThen = endedEarly && last > fromNanos ? last : untilNanos;
    double seconds = (untilThen - fromNanos) / 1e9;
    return new LoadResult(
        requests.get(),
        counts,
        withPushback.sum(),
        itemsRefused.sum(),
        seconds,
        okInWindow.sum() / seconds,
        itemsInWindow.sum() / seconds,
        Latencies.of(latency),
        Latencies.of(serviceTime),
        Latencies.of(sendDelay),
        server);
  }
}
