// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import icecube.chassis.Closer;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * The catalog that requests see, replaced as a whole when a model changes.
 *
 * <p>Owns the models in it: what the next catalog no longer has is closed once it is out of sight.
 * Read by any thread; published by one at a time.
 */
final class LiveCatalog implements AutoCloseable {
  private final Object lock = new Object();
  private volatile ModelCatalog now;
  private volatile Watcher watcher = (name, isReady) -> {};

  @GuardedBy("lock")
  private boolean closed;

  /** Who is told which models may be asked, on the thread that publishes. */
  interface Watcher {
    /** The model of this name may be asked, or may not. */
    void tell(String name, boolean isReady);
  }

  LiveCatalog(ModelCatalog first) {
    this.now = first;
  }

  /** What is served at this moment. */
  ModelCatalog now() {
    return now;
  }

  /** Tells {@code watcher} how every model is, now and whenever one changes. */
  void watch(Watcher watcher) {
    this.watcher = watcher;
    tell(now, now.names());
  }

  /** Makes {@code next} what requests see, then closes what only the one before has. */
  void publish(ModelCatalog next) {
    ModelCatalog before;
    boolean late;
    synchronized (lock) {
      before = now;
      late = closed;
      if (!late) {
        now = next;
      }
    }
    if (late) {
      closeAllBut(before, next);
      return;
    }
    closeAllBut(next, before);
    var names = before.names();
    names.addAll(next.names());
    tell(next, names);
  }

  private void tell(ModelCatalog catalog, Set<String> names) {
    for (String name : names) {
      watcher.tell(name, catalog.find(name).map(NamedModel::isReady).orElse(false));
    }
  }

  // A model is itself and no other, however alike its card.
  private static void closeAllBut(ModelCatalog kept, ModelCatalog all) {
    Set<ServedModel> keptModels = Collections.newSetFromMap(new IdentityHashMap<>());
    kept.versions().forEach(version -> keptModels.add(version.model()));
    for (var version : all.versions()) {
      if (!keptModels.contains(version.model())) {
        version.model().close();
      }
    }
  }

  /** Closes every model once its requests have ended; what is published later is closed at once. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
    }
    var closer = new Closer();
    now.versions().forEach(version -> closer.add(version.model()));
    closer.close();
  }
}
