// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import icecube.physics.DetectorGeometry;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A source that can be read from its start only, and knows nothing of times. */
final class PlacelessSource implements EventSource {
  private final ListSource source;

  PlacelessSource(ListSource source) {
    this.source = source;
  }

  @Override
  public String fingerprint() {
    return source.fingerprint();
  }

  @Override
  public DetectorGeometry geometry() {
    return source.geometry();
  }

  @Override
  public OptionalLong eventCount() {
    return source.eventCount();
  }

  @Override
  public EventCursor open() {
    EventCursor cursor = source.open();
    return new EventCursor() {
      @Override
      public @Nullable SourceEvent next() {
        SourceEvent next = cursor.next();
        return next == null ? null : new SourceEvent(next.event(), null);
      }

      @Override
      public void close() {
        cursor.close();
      }
    };
  }
}
