// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * An owner of open things that closes them in reverse order of their adding, each exactly once.
 *
 * <p>Every one is closed even when an earlier close fails: the first failure is thrown at the end
 * and carries the later ones as suppressed. Thread-safe; nothing is closed while a lock is held.
 */
public final class Closer implements AutoCloseable {
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  @GuardedBy("lock")
  private boolean closed;

  /**
   * Takes over {@code resource} and returns it. If the closer is closed already, the resource is
   * closed at once and an {@link IllegalStateException} says so: nothing stays open by a race.
   */
  public <T extends AutoCloseable> T add(T resource) {
    requireNonNull(resource, "resource");
    synchronized (lock) {
      if (!closed) {
        open.push(resource);
        return resource;
      }
    }
    IllegalStateException late =
        new IllegalStateException("closer: closed (expected: open while things are added)");
    closeOne(resource, late);
    throw late;
  }

  /** Closes everything; later calls do nothing. */
  @Override
  public void close() {
    Throwable failure = closeAll(null);
    if (failure instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure != null) {
      throw new IllegalStateException("close: failed, see the cause", failure);
    }
  }

  /**
   * Closes everything because {@code failure} happened, which keeps its place: failures of closing
   * are added to it as suppressed. For a start that breaks half way.
   */
  public void closeAfter(Throwable failure) {
    closeAll(requireNonNull(failure, "failure"));
  }

  private @Nullable Throwable closeAll(@Nullable Throwable first) {
    Throwable failure = first;
    for (AutoCloseable next = takeLast(); next != null; next = takeLast()) {
      failure = closeOne(next, failure);
    }
    return failure;
  }

  private @Nullable AutoCloseable takeLast() {
    synchronized (lock) {
      closed = true;
      return open.poll();
    }
  }

  // Every failure is kept and thrown later; an interrupt must not leave the rest open.
  @SuppressWarnings("ReferenceEquality") // a failure must not suppress itself
  private static @Nullable Throwable closeOne(AutoCloseable resource, @Nullable Throwable first) {
    try {
      resource.close();
      return first;
    } catch (Throwable failure) {
      if (failure instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      if (first == null) {
        return failure;
      }
      if (first != failure) {
        first.addSuppressed(failure);
      }
      return first;
    }
  }
}
