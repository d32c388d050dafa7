// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static java.util.stream.Collectors.groupingBy;

import icecube.chassis.Closer;
import icecube.chassis.StartException;
import icecube.modelserver.NamedModel.Version;
import icecube.otel.Meters;
import icecube.proto.ReasonException;
import icecube.v1.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models a server can answer with, which may be loaded, replaced and unloaded while it answers:
 * the {@link BuiltInModels} and those of its sources.
 *
 * <p>A version is loaded, verified and rehearsed beside the one it replaces, takes its place at
 * once, and the old one closes when the last request that runs on it has ended. What cannot be
 * loaded is listed with the reason and stops nothing, unless it is the default model at the start.
 *
 * <p>One thread, {@code model-loader}, does all that changes the models; every other method only
 * reads and returns at once. Owns the models and the sources. Thread-safe.
 */
final class ModelRepository implements AutoCloseable {
  /** A version is replaced so often while a request looks for it only if something is wrong. */
  private static final int ACQUIRE_ATTEMPTS_MAX = 100;

  private static final Logger LOG = LoggerFactory.getLogger(ModelRepository.class);

  private final List<ModelSource> sources;
  private final String defaultName;
  private final ModelRefresh refresh;
  private final ModelRepositoryMetrics metrics;
  private final LoaderThread thread = new LoaderThread();
  private final LiveCatalog live;

  private ModelRepository(
      List<ModelSource> sources,
      List<NamedModel> models,
      String defaultName,
      ModelLoader loader,
      ModelRepositoryMetrics metrics) {
    this.sources = List.copyOf(sources);
    this.live = new LiveCatalog(ModelCatalog.of(models));
    this.defaultName = defaultName;
    this.refresh = new ModelRefresh(sources, live, defaultName, loader, metrics);
    this.metrics = metrics;
  }

  /** The models of {@code folder}, never polled and not measured. */
  static ModelRepository open(Optional<Path> folder, String defaultName, int workerCount) {
    List<ModelSource> sources = folder.<ModelSource>map(ModelFolder::new).stream().toList();
    var metrics = new ModelRepositoryMetrics(Meters.none());
    return open(sources, defaultName, new ModelLoader(workerCount, Device.CPU), metrics);
  }

  /**
   * Loads every model.
   *
   * @param sources where models stand, which are owned from here on; of a name that two have, the
   *     first one's is taken
   * @param defaultName the model that answers when a request names none
   * @throws StartException if a source cannot be read, or the default model is not ready
   */
  static ModelRepository open(
      List<ModelSource> sources,
      String defaultName,
      ModelLoader loader,
      ModelRepositoryMetrics metrics) {
    var repository =
        new ModelRepository(sources, named(BuiltInModels.served()), defaultName, loader, metrics);
    try {
      repository.refresh.all();
      repository.requireDefaultReady();
      metrics.watch(repository);
      return repository;
    } catch (IOException | PredictorException e) {
      var failure = new StartException("models: " + e.getMessage(), e);
      closeAfter(repository, failure);
      throw failure;
    } catch (RuntimeException e) {
      closeAfter(repository, e);
      throw e;
    }
  }

  private static void closeAfter(ModelRepository repository, RuntimeException failure) {
    var closer = new Closer();
    closer.add(repository);
    closer.closeAfter(failure);
  }

  /** A repository of these models, which it owns, beside what {@code closer} owns. */
  static ModelRepository of(List<ServedModel> models, String defaultName, Closer closer) {
    return ofNamed(named(models), defaultName, closer);
  }

  /** Like {@link #of}, of models with labels. */
  static ModelRepository ofNamed(List<NamedModel> models, String defaultName, Closer closer) {
    var metrics = new ModelRepositoryMetrics(Meters.none());
    var repository =
        new ModelRepository(
            List.of(), models, defaultName, new ModelLoader(1, Device.CPU), metrics);
    closer.add(repository);
    repository.requireDefaultReady();
    return repository;
  }

  private static List<NamedModel> named(List<ServedModel> models) {
    return models.stream().collect(groupingBy(model -> model.card().name())).entrySet().stream()
        .map(
            entry ->
                new NamedModel(
                    entry.getKey(),
                    entry.getValue().stream().map(model -> new Version(model, "", "")).toList(),
                    ModelLabels.NONE))
        .toList();
  }

  private void requireDefaultReady() {
    try {
      find(defaultName, "").inference();
    } catch (ReasonException e) {
      throw new StartException("default model: " + e.getMessage(), e);
    }
  }

  /** Tells {@code watcher} which models may be asked, now and whenever that changes. */
  void watch(BiConsumer<String, Boolean> watcher) {
    live.watch(
        (now, leaving, names) -> {
          metrics.serving(now, leaving);
          for (String name : names) {
            watcher.accept(name, now.find(name).map(NamedModel::isReady).orElse(false));
          }
        });
  }

  /** Looks for changes in the sources, {@code pause} after each look has ended. */
  void pollEvery(Duration pause) {
    thread.repeat(pause, this::poll);
  }

  private void poll() {
    try {
      refresh.all();
    } catch (IOException | RuntimeException e) {
      // What was loaded is served on; the next look may find the source again.
      metrics.sourceUnreadable();
      LOG.atWarn().setCause(e).log("models could not be looked for; those loaded answer on");
    }
  }

