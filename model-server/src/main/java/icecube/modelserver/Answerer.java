// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.proto.ReasonException;

/**
 * Where the end of a request is told: exactly one of the two methods is called, once, from a worker
 * or from the thread that closes the queue. Must not block.
 *
 * @param <T> what an answer travels as
 */
interface Answerer<T> {
  /** The request was answered. */
  void answered(QueuedRequest request, T response);

  /** The request gets no answer, for this reason. */
  void refused(QueuedRequest request, ReasonException why);
}
