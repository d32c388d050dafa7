// SPDX-License-Identifier: Apache-2.0
package icecube.load;

import java.util.Optional;
import java.util.SortedMap;

/**
 * What a server made of a run.
 *
 * <p>Balance: {@code requests} = sum of {@code statuses}; {@code latency.count} = {@code
 * statuses["OK"]}.
 *
 * @param requests meant to be sent in the window
 * @param statuses how many of them ended how; {@code OK}, names of gRPC statuses, {@code
 *     NOT_ANSWERED} (none within the timeout after the window), {@code NOT_SENT} (the most requests
 *     were in flight)
 * @param withPushback failed requests that were told when to come again
 * @param itemsRefused items of answered requests that were answered with an error of their own
 * @param seconds length of the window as it was
 * @param requestsPerSecond requests answered OK in the window, whenever sent
 * @param itemsPerSecond items of those that were not refused
 * @param latency of requests answered OK, from the moment they were meant to be sent
 * @param serviceTime the same from the moment they were sent
 * @param sendDelay of all requests sent, from the moment meant to the moment sent: what this side
 *     adds to the latency; if it is large, the load, not the server, is at its limit
 * @param server where the server says the time went, if it says so
 */
public record LoadResult(
    long requests,
    SortedMap<String, Long> statuses,
    long withPushback,
    long itemsRefused,
    double seconds,
    double requestsPerSecond,
    double itemsPerSecond,
    Latencies latency,
    Latencies serviceTime,
    Latencies sendDelay,
    Optional<ServerSplit> server) {
  /** Requests answered OK. */
  public long ok() {
    return statuses.getOrDefault("OK", 0L);
  }
}
