// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import static java.util.Objects.requireNonNull;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * Holds back what is said again and again: of each fact (logger, level, message before its
 * arguments, and {@code reason}) the first {@value #LINES_MAX} lines of an interval pass, ERROR
 * like any other; those after them are held back, and when the interval ends the last of them is
 * told once, with the key {@code held_back}: how many it stands for, and without a stack. So every
 * line is either told or counted; of those written while this stops the last may be neither.
 *
 * <p>Remembers at most {@value #FACT_COUNT_MAX} facts: for one more, the interval of the one that
 * began first ends early. A thread {@code log-repeats} ends intervals of facts that are said no
 * more. No lock is held while lines are written. Thread-safe.
 */
public final class RepeatLimit extends UnsynchronizedAppenderBase<ILoggingEvent> {
  /** Lines of one fact in one interval that pass. */
  public static final int LINES_MAX = 5;

  /** Facts remembered at the same time. */
  public static final int FACT_COUNT_MAX = 1_024;

  /** How long an interval lasts. */
  public static final Duration INTERVAL = Duration.ofSeconds(60);

  private static final Duration LOOK_PERIOD = Duration.ofSeconds(1);
  private static final List<Level> LEVELS =
      List.of(Level.DEBUG, Level.INFO, Level.WARN, Level.ERROR);

  private final Appender<ILoggingEvent> target;
  private final LoggerContext loggers;
  private final long intervalNanos;
  private final LongSupplier nanoTime;
  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(1, RepeatLimit::newThread);
  private final Object lock = new Object();

  // In the order in which their intervals began, which is that in which they end.
  @GuardedBy("lock")
  private final Map<Fact, Interval> intervals = new LinkedHashMap<>();

  @GuardedBy("lock")
  private final Map<Level, Long> heldBack = new LinkedHashMap<>();

  @GuardedBy("lock")
  private @Nullable Meters meters;

  /** What makes two lines say the same. */
  private record Fact(String logger, Level level, String message, String reason) {}

  /** The lines of one fact within one interval. */
  private static final class Interval {
    private final long beganAt;
    private int told;
    private long heldBack;
    private @Nullable ILoggingEvent last;

    private Interval(long beganAt) {
      this.beganAt = beganAt;
    }
  }

  /** Passes lines on to {@code target}, which it starts and stops with itself. */
  public RepeatLimit(LoggerContext loggers, Appender<ILoggingEvent> target) {
    this(loggers, target, INTERVAL, System::nanoTime);
  }

  /** With an interval and a clock from outside. */
  RepeatLimit(
      LoggerContext loggers,
      Appender<ILoggingEvent> target,
      Duration interval,
      LongSupplier nanoTime) {
    this.loggers = requireNonNull(loggers, "loggers");
    this.target = requireNonNull(target, "target");
    this.intervalNanos = interval.toNanos();
    this.nanoTime = nanoTime;
    setContext(loggers);
    setName("repeat-limit");
  }

  /**
   * Counts what is held back, from the start on, as {@code
   * icecube_otel_log_lines_suppressed_total}.
   */
  public void bind(Meters to) {
    synchronized (lock) {
      meters = to;
      for (Level level : LEVELS) {
        count(to, level, heldBack.getOrDefault(level, 0L));
      }
    }
  }

  @Override
  // The future would only carry exceptions, and logback's appenders let none out.
  @SuppressWarnings("FutureReturnValueIgnored")
  public void start() {
    if (isStarted()) {
      return;
    }
    target.start();
    super.start();
    long period = LOOK_PERIOD.toNanos();
    thread.scheduleWithFixedDelay(this::endIntervals, period, period, TimeUnit.NANOSECONDS);
  }

  /** Tells what is held back, and stops. Later calls do nothing. */
  @Override
  public void stop() {
    if (!isStarted()) {
      return;
    }
    super.stop();
    thread.shutdownNow();
    endedBy(Long.MAX_VALUE).forEach(this::tell);
    target.stop();
  }

  @Override
  protected void append(ILoggingEvent event) {
    endIntervals();
    Fact fact =
        new Fact(
            event.getLoggerName(),
            event.getLevel(),
            String.valueOf(event.getMessage()),
            reason(event));
    @Nullable ILoggingEvent early = null;
    boolean passes;
    synchronized (lock) {
      Interval interval = intervals.get(fact);
      if (interval == null) {
        early = intervals.size() < FACT_COUNT_MAX ? null : endFirst();
        interval = new Interval(nanoTime.getAsLong());
        intervals.put(fact, interval);
      }
      passes = interval.told < LINES_MAX;
      if (passes) {
        interval.told++;
      } else {
        holdBack(interval, event);
      }
    }
    if (early != null) {
      tell(early);
    }
    if (passes) {
      target.doAppend(event);
    }
  }

  /** Tells of every fact whose interval is over how many of its lines were held back. */
  void endIntervals() {
    endedBy(nanoTime.getAsLong() - intervalNanos).forEach(this::tell);
  }

  /** Tells what was held back, outside the span of the thread: it belongs to other traces. */
  private void tell(ILoggingEvent summary) {
    Context.root().wrap(() -> target.doAppend(summary)).run();
  }

  /** What there is to tell of intervals that began until then; they are over. */
  private List<ILoggingEvent> endedBy(long beganUntil) {
    List<ILoggingEvent> told = new ArrayList<>();
    synchronized (lock) {
      Iterator<Map.Entry<Fact, Interval>> all = intervals.entrySet().iterator();
      while (all.hasNext()) {
        Interval interval = all.next().getValue();
        if (beganUntil != Long.MAX_VALUE && interval.beganAt - beganUntil > 0) {
          break;
        }
        all.remove();
        ILoggingEvent line = summary(interval);
        if (line != null) {
          told.add(line);
        }
      }
    }
    return told;
  }

  @GuardedBy("lock")
  private @Nullable ILoggingEvent endFirst() {
    Iterator<Interval> all = intervals.values().iterator();
    Interval first = all.next();
    all.remove();
    return summary(first);
  }

  @GuardedBy("lock")
  private void holdBack(Interval interval, ILoggingEvent event) {
    // Arguments may change or be large; the line keeps what they are now, as text.
    event.prepareForDeferredProcessing();
    interval.heldBack++;
    interval.last = event;
    heldBack.merge(event.getLevel(), 1L, Long::sum);
    if (meters != null) {
      count(meters, event.getLevel(), 1);
    }
  }

  private static void count(Meters meters, Level level, long lines) {
    if (LEVELS.contains(level)) {
      meters
          .counter(
              "icecube_otel_log_lines_suppressed_total",
              "level",
              level.toString().toLowerCase(Locale.ROOT))
          .increment((double) lines);
    }
  }

  private @Nullable ILoggingEvent summary(Interval interval) {
    ILoggingEvent last = interval.last;
    if (last == null) {
      return null;
    }
    LoggingEvent line = new LoggingEvent();
    line.setLoggerContextRemoteView(loggers.getLoggerContextRemoteView());
    line.setLoggerName(last.getLoggerName());
    line.setLevel(last.getLevel());
    line.setMessage(last.getFormattedMessage());
    line.setThreadName(last.getThreadName());
    line.setTimeStamp(System.currentTimeMillis());
    if (last.getKeyValuePairs() != null) {
      last.getKeyValuePairs().forEach(line::addKeyValuePair);
    }
    line.addKeyValuePair(new KeyValuePair("held_back", interval.heldBack));
    return line;
  }

  private static String reason(ILoggingEvent event) {
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    if (pairs != null) {
      for (KeyValuePair pair : pairs) {
        if ("reason".equals(pair.key)) {
          return String.valueOf(pair.value);
        }
      }
    }
    return "";
  }

  private static Thread newThread(Runnable work) {
    Thread thread = new Thread(work, "log-repeats");
    thread.setDaemon(true);
    return thread;
  }
}
