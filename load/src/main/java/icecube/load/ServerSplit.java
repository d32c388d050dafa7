// SPDX-License-Identifier: Apache-2.0
package icecube.load;

import icecube.load.ServerCounters.Counts;
import java.util.Optional;

/**
 * Where the server says a request's time went, on average over what it answered meanwhile.
 *
 * @param requests requests it answered with success
 * @param queueMillis mean time before a run
 * @param computeMillis mean time in runs, inputs and outputs included
 * @param itemsPerRun items of one run of the model, on average
 */
public record ServerSplit(
    long requests, double queueMillis, double computeMillis, double itemsPerRun) {
  /** What happened between two readings; nothing if nothing was answered. */
  static Optional<ServerSplit> between(Counts from, Counts to) {
    long requests = to.requests() - from.requests();
    if (requests <= 0) {
      return Optional.empty();
    }
    long runs = Math.max(1, to.runs() - from.runs());
    return Optional.of(
        new ServerSplit(
            requests,
            (to.queueNanos() - from.queueNanos()) / 1e6 / requests,
            (to.computeNanos() - from.computeNanos()) / 1e6 / requests,
            (double) (to.items() - from.items()) / runs));
  }
}
