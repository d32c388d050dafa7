// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files read over HTTP, each bounded in bytes and in time from the first byte sent to the last
 * received. Redirects are not followed: they would carry credentials to where nobody meant them.
 * Thread-safe.
 */
final class HttpFiles {
  private static final Logger LOG = LoggerFactory.getLogger(HttpFiles.class);
  private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
  private static final String SERVER = " (expected: http(s)://HOST[:PORT])";

  /** What is kept of the body of an error. */
  static final int ERROR_BYTES_MAX = 64 << 10;

  private static final int ERROR_CHARS_MAX = 300;

  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT_MAX)
          .followRedirects(HttpClient.Redirect.NEVER)
          .version(HttpClient.Version.HTTP_1_1)
          .build();
  private final Duration timeout;

  /**
   * @param timeout of one file in all
   */
  HttpFiles(Duration timeout) {
    this.timeout = timeout;
  }

  /**
   * The address that a setting says.
   *
   * @throws IllegalArgumentException if it is none, or may hold a password; then it is not repeated
   */
  static URI server(String setting, String text) {
    requireNoPassword(setting, text);
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(setting + ": " + text + SERVER, e);
    }
  }

  /**
   * That {@code server} is the address of one, fit to be told in messages.
   *
   * @throws IllegalArgumentException if it is none, or may hold a password; then it is not repeated
   */
  static void requireServer(String setting, URI server) {
    requireNoPassword(setting, server.toString());
    boolean isHttp = "http".equals(server.getScheme()) || "https".equals(server.getScheme());
    if (!isHttp || server.getHost() == null) {
      throw new IllegalArgumentException(setting + ": " + server + SERVER);
    }
  }

  /** Looks at no parts: a password with a slash in it parses as a path. */
  private static void requireNoPassword(String setting, String text) {
    if (text.indexOf('@') >= 0) {
      throw new IllegalArgumentException(
          setting
              + ": not shown, as it has an @ and may hold a password"
              + SERVER
              + "; give who asks in settings of their own");
    }
  }

  /** What a server answered. */
  static final class Answer {
    private final int status;
    private final byte[] body;

    private Answer(int status, byte[] body) {
      this.status = status;
      this.body = body;
    }

    int status() {
      return status;
    }

    /** The caller's own from here on. */
    byte[] body() {
      return body;
    }

    boolean isOk() {
      return status == 200;
    }

    boolean isMissing() {
      return status == 404;
    }

    /**
     * The status, and the error's name if the first group of {@code code} finds one: callers see
     * this, and the rest of the body may tell them what is none of their business.
     */
    String problem(Pattern code) {
      var found = code.matcher(new String(body, StandardCharsets.UTF_8));
      return "status " + status + (found.find() ? ", " + found.group(1) : "");
    }

    /** The beginning of an error's text, on one line. */
    private String text() {
      String text = new String(body, StandardCharsets.UTF_8).replaceAll("\\s+", " ").strip();
      return text.length() > ERROR_CHARS_MAX ? text.substring(0, ERROR_CHARS_MAX) : text;
    }
  }

  /**
   * What {@code uri} answers to GET.
   *
   * @throws IOException if nobody answers in time; names the host
   * @throws PredictorException if the answer is larger than {@code bytesMax}
   */
  Answer get(URI uri, Map<String, String> headers, String what, long bytesMax) throws IOException {
    var request = HttpRequest.newBuilder(uri).GET();
    headers.forEach(request::header);
    var pending = client.sendAsync(request.build(), info -> new BoundedBody(what, info, bytesMax));
    try {
      HttpResponse<byte[]> response = pending.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      var answer = new Answer(response.statusCode(), response.body());
      if (!answer.isOk() && LOG.isDebugEnabled()) {
        LOG.debug("{} from {}: status {}, {}", what, uri, answer.status(), answer.text());
      }
      return answer;
    } catch (TimeoutException e) {
      pending.cancel(true);
      throw new IOException(
          "%s from %s: not whole after %s (expected: sooner); look at the network"
              .formatted(what, uri.getAuthority(), timeout),
          e);
    } catch (ExecutionException e) {
      if (rootOf(e) instanceof PredictorException tooLarge) {
        throw tooLarge;
      }
      throw new IOException(
          "%s from %s: %s (expected: an answer); look whether it runs and may be reached"
              .formatted(what, uri.getAuthority(), rootOf(e)),
          e);
    } catch (InterruptedException e) {
      pending.cancel(true);
      Thread.currentThread().interrupt();
      throw new IOException(what + ": interrupted", e);
    }
  }

  private static Throwable rootOf(Throwable failure) {
    Throwable root = failure;
    for (Throwable next = root.getCause(); next != null; next = next.getCause()) {
      root = next;
    }
    return root;
  }

  /**
   * Collects a body, in one array if its length is told. Gives up on a file as soon as it is too
   * large; of an error the first bytes do.
   */
  static final class BoundedBody implements BodySubscriber<byte[]> {
    private final String what;
    private final int bytesMax;
    private final boolean isFile;
    private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
    private byte[] bytes;
    private int size;

    BoundedBody(String what, ResponseInfo info, long fileBytesMax) {
      this.what = what;
      this.isFile = info.statusCode() == 200;
      this.bytesMax = isFile ? Math.toIntExact(fileBytesMax) : ERROR_BYTES_MAX;
      long told = info.headers().firstValueAsLong("content-length").orElse(0);
      this.bytes = new byte[told > 0 && told <= bytesMax ? (int) told : 0];
    }

    @Override
    public CompletionStage<byte[]> getBody() {
      return whole;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      var unused = whole.whenComplete((body, failure) -> subscription.cancel());
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      for (var buffer : buffers) {
        if (whole.isDone()) {
          return;
        }
        long needed = (long) size + buffer.remaining();
        if (needed > bytesMax && isFile) {
          whole.completeExceptionally(ModelSource.tooLarge(what, needed, bytesMax));
          return;
        }
        append(buffer, (int) Math.min(needed, bytesMax));
        if (needed > bytesMax) {
          onComplete();
        }
      }
    }

    private void append(ByteBuffer buffer, int newSize) {
      if (newSize > bytes.length) {
        long doubled = Math.max(newSize, 2L * bytes.length);
        bytes = Arrays.copyOf(bytes, (int) Math.min(doubled, bytesMax));
      }
      buffer.get(bytes, size, newSize - size);
      size = newSize;
    }

    @Override
    public void onError(Throwable failure) {
      whole.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      whole.complete(size == bytes.length ? bytes : Arrays.copyOf(bytes, size));
    }
  }
}
