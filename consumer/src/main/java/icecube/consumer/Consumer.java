// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import static java.util.Objects.requireNonNull;

import icecube.chassis.GrpcChannels;
import icecube.stream.EventLog;
import icecube.stream.EventLogException;
import io.grpc.ManagedChannel;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running consumer: reads all partitions of a log, has a model server predict what it reads, and
 * publishes it. Any number of them may share the log.
 *
 * <p>Threads: one reader per partition, one for leases, one that looks after the streams to the
 * model servers, and the workers. Thread-safe. It does not own the log.
 */
public final class Consumer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Consumer.class);

  /** How often late requests are given up and ended streams are opened again. */
  private static final Duration LINK_TICK = Duration.ofMillis(20);

  /** How long a thread may take to notice that it is over, beyond the wait it may be in. */
  private static final Duration STOP_MAX = Duration.ofSeconds(2);

  private final String name;
  private final EventLog log;
  private final ConsumerSettings settings;
  private final ConsumerTime time;
  private final ConsumerMetrics metrics;
  private final ModelLinks links;
  private final EntryWindow window;
  private final EntryFlows flows;
  private final LeaseKeeper keeper;
  private final Thread keeperThread;
  private final List<PartitionReader> readers = new ArrayList<>();
  private final List<Thread> readerThreads = new ArrayList<>();
  private final ScheduledExecutorService linkTicks;
  private final AtomicBoolean isClosed = new AtomicBoolean();

  private Consumer(
      EventLog log,
      ConsumerSettings settings,
      ConsumerMetrics metrics,
      Function<String, ManagedChannel> channels,
      ConsumerTime time) {
    this.log = log;
    this.settings = settings;
    this.time = time;
    this.metrics = metrics;
    name = settings.name() + "-" + time.incarnation();
    window = new EntryWindow(settings.windowEntries());
    links = new ModelLinks(settings, channels, time, metrics);
    flows = new EntryFlows(name, log, settings, links, window, metrics, time);
    metrics.show(flows::eventsInFlight, window::limit);
    keeper = new LeaseKeeper(name, log, flows);
    keeperThread = new Thread(keeper, "consumer-leases");
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      var reader = new PartitionReader(partition, name, log, flows);
      readers.add(reader);
      readerThreads.add(new Thread(reader, "consumer-reader-" + partition));
    }
    linkTicks =
        Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "consumer-links"));
  }

  /** Starts to consume. Waits for nothing: log and model servers may come later. */
  public static Consumer start(EventLog log, ConsumerSettings settings, MeterRegistry meters) {
    return start(log, settings, meters, GrpcChannels::open, new SystemTime());
  }

  static Consumer start(
      EventLog log,
      ConsumerSettings settings,
      MeterRegistry meters,
      Function<String, ManagedChannel> channels,
      ConsumerTime time) {
    requireNonNull(log, "log");
    requireNonNull(settings, "settings");
    var consumer = new Consumer(log, settings, new ConsumerMetrics(meters), channels, time);
    consumer.begin();
    return consumer;
  }

  private void begin() {
    var unused =
        linkTicks.scheduleWithFixedDelay(
            this::tickLinks, 0, LINK_TICK.toNanos(), TimeUnit.NANOSECONDS);
    keeperThread.start();
    readerThreads.forEach(Thread::start);
    LOG.atInfo()
        .addKeyValue("consumer", name)
        .addKeyValue("partitions", log.partitionCount())
        .addKeyValue("model_servers", settings.modelServers())
        .log("consumer started");
  }

  @SuppressWarnings("CatchingUnchecked") // an exception would end the ticks for good
  private void tickLinks() {
    try {
      links.tick();
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("the streams to the model servers could not be looked after");
    }
  }

  /** The name this consumer has in the log's group; unique to this start. */
  public String name() {
    return name;
  }

  /** Events read and not yet published. */
  public int eventsInFlight() {
    return flows.eventsInFlight();
  }

  /** Whether log and model server answer, and the model server accepts what it is asked. */
  public boolean isReady() {
    return !isClosed.get()
        && readers.stream().allMatch(PartitionReader::isReading)
        && links.isConnected()
        && !flows.isRefused();
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
    window.close();
    keeper.drain();
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
      if (!window.awaitIdle(settings.drain().toNanos(), time)) {
        LOG.atWarn()
            .addKeyValue("entries", window.inFlight())
            .log("the drain is over, entries in flight are handed back for other consumers");
      }
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private boolean stop() {
    readerThreads.forEach(Thread::interrupt);
    keeperThread.interrupt();
    linkTicks.shutdownNow();
    flows.close();
    boolean isWhole = join(keeperThread);
    for (Thread thread : readerThreads) {
      isWhole &= join(thread);
    }
    try {
      var unused = linkTicks.awaitTermination(STOP_MAX.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      isWhole = false;
    }
    links.close();
    metrics.hide();
    // Whoever interrupts this stop shortens its waits; it must still hand back what it holds.
    isWhole &= !Thread.interrupted();
    handBack();
    LOG.atInfo().addKeyValue("consumer", name).log("consumer stopped");
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

  /** Nothing runs any more that could renew or publish. */
  private void handBack() {
    try {
      for (int partition = 0; partition < log.partitionCount(); partition++) {
        var unused = log.release(partition, name, flows.sequences(partition));
        log.leave(partition, name);
      }
    } catch (EventLogException e) {
      LOG.atWarn()
          .setCause(e)
          .log("the event log does not answer, what the consumer holds waits for its lease");
    }
  }
}
