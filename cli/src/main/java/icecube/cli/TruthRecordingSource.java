// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.emitter.EventCursor;
import icecube.emitter.EventSource;
import icecube.emitter.SourceEvent;
import icecube.emitter.SourcePosition;
import icecube.physics.DetectorGeometry;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A source that notes the truth of every event it hands out. */
final class TruthRecordingSource implements EventSource {
  private final EventSource source;
  private final Truth truth;

  TruthRecordingSource(EventSource source, Truth truth) {
    this.source = source;
    this.truth = truth;
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
  public boolean hasTriggerTimes() {
    return source.hasTriggerTimes();
  }

  @Override
  public EventCursor open() {
    return recording(source.open());
  }

  @Override
  public EventCursor open(SourcePosition from) {
    return recording(source.open(from));
  }

  private EventCursor recording(EventCursor cursor) {
    return new EventCursor() {
      @Override
      public @Nullable SourceEvent next() {
        SourceEvent next = cursor.next();
        if (next != null && next.truth() != null) {
          truth.put(next.event().id(), next.truth());
        }
        return next;
      }

      @Override
      public @Nullable SourcePosition position() {
        return cursor.position();
      }

      @Override
      public void close() {
        cursor.close();
      }
    };
  }
}
