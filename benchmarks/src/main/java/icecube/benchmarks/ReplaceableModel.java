// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import icecube.load.Connections;
import icecube.v1.GetModelRequest;
import icecube.v1.ModelServiceGrpc;
import inference.GRPCInferenceServiceGrpc;
import inference.RepositoryModelLoadRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A model folder of its own whose model is replaced while a server answers with it. Confined to one
 * thread; the folder is removed at the end.
 */
final class ReplaceableModel implements AutoCloseable {
  static final String NAME = "transformer";
  private static final long LOAD_SECONDS_MAX = 60;

  private final Path original;
  private final Path folder;
  private int revision;

  private ReplaceableModel(Path original, Path folder) {
    this.original = original;
    this.folder = folder;
  }

  /** A copy of the transformer of {@code models}, in a new temporary folder. */
  static ReplaceableModel of(Path models) throws IOException {
    var model =
        new ReplaceableModel(
            models.resolve(NAME).resolve("1"), Files.createTempDirectory("icecube-models"));
    Files.createDirectories(model.version());
    model.write();
    return model;
  }

  /** What the server is started with. */
  Path folder() {
    return folder;
  }

  private Path version() {
    return folder.resolve(NAME).resolve("1");
  }

  /** Puts new files in the place of the old, each at once; the graph's bytes stay the same. */
  private void write() throws IOException {
    move(Files.readAllBytes(original.resolve("model.onnx")), "model.onnx");
    String manifest = Files.readString(original.resolve("model.yaml"));
    move(
        manifest
            .replaceFirst("(?m)^description:.*$", "description: " + description())
            .replaceFirst("(?m)^manifest_sha256:.*\\R", "")
            .getBytes(StandardCharsets.UTF_8),
        "model.yaml");
  }

  private void move(byte[] bytes, String name) throws IOException {
    Path beside = folder.resolve("." + name);
    Files.write(beside, bytes);
    Files.move(
        beside,
        version().resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private String description() {
    return "revision " + revision;
  }

  /** When a reload began and ended, {@link System#nanoTime()}. */
  record Reload(long startNanos, long endNanos) {
    double seconds() {
      return (endNanos - startNanos) / 1e9;
    }

    /** Whether any of this time was within the reload. */
    boolean overlaps(long fromNanos, long untilNanos) {
      return fromNanos < endNanos && untilNanos > startNanos;
    }
  }

  /**
   * Replaces the files and has the server load them: returns once the new model answers.
   *
   * @throws IllegalStateException if the server says it answers with another one
   */
  Reload reload(Connections connections) throws IOException {
    var channel = connections.channels().get(0);
    revision++;
    write();
    long start = System.nanoTime();
    var unused =
        GRPCInferenceServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(LOAD_SECONDS_MAX, TimeUnit.SECONDS)
            .repositoryModelLoad(
                RepositoryModelLoadRequest.newBuilder().setModelName(NAME).build());
    var reload = new Reload(start, System.nanoTime());
    String served =
        ModelServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(LOAD_SECONDS_MAX, TimeUnit.SECONDS)
            .getModel(GetModelRequest.newBuilder().setName(NAME).build())
            .getDescription();
    if (!served.equals(description())) {
      throw new IllegalStateException("model: " + served + " (expected: " + description() + ")");
    }
    return reload;
  }

  @Override
  public void close() throws IOException {
    for (Path path :
        List.of(
            version().resolve("model.onnx"),
            version().resolve("model.yaml"),
            version(),
            folder.resolve(NAME),
            folder)) {
      Files.deleteIfExists(path);
    }
  }
}
