// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Where models come from: a folder, a bucket or a registry.
 *
 * <p>It only lists and reads; what is read is verified by {@link ModelLoader} and run from the very
 * bytes that were verified. Every read is bounded in bytes and, if it goes over a network, in time.
 * Asked by one thread at a time; the repository that uses it closes it.
 */
interface ModelSource extends AutoCloseable {
  /** The graph's file beside each other one. */
  String GRAPH = "model.onnx";

  /** The manifest's file; a model may come without. */
  String MANIFEST = "model.yaml";

  /** The file in a model's folder, above its versions, that says which one answers. */
  String LABELS = "labels.yaml";

  /**
   * What is offered now.
   *
   * @throws IOException if the source cannot be read; says which source and what to do
   * @throws PredictorException if it offers more than {@link ModelFolder#MODEL_COUNT_MAX} versions
   */
  List<ModelOffer> list() throws IOException;

  /**
   * A file of an offered version; empty if there is none of this name.
   *
   * @throws IOException if the source cannot be read
   * @throws PredictorException if the file is larger than {@code bytesMax}, or not the source's own
   */
  Optional<byte[]> read(ModelOffer offer, String file, long bytesMax) throws IOException;

  /**
   * {@value #LABELS} of the model of this name; empty if there is none.
   *
   * @throws IOException if the source cannot be read
   */
  Optional<byte[]> labels(String name) throws IOException;

  @Override
  void close();

  /** The source that {@code origin} names; nothing is read yet. */
  static ModelSource of(ModelOrigin origin) {
    if (origin instanceof ModelOrigin.Folder folder) {
      return new ModelFolder(folder.path());
    }
    if (origin instanceof ModelOrigin.Bucket bucket) {
      return new S3Bucket(bucket.settings(), bucket.bucket(), bucket.prefix());
    }
    if (origin instanceof ModelOrigin.Registry registry) {
      return new MlflowRegistry(registry.settings(), registry.s3(), registry.reference());
    }
    throw new IllegalArgumentException("origin: " + origin + " (expected: one of three kinds)");
  }

  /** That a file of {@code bytes} is too large for {@code bytesMax}. */
  static PredictorException tooLarge(String file, long bytes, long bytesMax) {
    return new PredictorException(
        "%s: %d bytes (expected: at most %d)".formatted(file, bytes, bytesMax));
  }
}
