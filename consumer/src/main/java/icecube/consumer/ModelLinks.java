// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import icecube.chassis.Closer;
import icecube.chassis.TimeAndChance;
import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The links to all model servers, and which of them is asked next: of those connected the one with
 * the fewest requests in flight, and not the one that has just failed unless it is the only one.
 *
 * <p>{@link #pick} is thread-safe; {@link #tick} and {@link #close} are called by one thread at a
 * time.
 */
final class ModelLinks implements AutoCloseable {
  private final List<ModelLink> links = new ArrayList<>();

  ModelLinks(
      ConsumerSettings settings,
      Function<String, ManagedChannel> channels,
      TimeAndChance time,
      ConsumerMetrics metrics) {
    for (String target : settings.modelServers()) {
      links.add(new ModelLink(target, channels.apply(target), settings, time, metrics));
    }
  }

  /** The link to ask; empty if no server is connected. */
  Optional<ModelLink> pick(@Nullable ModelLink failedLast) {
    ModelLink best = null;
    int bestInFlight = Integer.MAX_VALUE;
    for (ModelLink link : links) {
      if (link == failedLast || !link.isConnected()) {
        continue;
      }
      int inFlight = link.inFlight();
      if (inFlight < bestInFlight) {
        best = link;
        bestInFlight = inFlight;
      }
    }
    if (best == null && failedLast != null && failedLast.isConnected()) {
      return Optional.of(failedLast);
    }
    return Optional.ofNullable(best);
  }

  void tick() {
    links.forEach(ModelLink::tick);
  }

  boolean isConnected() {
    return links.stream().anyMatch(ModelLink::isConnected);
  }

  @Override
  public void close() {
    var closer = new Closer();
    links.forEach(closer::add);
    closer.close();
  }
}
