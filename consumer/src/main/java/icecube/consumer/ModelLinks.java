// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import icecube.chassis.Backoff;
import icecube.chassis.Closer;
import icecube.chassis.TimeAndChance;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The links to all model servers, several to each if wanted, and which of them is asked next: of
 * those connected the one with the fewest requests in flight, of a server that is trusted and is
 * not the one that has just failed, as far as there is a choice.
 *
 * <p>{@link #pick} is thread-safe; {@link #tick} and {@link #close} are called by one thread at a
 * time.
 */
final class ModelLinks implements AutoCloseable {
  /** Between two probes of a server that is not trusted, at most. */
  static final Duration PROBE_MAX = Duration.ofSeconds(10);

  private static final Duration CLOSE_MAX = Duration.ofSeconds(2);

  private final List<ModelLink> links = new ArrayList<>();
  private final List<ManagedChannel> opened = new ArrayList<>();

  ModelLinks(
      ConsumerSettings settings,
      Function<String, ManagedChannel> channels,
      TimeAndChance time,
      ConsumerMetrics metrics) {
    for (String target : settings.modelServers()) {
      ManagedChannel channel = channels.apply(target);
      opened.add(channel);
      Duration first = settings.retryMax();
      var backoff =
          new Backoff(first, first.compareTo(PROBE_MAX) > 0 ? first : PROBE_MAX, time::chance);
      var trust = new ServerTrust(time, backoff);
      for (int stream = 0; stream < settings.streamsPerServer(); stream++) {
        links.add(new ModelLink(target, channel, trust, settings, time, metrics));
      }
    }
  }

  /** The link to ask; empty if no server is connected. */
  Optional<ModelLink> pick(@Nullable ModelLink failedLast) {
    Predicate<ModelLink> isOther =
        link -> failedLast == null || !link.target().equals(failedLast.target());
    for (ModelLink link : links) {
      if (!link.trust().isTrusted()
          && link.isConnected()
          && isOther.test(link)
          && inFlight(link.target()) == 0
          && link.trust().mayBeProbed()) {
        return Optional.of(link);
      }
    }
    return leastLoaded(link -> link.trust().isTrusted() && isOther.test(link))
        .or(() -> leastLoaded(link -> link.trust().isTrusted()))
        .or(() -> leastLoaded(isOther))
        .or(() -> leastLoaded(link -> true));
  }

  private Optional<ModelLink> leastLoaded(Predicate<ModelLink> may) {
    ModelLink best = null;
    int bestInFlight = Integer.MAX_VALUE;
    for (ModelLink link : links) {
      int inFlight = link.inFlight();
      if (inFlight < bestInFlight && link.isConnected() && may.test(link)) {
        best = link;
        bestInFlight = inFlight;
      }
    }
    return Optional.ofNullable(best);
  }

  private int inFlight(String target) {
    int sum = 0;
    for (ModelLink link : links) {
      sum += link.target().equals(target) ? link.inFlight() : 0;
    }
    return sum;
  }

  void tick() {
    links.forEach(ModelLink::tick);
  }

  boolean isConnected() {
    for (ModelLink link : links) {
      if (link.isConnected()) {
        return true;
      }
    }
    return false;
  }

  /** Servers that are connected, and avoided because of what they have answered. */
  int avoidedCount() {
    return (int)
        links.stream()
            .filter(link -> link.isConnected() && !link.trust().isTrusted())
            .map(ModelLink::target)
            .distinct()
            .count();
  }

  @Override
  public void close() {
    var closer = new Closer();
    opened.forEach(channel -> closer.add(() -> close(channel)));
    links.forEach(closer::add);
    closer.close();
  }

  private static void close(ManagedChannel channel) {
    channel.shutdownNow();
    try {
      channel.awaitTermination(CLOSE_MAX.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
