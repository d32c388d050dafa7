// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import org.jspecify.annotations.Nullable;

/** A place in an {@link EventSource}. Confined to one thread. */
public interface EventCursor extends AutoCloseable {
  /** The next event, or null after the last. */
  @Nullable SourceEvent next();

  /** Where the next event stands; null if the source can be read from its start only. */
  default @Nullable SourcePosition position() {
    return null;
  }

  /** Ends the reading; the cursor must not be used afterwards. */
  @Override
  void close();
}
