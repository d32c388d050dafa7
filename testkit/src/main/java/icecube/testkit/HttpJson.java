// SPDX-License-Identifier: Apache-2.0
package icecube.testkit;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The HTTP interface of a server on loopback, whose answers are JSON. One connection a question: it
 * has no thread that a test could leak. Thread-safe.
 *
 * @param base what paths are resolved against
 */
record HttpJson(URI base) {
  private static final Duration ANSWER_MAX = Duration.ofSeconds(20);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  HttpJson {
    requireNonNull(base, "base");
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Whether the base answers 200; not, if nobody listens. */
  boolean isOk() {
    try {
      return open("").getResponseCode() == HttpURLConnection.HTTP_OK;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * The answer to a GET.
   *
   * @throws IllegalStateException if it is no 200, with what was said
   */
  JsonNode get(String path) {
    String text = text(path);
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(base.resolve(path) + ": " + text + " (expected: JSON)", e);
    }
  }

  /** The answer to a GET as it came. */
  String text(String path) {
    try {
      HttpURLConnection connection = open(path);
      int status = connection.getResponseCode();
      boolean isOk = status < HttpURLConnection.HTTP_BAD_REQUEST;
      try (var body = isOk ? connection.getInputStream() : connection.getErrorStream()) {
        String text = body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8);
        if (status != HttpURLConnection.HTTP_OK) {
          throw new IllegalStateException(
              connection.getURL() + ": " + status + " " + text + " (expected: 200)");
        }
        return text;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpURLConnection open(String path) throws IOException {
    URI uri = path.isEmpty() ? base : base.resolve(path);
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    connection.setConnectTimeout((int) ANSWER_MAX.toMillis());
    connection.setReadTimeout((int) ANSWER_MAX.toMillis());
    return connection;
  }
}
