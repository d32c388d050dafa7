// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import icecube.modelserver.HttpFiles.Answer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A folder of models in a bucket of an S3 server, {@code <prefix>/<name>/<version>/{model.onnx,
 * model.yaml}}.
 *
 * <p>Asked with path-style addresses, which Amazon S3, MinIO, Ceph and the others all answer. A
 * file has another stamp when its ETag changes. Names that begin with a dot are passed over.
 */
final class S3Bucket implements ModelSource {
  /** Objects under the prefix; more than {@link ModelFolder#MODEL_COUNT_MAX} versions need. */
  static final int OBJECTS_MAX = 10_000;

  /** One page of a list: 1,000 objects with keys of at most 1,024 characters. */
  static final int PAGE_BYTES_MAX = 4 << 20;

  /** Pages of one list; ten hold {@link #OBJECTS_MAX}, unless a server makes them small. */
  static final int PAGES_MAX = 100;

  private static final Duration FILE_MAX = Duration.ofMinutes(5);
  private static final Pattern CODE = Pattern.compile("<Code>(\\w{1,64})</Code>");
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

  private final S3Settings settings;
  private final String bucket;
  private final String prefix;
  private final InstantSource clock;
  private final HttpFiles http;

  /**
   * @param prefix of all keys, without slashes at its ends; empty for the whole bucket
   */
  S3Bucket(S3Settings settings, String bucket, String prefix) {
    this(settings, bucket, prefix, InstantSource.system(), new HttpFiles(FILE_MAX));
  }

  /**
   * @param http reads the files; may be shared
   */
  S3Bucket(S3Settings settings, String bucket, String prefix, InstantSource clock, HttpFiles http) {
    requireBucket(bucket);
    this.settings = settings;
    this.bucket = bucket;
    this.prefix = prefix.isEmpty() ? "" : prefix + "/";
    this.clock = clock;
    this.http = http;
  }

  /**
   * @throws IllegalArgumentException if no bucket can have this name
   */
  static void requireBucket(String bucket) {
    if (!BUCKET.matcher(bucket).matches()) {
      throw new IllegalArgumentException(
          "bucket: " + bucket + " (expected: " + BUCKET + ", as in s3://BUCKET/PREFIX)");
    }
  }

  @Override
  public List<ModelOffer> list() throws IOException {
    var stamps = new TreeMap<String, String>();
    for (var object : objects()) {
      if (!object.key().startsWith(prefix)) {
        continue; // Not asked for.
      }
      String[] parts = object.key().substring(prefix.length()).split("/", -1);
      boolean isFile =
          parts.length == 3
              && !parts[0].startsWith(".")
              && !parts[1].startsWith(".")
              && (parts[2].equals(GRAPH) || parts[2].equals(MANIFEST));
      if (isFile) {
        stamps.merge(parts[0] + "/" + parts[1], object.etag(), (one, other) -> one + other);
      }
    }
    ModelFolder.requireFew(stamps.size(), toString());
    var offers = new ArrayList<ModelOffer>();
    stamps.forEach(
        (label, stamp) -> {
          int slash = label.indexOf('/');
          String name = label.substring(0, slash);
          offers.add(
              new ModelOffer(name, label.substring(slash + 1), this + "/" + label, stamp, false));
        });
    return offers;
  }

  private List<S3Listing.Listed> objects() throws IOException {
    var objects = new ArrayList<S3Listing.Listed>();
    String token = "";
    for (int page = 0; page < PAGES_MAX; page++) {
      var query = new TreeMap<>(Map.of("list-type", "2", "prefix", prefix));
      if (!token.isEmpty()) {
        query.put("continuation-token", token);
      }
      var answer = get("", query, "list of " + this, PAGE_BYTES_MAX);
      if (!answer.isOk()) {
        throw refused("list", answer);
      }
      var listing = S3Listing.parse(answer.body());
      objects.addAll(listing.objects());
      token = listing.nextToken();
      if (objects.size() > OBJECTS_MAX) {
        throw new PredictorException(
            "%s: more than %d objects (expected: at most so many); give a longer prefix"
                .formatted(this, OBJECTS_MAX));
      }
      if (token.isEmpty()) {
        return objects;
      }
    }
    throw new IOException(
        "list of %s at %s: more than %d pages (expected: at most so many); give a longer prefix, or look whether this is an S3 server"
            .formatted(this, settings.endpoint(), PAGES_MAX));
  }

  @Override
  public Optional<byte[]> read(ModelOffer offer, String file, long bytesMax) throws IOException {
    return object(prefix + offer.name() + "/" + offer.version() + "/" + file, bytesMax);
  }

  @Override
  public Optional<byte[]> labels(String name) throws IOException {
    return object(prefix + name + "/" + LABELS, ModelManifest.SIZE_BYTES_MAX);
  }

  /** The object of this key; empty if there is none. */
  Optional<byte[]> object(String key, long bytesMax) throws IOException {
    var answer = get(key, new TreeMap<>(), key.substring(key.lastIndexOf('/') + 1), bytesMax);
    if (answer.isMissing()) {
      return Optional.empty();
    }
    if (!answer.isOk()) {
      throw refused(key, answer);
    }
    return Optional.of(answer.body());
  }

  private Answer get(String key, SortedMap<String, String> query, String what, long bytesMax)
      throws IOException {
    var path = new StringBuilder("/").append(bucket);
    if (!key.isEmpty()) {
      path.append('/').append(encoded(key, true));
    }
    String separator = "?";
    for (var field : query.entrySet()) {
      path.append(separator).append(field.getKey()).append('=');
      path.append(encoded(field.getValue(), false));
      separator = "&";
    }
    String endpoint = settings.endpoint().getScheme() + "://" + settings.endpoint().getAuthority();
    var uri = URI.create(endpoint + path);
    Map<String, String> headers = Map.of();
    if (!settings.accessKey().isEmpty()) {
      var signature =
          new S3Signature(
              settings.accessKey(),
              settings.secretKey(),
              settings.sessionToken(),
              settings.region());
      headers = signature.sign(uri, Map.of(), clock.instant());
    }
    return http.get(uri, headers, what, bytesMax);
  }

  private IOException refused(String what, Answer answer) {
    return new IOException(
        "%s of %s at %s: %s (expected: status 200); look at AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID and what that key may read"
            .formatted(what, this, settings.endpoint(), answer.problem(CODE)));
  }

  /** As signatures write it: everything but letters, digits and "-._~" in hex, of a key "/" too. */
  private static String encoded(String text, boolean isKey) {
    var encoded = new StringBuilder();
    for (byte each : text.getBytes(UTF_8)) {
      char c = (char) (each & 0xff);
      boolean isPlain =
          (c >= 'A' && c <= 'Z')
              || (c >= 'a' && c <= 'z')
              || (c >= '0' && c <= '9')
              || "-._~".indexOf(c) >= 0
              || (isKey && c == '/');
      encoded.append(isPlain ? String.valueOf(c) : "%%%02X".formatted((int) c));
    }
    return encoded.toString();
  }

  @Override
  public void close() {}

  @Override
  public String toString() {
    return "s3://"
        + bucket
        + (prefix.isEmpty() ? "" : "/" + prefix.substring(0, prefix.length() - 1));
  }
}
