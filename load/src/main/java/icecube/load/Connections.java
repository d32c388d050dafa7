// SPDX-License-Identifier: Apache-2.0
package icecube.load;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Connections to one server. Unlike those of our services they send no keepalive pings, which
 * servers of others refuse, and never try again by themselves, which would hide failures.
 *
 * <p>Callbacks run on the event loops. Thread-safe.
 */
public final class Connections implements AutoCloseable {
  /** The most connections of one run. */
  public static final int COUNT_MAX = 1_024;

  /** The most bytes of an answer. */
  private static final int MESSAGE_BYTES_MAX = 256 << 20;

  private static final long CLOSE_SECONDS_MAX = 5;

  private final List<ManagedChannel> channels;

  private Connections(List<ManagedChannel> channels) {
    this.channels = channels;
  }

  /**
   * Connections that are made when they are first used.
   *
   * @param target {@code host:port}, or any gRPC target
   * @param count 1..1,024
   */
  public static Connections open(String target, int count, ChannelCredentials credentials) {
    if (count < 1 || count > COUNT_MAX) {
      throw new IllegalArgumentException(
          "connections: %d (expected: 1..%d)".formatted(count, COUNT_MAX));
    }
    var channels = new ArrayList<ManagedChannel>();
    for (int i = 0; i < count; i++) {
      channels.add(
          Grpc.newChannelBuilder(target, credentials)
              .directExecutor()
              .disableRetry()
              .maxInboundMessageSize(MESSAGE_BYTES_MAX)
              .build());
    }
    return new Connections(List.copyOf(channels));
  }

  /** All of them. */
  public List<ManagedChannel> channels() {
    return channels;
  }

  /** Gives up what is in flight and closes them. */
  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    try {
      for (ManagedChannel channel : channels) {
        channel.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