  /**
   * Brings the model of this name up to date with its source, on the loader's thread: new versions
   * are added, changed ones replaced, those taken away closed.
   *
   * @return how it is then; fails with {@code MODEL_UNKNOWN} if no source has it, with {@code
   *     MODEL_NOT_READY} if a version could not be loaded, and says why (one that was ready before
   *     still is); with {@code QUEUE_FULL} or {@code DRAINING} if its turn will not come
   */
  CompletableFuture<List<ModelIndexEntry>> load(String name) {
    return thread.run(() -> loadNow(name));
  }

  private List<ModelIndexEntry> loadNow(String name) {
    if (!BuiltInModels.has(name)) {
      refresh.one(name);
    } else if (!isReady(name)) {
      live.publish(live.now().with(named(List.of(BuiltInModels.served(name))).get(0)));
    }
    var entries = indexOf(live.now().require(name));
    for (var entry : entries) {
      if (!entry.reason().isEmpty()) {
        throw new ReasonException(
            Reason.REASON_MODEL_NOT_READY,
            "model: %s/%s could not be loaded: %s"
                .formatted(name, entry.version(), entry.reason()));
      }
    }
    return entries;
  }

  /**
   * Closes every version of the model of this name once its requests have ended. No poll loads it
   * again; {@link #load} does.
   *
   * @return how it is then; fails with {@code MODEL_UNKNOWN} if there is none
   */
  CompletableFuture<List<ModelIndexEntry>> unload(String name) {
    return thread.run(() -> unloadNow(name));
  }

  private List<ModelIndexEntry> unloadNow(String name) {
    live.now().require(name);
    var unloaded = new NamedModel(name, List.of(), ModelLabels.NONE);
    live.publish(live.now().with(unloaded));
    LOG.atInfo().addKeyValue("model", name).log("model unloaded");
    return indexOf(unloaded);
  }

  /**
   * The model of this name and version; an empty name means the default, an empty version the
   * champion, else the newest that is ready. It may be closed at any time: who asks it {@link
   * #acquire}s it.
   *
   * @throws ReasonException {@code MODEL_UNKNOWN} if there is none, {@code MODEL_NOT_READY} if it
   *     was unloaded
   */
  ServedModel find(String name, String version) {
    return named(name).choose(version);
  }

  private NamedModel named(String name) {
    return live.now().require(name.isEmpty() ? defaultName : name);
  }

  /**
   * The version that is asked what {@code model} has answered, for comparison only; empty if none
   * is, or not this time.
   *
   * @param key of the request
   */
  Optional<String> shadowOf(ServedModel model, long key) {
    return live.now().find(model.card().name()).flatMap(named -> named.shadowOf(model, key));
  }

  /** Like {@link #acquire(String, String, OptionalLong)}, of a request without a key. */
  ServedModel acquire(String name, String version) {
    return acquire(name, version, OptionalLong.empty());
  }

  /**
   * The model as {@link #find} finds it, or the canary in its place, ready, and open until the
   * caller {@link ServedModel#release}s it.
   *
   * @param key of the request, which decides whether the canary answers it; empty to spread evenly
   * @throws ReasonException as {@link #find}, and {@code MODEL_NOT_READY} if it may not be asked
   */
  ServedModel acquire(String name, String version, OptionalLong key) {
    for (int attempt = 0; attempt < ACQUIRE_ATTEMPTS_MAX; attempt++) {
      var model = named(name).chooseFor(version, key);
      model.inference();
      if (model.retain()) {
        return model;
      }
    }
    throw new ReasonException(
        Reason.REASON_MODEL_NOT_READY, "model: " + name + " is closing (expected: open)");
  }

  /** How every version is, by name, then version; an unloaded model has one entry. */
  List<ModelIndexEntry> index() {
    return live.now().models().stream().flatMap(model -> indexOf(model).stream()).toList();
  }

  private static List<ModelIndexEntry> indexOf(NamedModel model) {
    if (model.versions().isEmpty()) {
      return List.of(new ModelIndexEntry(model.name(), "", false, "unloaded"));
    }
    return model.versions().stream()
        .map(
            version ->
                new ModelIndexEntry(
                    model.name(), version.name(), version.isReady(), version.trouble()))
        .toList();
  }

  /** All cards, by name, then version. */
  List<ModelCard> cards() {
    return live.now().versions().stream().map(version -> version.model().card()).toList();
  }

  /** All versions, by name, then version; each may be closed at any time. */
  List<ServedModel> served() {
    return live.now().versions().stream().map(Version::model).toList();
  }

  /** All names, each once. */
  SortedSet<String> names() {
    return live.now().names();
  }

  /** Whether some version of the model may be asked. */
  boolean isReady(String name) {
    return live.now().require(name).isReady();
  }

  /** Versions that may be asked. */
  int readyCount() {
    return (int) live.now().versions().stream().filter(Version::isReady).count();
  }

  String defaultName() {
    return defaultName;
  }

  /** Ends loading and closes every model once its requests have ended; then the sources. */
  @Override
  public void close() {
    thread.close();
    var closer = new Closer();
    sources.forEach(closer::add);
    closer.add(live);
    closer.close();
  }
}
