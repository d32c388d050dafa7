// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static java.util.Comparator.comparing;

import icecube.proto.ReasonException;
import icecube.v1.Reason;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All versions of the model of one name, and which of them answers.
 *
 * <p>Immutable but for the count that spreads requests between champion and canary; thread-safe.
 */
final class NamedModel {
  /** Before a label where a request names a version, which cannot begin so. */
  static final String LABEL = "@";

  /** Versions of one model, oldest first: numbers by value, then names. */
  private static final Comparator<String> BY_VERSION =
      comparing((String version) -> !isNumber(version))
          .thenComparingInt(version -> isNumber(version) ? version.length() : 0)
          .thenComparing(Comparator.naturalOrder());

  /**
   * A version and the files that were last tried for it.
   *
   * @param model what is served, which may have been loaded from earlier files
   * @param stamp of the files last tried; empty if they could not even be read
   * @param trouble why the files last tried are not served; empty if they are
   */
  record Version(ServedModel model, String stamp, String trouble) {
    String name() {
      return model.card().version();
    }

    boolean isReady() {
      return model.card().isReady();
    }
  }

  private final String name;
  private final List<Version> versions;
  private final ModelLabels labels;
  private final AtomicLong asked = new AtomicLong();

  NamedModel(String name, List<Version> versions, ModelLabels labels) {
    this.name = name;
    this.versions = versions.stream().sorted(comparing(Version::name, BY_VERSION)).toList();
    this.labels = labels;
  }

  private static boolean isNumber(String version) {
    return !version.isEmpty() && version.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  String name() {
    return name;
  }

  /** Oldest first; none if the model was unloaded. */
  List<Version> versions() {
    return versions;
  }

  ModelLabels labels() {
    return labels;
  }

  /** The version of this name, ready or not. */
  Optional<Version> version(String version) {
    return versions.stream().filter(each -> each.name().equals(version)).findFirst();
  }

  boolean isReady() {
    return versions.stream().anyMatch(Version::isReady);
  }

  /**
   * The version of this name, or on the label {@code @champion}, {@code @canary} or
   * {@code @shadow}; if none is wanted, the champion.
   *
   * @throws ReasonException {@code MODEL_UNKNOWN} if there is none, {@code MODEL_NOT_READY} if the
   *     model was unloaded
   */
  ServedModel choose(String wanted) {
    if (versions.isEmpty()) {
      throw new ReasonException(
          Reason.REASON_MODEL_NOT_READY,
          "model: " + name + " was unloaded (expected: loaded); load it again");
    }
    if (wanted.isEmpty()) {
      return champion();
    }
    String version =
        wanted.startsWith(LABEL)
            ? labels.version(wanted.substring(LABEL.length())).orElse(wanted)
            : wanted;
    return version(version).orElseThrow(() -> unknown(wanted)).model();
  }

  /**
   * The version a request is for: as {@link #choose}, but if it names none, the canary answers its
   * share.
   *
   * @param key of the request, so that the same one has the same answer again; empty to spread
   *     requests evenly
   */
  ServedModel chooseFor(String wanted, OptionalLong key) {
    if (wanted.isEmpty() && labels.canaryPercent() > 0 && isDrawn(key)) {
      var canary = ready(labels.canary());
      if (canary.isPresent()) {
        return canary.get();
      }
    }
    return choose(wanted);
  }

  private boolean isDrawn(OptionalLong key) {
    int place = Draw.place(key.orElseGet(asked::getAndIncrement));
    return place < labels.canaryPercent();
  }

  /**
   * The version that is asked what {@code answering} was asked, for comparison only.
   *
   * @param key of the request; other keys than those of the canary are drawn
   * @return empty if there is none that is ready, the request is not drawn, or the canary answered
   */
  Optional<String> shadowOf(ServedModel answering, long key) {
    @Nullable Integer percent = labels.shadowPercent();
    String version = answering.card().version();
    boolean isCompared = !version.equals(labels.canary()) && !version.equals(labels.shadow());
    return ready(labels.shadow())
        .filter(shadow -> isCompared && (percent == null || Draw.place(~key) < percent))
        .map(shadow -> shadow.card().version());
  }

  private ServedModel champion() {
    return ready(labels.champion()).orElseGet(this::newestReady);
  }

  private Optional<ServedModel> ready(@Nullable String version) {
    return Optional.ofNullable(version)
        .flatMap(this::version)
        .filter(Version::isReady)
        .map(Version::model);
  }

  /** The newest that is ready and is no canary or shadow; else any ready one; else the newest. */
  private ServedModel newestReady() {
    return newest(each -> each.isReady() && !isOnTrial(each))
        .or(() -> newest(Version::isReady))
        .orElse(versions.get(versions.size() - 1))
        .model();
  }

  private boolean isOnTrial(Version version) {
    return version.name().equals(labels.canary()) || version.name().equals(labels.shadow());
  }

  private Optional<Version> newest(Predicate<Version> wanted) {
    return versions.stream().filter(wanted).reduce((older, newer) -> newer);
  }

  private ReasonException unknown(String wanted) {
    return new ReasonException(
        Reason.REASON_MODEL_UNKNOWN,
        "model_version: %s of %s (expected: one of %s)"
            .formatted(wanted, name, versions.stream().map(Version::name).toList()));
  }
}
