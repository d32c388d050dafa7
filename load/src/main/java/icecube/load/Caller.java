// SPDX-License-Identifier: Apache-2.0
package icecube.load;

import java.util.function.Consumer;

/**
 * Sends prepared requests to one server. Thread-safe.
 *
 * <p>The requests are made beforehand, so that making them costs nothing while time is measured.
 */
public interface Caller extends AutoCloseable {
  /** How many different requests are prepared, at least 1. */
  int requestCount();

  /** Items of a request: events, rows of the first axis. */
  int itemCount(int request);

  /** Rows of all items of a request, without padding; 0 if it has none or it is not known. */
  int rowCount(int request);

  /**
   * Sends a request and returns at once.
   *
   * @param request 0..{@link #requestCount()}-1
   * @param answered told exactly once what became of it, on any thread, and must not block; not
   *     told if the caller is closed first
   */
  void call(int request, Consumer<Outcome> answered);

  /** Gives up what is in flight. */
  @Override
  void close();
}
