// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import static java.util.Objects.requireNonNull;

import icecube.chassis.Activity;
import icecube.chassis.TimeAndChance;
import icecube.otel.Telemetry;
import icecube.stream.EventLog;
import icecube.stream.EventLogException;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All of a consumer but its threads: what is read, predicted and published, as activities whose
 * steps somebody else takes, each activity's one after the other.
 *
 * <p>{@link Consumer} gives each a thread; a simulation takes all their steps itself. It ends with
 * {@link #drain}, as many steps as it likes, {@link #stop} and {@link #handBack}, in this order. It
 * does not own the log.
 */
public final class Consumption {
  private static final Logger LOG = LoggerFactory.getLogger(Consumption.class);

  /** How often late requests are given up and ended streams are opened again. */
  private static final Duration LINK_TICK = Duration.ofMillis(20);

  /** Failures to hand back, over all partitions, until the leases are left to end it. */
  private static final int HAND_BACK_FAILURES_MAX = 3;

  private final String name;
  private final EventLog log;
  private final ConsumerMetrics metrics;
  private final ModelLinks links;
  private final EntryWindow window;
  private final EntryFlows flows;
  private final PartitionShare share;
  private final LeaseKeeper keeper;
  private final List<PartitionReader> readers = new ArrayList<>();
  private volatile boolean isDraining;

  /**
   * A consumer under a new name that has not begun; does no I/O.
   *
   * @param channels opens the channel to a model server; the channels are closed by {@link #stop}
   * @param workers runs what entries need done, and is closed by {@link #stop}
   */
  public Consumption(
      EventLog log,
      ConsumerSettings settings,
      Telemetry telemetry,
      Function<String, ManagedChannel> channels,
      TimeAndChance time,
      Workers workers) {
    this.log = requireNonNull(log, "log");
    requireNonNull(settings, "settings");
    metrics = new ConsumerMetrics(telemetry.meters());
    name = settings.name() + "-" + time.incarnation();
    window =
        new EntryWindow(settings.windowEntries(), settings.windowBytes(), settings.parkedEntries());
    links = new ModelLinks(settings, channels, time, metrics);
    flows =
        new EntryFlows(
            name, log, settings, links, window, metrics, telemetry.traces(), time, workers);
    share = new PartitionShare(log, name, settings.claim().lease(), window, time);
    metrics.show(flows, share);
    keeper = new LeaseKeeper(name, log, share, flows);
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      readers.add(new PartitionReader(partition, name, log, share, flows));
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
    return !isDraining
        && readers.stream().noneMatch(PartitionReader::isFailing)
        && readers.stream().anyMatch(PartitionReader::isReading)
        && links.isConnected()
        && !flows.isRefused();
  }

  /** Everything that has steps; no step of these waits, not even for new entries. */
  public List<Activity> activities() {
    List<Activity> all = new ArrayList<>(List.of(share, keeper, linkTicks()));
    for (PartitionReader reader : readers) {
      all.add(() -> reader.step(Duration.ZERO));
    }
    return all;
  }

  List<PartitionReader> readers() {
    return readers;
  }

  PartitionShare share() {
    return share;
  }

  Activity keeper() {
    return keeper;
  }

  @SuppressWarnings("CatchingUnchecked") // an exception would end the ticks for good
  Activity linkTicks() {
    return () -> {
      try {
        links.tick();
        window.serve(links.isConnected());
      } catch (RuntimeException e) {
        LOG.atError().setCause(e).log("the streams to the model servers could not be looked after");
      }
      return Optional.of(LINK_TICK);
    };
  }

  EntryWindow window() {
    return window;
  }

  /** Nothing more is read or claimed; what is in flight goes on. */
  public void drain() {
    isDraining = true;
    window.close();
    share.close();
    keeper.drain();
  }

  /** Whether nothing is in flight and nobody is reading. */
  public boolean isIdle() {
    return window.isIdle();
  }

  /** Ends workers and streams; what is in flight stays held. */
  public void stop() {
    flows.close();
    links.close();
    metrics.hide();
  }

  /** Gives what it holds to others. Nothing runs any more that could renew or publish. */
  public void handBack() {
    int failures = 0;
    int partition = 0;
    boolean isGone = false;
    while (!isGone) {
      try {
        for (; partition < log.partitionCount(); partition++) {
          var unused = log.leave(partition, name);
        }
        log.depart(name);
        isGone = true;
      } catch (EventLogException e) {
        isGone = ++failures == HAND_BACK_FAILURES_MAX;
        if (isGone) {
          LOG.atWarn()
              .setCause(e)
              .addKeyValue("partition_first", partition)
              .log("the event log does not answer, what the consumer holds waits for its lease");
        }
      }
    }
  }
}
