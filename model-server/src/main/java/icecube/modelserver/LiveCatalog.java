// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import icecube.chassis.Closer;
import icecube.modelserver.NamedModel.Version;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The catalog that requests see, replaced as a whole when a model changes.
 *
 * <p>Owns the models in it: what the next catalog no longer has is closed once it is out of sight.
 * Read by any thread; published by one at a time.
 */
final class LiveCatalog implements AutoCloseable {
  private final Object lock = new Object();
  private volatile ModelCatalog now;
  private volatile List<ServedModel> leaving = List.of();
  private volatile Watcher watcher = (current, stillAnswering, names) -> {};

  @GuardedBy("lock")
  private boolean closed;

  /** Who is told of each catalog, on the thread that publishes. */
  interface Watcher {
    /**
     * The models of these names may have changed, or have gone.
     *
     * @param leaving versions of earlier catalogs that still answer the requests they have
     */
    void tell(ModelCatalog now, List<ServedModel> leaving, Set<String> names);
  }

  LiveCatalog(ModelCatalog first) {
    this.now = first;
  }

  /** What is served at this moment. */
  ModelCatalog now() {
    return now;
  }

  /** Tells {@code watcher} of the catalog, now and whenever one is published. */
  void watch(Watcher watcher) {
    this.watcher = watcher;
    watcher.tell(now, leaving, now.names());
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
    leaving =
        Stream.concat(leaving.stream(), closeAllBut(next, before).stream())
            .filter(model -> !model.isClosed())
            .toList();
    var names = before.names();
    names.addAll(next.names());
    watcher.tell(next, leaving, names);
  }

  // A model is itself and no other, however alike its card.
  private static List<ServedModel> closeAllBut(ModelCatalog kept, ModelCatalog all) {
    Set<ServedModel> keptModels = Collections.newSetFromMap(new IdentityHashMap<>());
    kept.versions().forEach(version -> keptModels.add(version.model()));
    var closed =
        all.versions().stream().map(Version::model).filter(m -> !keptModels.contains(m)).toList();
    closed.forEach(ServedModel::close);
    return closed;
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
