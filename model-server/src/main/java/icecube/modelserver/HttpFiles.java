// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Files read over HTTP, each bounded in bytes and in time from the first byte sent to the last
 * received. Redirects are not followed: they would carry credentials to where nobody meant them.
 * Thread-safe.
 */
final class HttpFiles {
  private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
  private static final int ERROR_BYTES_MAX = 64 << 10;
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

    /** The beginning of an error's text, on one line, for a message. */
    String text() {
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
    var pending =
        client.sendAsync(
            request.build(),
            info ->
                new BoundedBody(
                    what, info.statusCode() == 200 ? Math.toIntExact(bytesMax) : ERROR_BYTES_MAX));
    try {
      HttpResponse<byte[]> response = pending.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      return new Answer(response.statusCode(), response.body());
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

  /** Collects a body and gives up on it as soon as it is too large. */
  private static final class BoundedBody implements BodySubscriber<byte[]> {
    private final String what;
    private final int bytesMax;
    private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    BoundedBody(String what, int bytesMax) {
      this.what = what;
      this.bytesMax = bytesMax;
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
        long size = (long) bytes.size() + buffer.remaining();
        if (whole.isDone() || size > bytesMax) {
          whole.completeExceptionally(ModelSource.tooLarge(what, size, bytesMax));
          return;
        }
        byte[] part = new byte[buffer.remaining()];
        buffer.get(part);
        bytes.writeBytes(part);
      }
    }

    @Override
    public void onError(Throwable failure) {
      whole.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      whole.complete(bytes.toByteArray());
    }
  }
}
