// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.modelserver.NamedModel.Version;
import icecube.proto.ReasonException;
import icecube.v1.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What brings models up to date with their sources, beside the versions that answer meanwhile.
 *
 * <p>A version whose files did not change is kept. One whose new files cannot be loaded keeps what
 * it had, if that was ready: a broken model never replaces a working one. Confined to the thread
 * that loads.
 */
final class ModelRefresh {
  private static final Logger LOG = LoggerFactory.getLogger(ModelRefresh.class);

  private final List<ModelSource> sources;
  private final LiveCatalog live;
  private final String defaultName;
  private final ModelLoader loader;
  private final ModelRepositoryMetrics metrics;

  ModelRefresh(
      List<ModelSource> sources,
      LiveCatalog live,
      String defaultName,
      ModelLoader loader,
      ModelRepositoryMetrics metrics) {
    this.sources = List.copyOf(sources);
    this.live = live;
    this.defaultName = defaultName;
    this.loader = loader;
    this.metrics = metrics;
  }

  /**
   * Brings every model up to date but those that were unloaded.
   *
   * @throws IOException if a source cannot be read; then nothing is changed
   * @throws PredictorException if there are too many
   */
  void all() throws IOException {
    var offered = list();
    for (var model : live.now().models()) {
      boolean isTakenAway = !BuiltInModels.has(model.name()) && !offered.containsKey(model.name());
      if (isTakenAway) {
        replace(model.name(), new NamedModel(model.name(), List.of(), ModelLabels.NONE));
      }
    }
    for (var entry : offered.entrySet()) {
      boolean isUnloaded =
          live.now().find(entry.getKey()).map(model -> model.versions().isEmpty()).orElse(false);
      if (!isUnloaded) {
        refresh(entry.getKey(), entry.getValue(), false);
      }
    }
  }

  /**
   * Brings one model up to date; files that failed before are tried again.
   *
   * @throws ReasonException {@code MODEL_UNKNOWN} if no source has it, {@code MODEL_NOT_READY} if
   *     the sources cannot be read
   */
  void one(String name) {
    refresh(name, requireOffered(name), true);
  }

  private Offered requireOffered(String name) {
    Map<String, Offered> offered;
    try {
      offered = list();
    } catch (IOException | PredictorException e) {
      metrics.sourceUnreadable();
      throw new ReasonException(Reason.REASON_MODEL_NOT_READY, "models: " + e.getMessage(), e);
    }
    if (!offered.containsKey(name)) {
      throw new ReasonException(
          Reason.REASON_MODEL_UNKNOWN,
          "model_name: %s (expected: one of %s)".formatted(name, offered.keySet()));
    }
    return offered.get(name);
  }

  private void refresh(String name, Offered offered, boolean isAsked) {
    var before = live.now().find(name).orElse(null);
    replace(name, refreshed(name, before, offered, isAsked));
  }

  /** Takes {@code after} for what there was, unless that leaves the default model unready. */
  private void replace(String name, NamedModel after) {
    boolean wasReady = live.now().find(name).map(NamedModel::isReady).orElse(false);
    if (name.equals(defaultName) && wasReady && !after.isReady()) {
      LOG.atError()
          .addKeyValue("model", name)
          .log("no version of the default model is left in its source; those loaded answer on");
      return;
    }
    live.publish(after.versions().isEmpty() ? live.now().without(name) : live.now().with(after));
  }

  /** What is offered, by model; of a name that two sources have, the first source's. */
  @SuppressWarnings("ReferenceEquality") // which of two sources, whatever they hold
  private Map<String, Offered> list() throws IOException {
    var all = new TreeMap<String, Offered>();
    int count = 0;
    for (var source : sources) {
      for (var offer : source.list()) {
        count++;
        if (BuiltInModels.has(offer.name())) {
          LOG.error(
              "{} in {}: passed over, as {} is built in; rename it", offer, source, offer.name());
          continue;
        }
        var offered =
            all.computeIfAbsent(offer.name(), name -> new Offered(source, new ArrayList<>()));
        if (offered.source() == source) {
          offered.offers().add(offer);
        } else {
          LOG.warn("{} in {}: passed over, {} has it too", offer, source, offered.source());
        }
      }
      ModelFolder.requireFew(count, "all of " + sources);
    }
    return all;
  }

  /** The versions of one model in the source that has it. */
  private record Offered(ModelSource source, List<ModelOffer> offers) {}

  /** The model as its source has it now. */
  private NamedModel refreshed(
      String name, @Nullable NamedModel before, Offered offered, boolean isAsked) {
    var versions = new ArrayList<Version>();
    for (var offer : offered.offers()) {
      @Nullable Version known =
          before == null ? null : before.version(offer.version()).orElse(null);
      boolean isUpToDate = known != null && known.stamp().equals(offer.stamp());
      boolean isTriedAgain = isAsked && known != null && !known.trouble().isEmpty();
      versions.add(
          known != null && isUpToDate && !isTriedAgain
              ? known
              : loaded(known, offered.source(), offer));
    }
    if (before != null && versions.stream().noneMatch(Version::isReady)) {
      // What is offered now is all broken: who answered goes on to, though it is offered no more.
      before.versions().stream()
          .filter(version -> version.isReady() && !versions.contains(version))
          .forEach(versions::add);
    }
    return new NamedModel(name, versions, labels(name, before, offered.source()));
  }

  private Version loaded(@Nullable Version known, ModelSource source, ModelOffer offer) {
    long startNanos = System.nanoTime();
    try {
      var model = loader.load(source, offer);
      long nanos = System.nanoTime() - startNanos;
      metrics.loaded(offer.name(), nanos);
      LOG.atInfo()
          .addKeyValue("model", offer.name())
          .addKeyValue("model_version", offer.version())
          .addKeyValue("seconds", nanos / 1e9)
          .log("model loaded");
      return new Version(model, offer.stamp(), "");
    } catch (IOException e) {
      // Its files were not even read: the next poll tries again, whether they changed or not.
      return failed(known, offer, "", e);
    } catch (RuntimeException | Error e) {
      // Whatever is wrong with a model, it is the model's trouble alone: too large for the memory,
      // or on a machine without the native library, which the line fit does not need.
      return failed(known, offer, offer.stamp(), e);
    }
  }

  private Version failed(
      @Nullable Version known, ModelOffer offer, String stamp, Throwable failure) {
    metrics.failed(offer.name());
    boolean isKept = known != null && known.isReady();
    LOG.atError()
        .setCause(failure)
        .addKeyValue("model", offer.name())
        .addKeyValue("model_version", offer.version())
        .log(
            isKept
                ? "model could not be loaded again; the one before answers on"
                : "model could not be loaded; the server goes on without it");
    String trouble = String.valueOf(failure.getMessage());
    return known != null && isKept
        ? new Version(known.model(), stamp, trouble)
        : new Version(ServedModel.failed(offer.name(), offer.version(), trouble), stamp, trouble);
  }

  private static ModelLabels labels(String name, @Nullable NamedModel before, ModelSource source) {
    try {
      return source.labels(name).map(ModelLabels::parse).orElse(ModelLabels.NONE);
    } catch (IOException | RuntimeException e) {
      // Wrong labels change nothing: whoever answered goes on to.
      LOG.atError().setCause(e).addKeyValue("model", name).log("labels could not be read");
      return before == null ? ModelLabels.NONE : before.labels();
    }
  }
}
