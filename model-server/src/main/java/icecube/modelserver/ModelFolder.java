// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A folder of models, {@code <name>/<version>/{model.onnx, model.yaml}}.
 *
 * <p>Names that begin with a dot are passed over. A file may be a symbolic link to one within the
 * folder, as Kubernetes mounts them, but to none outside. Nothing is kept open.
 */
final class ModelFolder implements ModelSource {
  /** The most versions of all models together. */
  static final int MODEL_COUNT_MAX = 64;

  /** The largest model file, bytes; it is read whole. */
  static final long MODEL_BYTES_MAX = 512L << 20;

  private final Path folder;

  ModelFolder(Path folder) {
    this.folder = folder;
  }

  @Override
  public List<ModelOffer> list() throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException(
          folder
              + " (expected: a folder of <name>/<version>/model.onnx); give an existing one, or"
              + " none for the built-in line-fit");
    }
    var offers = new ArrayList<ModelOffer>();
    for (Path named : subfolders(folder)) {
      for (Path versioned : subfolders(named)) {
        offers.add(offer(named, versioned));
      }
      requireFew(offers.size(), folder.toString());
    }
    return offers;
  }

  /** Holds every source to {@link #MODEL_COUNT_MAX} versions. */
  static void requireFew(int versions, String where) {
    if (versions > MODEL_COUNT_MAX) {
      throw new PredictorException(
          "more than %d versions in %s (expected: at most %d); take some out"
              .formatted(MODEL_COUNT_MAX, where, MODEL_COUNT_MAX));
    }
  }

  private static List<Path> subfolders(Path folder) throws IOException {
    try (var entries = Files.list(folder)) {
      return entries
          .filter(Files::isDirectory)
          .filter(path -> !nameOf(path).startsWith("."))
          .sorted()
          .toList();
    } catch (NoSuchFileException e) {
      return List.of(); // taken away since the folder above was listed
    }
  }

  private static ModelOffer offer(Path named, Path versioned) throws IOException {
    String stamp = stamp(versioned.resolve(GRAPH)) + stamp(versioned.resolve(MANIFEST));
    return new ModelOffer(nameOf(named), nameOf(versioned), versioned.toString(), stamp, false);
  }

  /** Size, time of change and identity: a file that is replaced by another has another. */
  private static String stamp(Path file) throws IOException {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return "%d %s %s;"
          .formatted(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
    } catch (NoSuchFileException e) {
      return "none;";
    }
  }

  @Override
  public Optional<byte[]> read(ModelOffer offer, String file, long bytesMax) throws IOException {
    return read(folder.resolve(offer.name()).resolve(offer.version()).resolve(file), bytesMax);
  }

  @Override
  public Optional<byte[]> labels(String name) throws IOException {
    return read(folder.resolve(name).resolve(LABELS), ModelManifest.SIZE_BYTES_MAX);
  }

  private Optional<byte[]> read(Path file, long bytesMax) throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    var real = file.toRealPath();
    if (!real.startsWith(folder.toRealPath())) {
      throw new PredictorException(
          "%s: leads to %s (expected: within %s); copy it there"
              .formatted(nameOf(file), real, folder));
    }
    if (!Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
      throw new PredictorException(nameOf(file) + ": no file (expected: a regular one)");
    }
    // One byte more than allowed is read, so that a file that grows meanwhile is noticed too.
    try (var stream = Files.newInputStream(real, LinkOption.NOFOLLOW_LINKS)) {
      if (Files.size(real) > bytesMax) {
        throw ModelSource.tooLarge(nameOf(file), Files.size(real), bytesMax);
      }
      byte[] bytes = stream.readNBytes((int) bytesMax + 1);
      if (bytes.length > bytesMax) {
        throw ModelSource.tooLarge(nameOf(file), bytes.length, bytesMax);
      }
      return Optional.of(bytes);
    }
  }

  private static String nameOf(Path path) {
    return String.valueOf(path.getFileName());
  }

  @Override
  public void close() {}

  @Override
  public String toString() {
    return folder.toString();
  }
}
