// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import static java.util.Objects.requireNonNull;

import icecube.chassis.Activity;
import icecube.chassis.GrpcChannels;
import icecube.chassis.TimeAndChance;
import icecube.chassis.TransportSecurity;
import icecube.otel.Telemetry;
import icecube.stream.EventLog;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running consumer: reads partitions of a log, has a model server predict what it reads, and
 * publishes it. Any number of them may share the log, and share its partitions out.
 *
 * <p>Threads: one reader per partition, which sleeps while the partition is another's, one that
 * looks who else is there, one for leases, one that looks after the streams to the model servers,
 * and the workers. Thread-safe. It does not own the log.
 */
public final class Consumer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Consumer.class);

  /** How long a thread may take to notice that it is over, beyond the wait it may be in. */
  private static final Duration STOP_MAX = Duration.ofSeconds(2);

  private final EventLog log;
  private final ConsumerSettings settings;
  private final TimeAndChance time;
  private final Consumption consumption;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicBoolean isClosed = new AtomicBoolean();

  private Consumer(
      EventLog log,
      ConsumerSettings settings,
      Telemetry telemetry,
      Function<String, ManagedChannel> channels,
      TimeAndChance time) {
    this.log = log;
    this.settings = settings;
    this.time = time;
    var workers = new WorkerThreads(settings.workerCount());
    consumption = new Consumption(log, settings, telemetry, channels, time, workers);
    threads.add(thread("consumer-share", consumption.share()));
    threads.add(thread("consumer-links", consumption.linkTicks()));
    threads.add(thread("consumer-leases", consumption.keeper()));
    for (PartitionReader reader : consumption.readers()) {
      threads.add(new Thread(reader, "consumer-reader-" + reader.partition()));
    }
  }

  private Thread thread(String name, Activity activity) {
    return new Thread(
        () -> {
          try {
            activity.run(time);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        },
        name);
  }

  /** Starts to consume. Waits for nothing: log and model servers may come later. */
  public static Consumer start(EventLog log, ConsumerSettings settings, Telemetry telemetry) {
    return start(log, settings, telemetry, TransportSecurity.PLAINTEXT);
  }

  /** The same calling model servers as {@code security} says, which must outlive the consumer. */
  public static Consumer start(
      EventLog log, ConsumerSettings settings, Telemetry telemetry, TransportSecurity security) {
    return start(
        log,
        settings,
        telemetry,
        target -> GrpcChannels.open(target, security),
        TimeAndChance.SYSTEM);
  }

  static Consumer start(
      EventLog log,
      ConsumerSettings settings,
      Telemetry telemetry,
      Function<String, ManagedChannel> channels,
      TimeAndChance time) {
    requireNonNull(log, "log");
    requireNonNull(settings, "settings");
    var consumer = new Consumer(log, settings, telemetry, channels, time);
    consumer.begin();
    return consumer;
  }

  private void begin() {
    threads.forEach(Thread::start);
    LOG.atInfo()
        .addKeyValue("consumer", name())
        .addKeyValue("partitions", log.partitionCount())
        .addKeyValue("model_servers", settings.modelServers())
        .log("consumer started");
  }

  /** The name this consumer has in the log's group; unique to this start. */
  public String name() {
    return consumption.name();
  }

  /** Events read and not yet published. */
  public int eventsInFlight() {
    return consumption.eventsInFlight();
  }

  /** Whether log and model server answer, and the model server accepts what it is asked. */
  public boolean isReady() {
    return consumption.isReady();
  }

  /**
   * Stops reading, works on what is in flight for at most the drain time, hands the rest back to
   * the log for others, and ends. Later calls do nothing.
   */
  @Override
  public void close() {
    if (isClosed.getAndSet(true)) {
      return;
    }
    consumption.drain();
    boolean isInterrupted = false;
    try {
      isInterrupted = !drain();
    } finally {
      isInterrupted |= !stop();
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean drain() {
    try {
      if (!consumption.window().awaitIdle(settings.drain().toNanos(), time)) {
        LOG.atWarn()
            .addKeyValue("entries", consumption.window().inFlight())
            .log("the drain is over, entries in flight are handed back for other consumers");
      }
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private boolean stop() {
    threads.forEach(Thread::interrupt);
    boolean isWhole = true;
    for (Thread thread : threads) {
      isWhole &= join(thread);
    }
    consumption.stop();
    // Whoever interrupts this stop shortens its waits; it must still hand back what it holds.
    isWhole &= !Thread.interrupted();
    consumption.handBack();
    LOG.atInfo().addKeyValue("consumer", name()).log("consumer stopped");
    return isWhole;
  }

  private static boolean join(Thread thread) {
    try {
      thread.join(STOP_MAX.toMillis());
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }
}
