// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where a server takes models from, as a setting: a folder, a bucket of S3, or a model of an MLflow
 * registry. Immutable and thread-safe.
 */
public sealed interface ModelOrigin {
  /** A folder of {@code <name>/<version>/model.onnx}. */
  record Folder(Path path) implements ModelOrigin {
    @Override
    public String toString() {
      return path.toString();
    }
  }

  /** Such a folder in a bucket, {@code s3://BUCKET/PREFIX}. */
  record Bucket(S3Settings settings, String bucket, String prefix) implements ModelOrigin {
    public Bucket {
      S3Bucket.requireBucket(bucket);
      prefix = prefix.replaceAll("^/+|/+$", "");
    }

    @Override
    public String toString() {
      return "s3://" + bucket + "/" + prefix;
    }
  }

  /** One model of a registry, {@code models:/NAME@ALIAS} or {@code models:/NAME/VERSION}. */
  record Registry(MlflowSettings settings, S3Settings s3, String reference) implements ModelOrigin {
    public Registry {
      MlflowRegistry.partsOf(reference);
    }

    @Override
    public String toString() {
      return reference;
    }
  }

  /**
   * What {@code text} means: {@code s3://BUCKET/PREFIX}, {@code models:/NAME@ALIAS}, or a folder.
   *
   * @param environment names the servers and who asks them, as {@link S3Settings#from} and {@link
   *     MlflowSettings#from} say
   * @throws IllegalArgumentException if it means nothing; says what was expected
   */
  static ModelOrigin parse(String text, Map<String, String> environment) {
    if (text.startsWith("s3://")) {
      String[] parts = text.substring("s3://".length()).split("/", 2);
      return new Bucket(S3Settings.from(environment), parts[0], parts.length == 1 ? "" : parts[1]);
    }
    if (text.startsWith("models:")) {
      return new Registry(MlflowSettings.from(environment), S3Settings.from(environment), text);
    }
    try {
      return new Folder(Path.of(text));
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(
          "models: " + text + " (expected: a folder, s3://BUCKET/PREFIX or models:/NAME@ALIAS)", e);
    }
  }
}
