// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import icecube.modelserver.HttpFiles.BoundedBody;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The bounds of a file read over HTTP. */
final class HttpFilesTest {
  private final HttpFiles http = new HttpFiles(Duration.ofSeconds(20));

  @Test
  void aFileOfTheLargestSizeIsReadAndAByteMoreIsRefused() throws IOException {
    try (var server = new CannedHttp()) {
      server.put("/file", new byte[100_000]);

      assertThat(http.get(server.uri().resolve("/file"), Map.of(), "file", 100_000).body())
          .hasSize(100_000);
      assertThatThrownBy(() -> http.get(server.uri().resolve("/file"), Map.of(), "file", 99_999))
          .isInstanceOf(PredictorException.class)
          .hasMessageStartingWith("file: ")
          .hasMessageEndingWith(" bytes (expected: at most 99999)");
    }
  }

  @Test
  void aRedirectIsNotFollowed() throws IOException {
    try (var server = new CannedHttp()) {
      server.put("/here", 307, server.uri() + "/there");
      server.put("/there", 200, "secret");

      var answer = http.get(server.uri().resolve("/here"), Map.of(), "file", 100);

      assertThat(answer.status()).isEqualTo(307);
      assertThat(answer.isOk()).isFalse();
    }
  }

  @Test
  void aServerThatStopsInTheMiddleIsGivenUp() throws IOException {
    var impatient = new HttpFiles(Duration.ofMillis(300));
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var begun = new Thread(() -> beginAnAnswer(socket), "test-stalls");
      begun.start();
      var uri = URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/file");

      assertThatThrownBy(() -> impatient.get(uri, Map.of(), "file", 100))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("file from 127.0.0.1:" + socket.getLocalPort())
          .hasMessageContaining("not whole after PT0.3S");
    }
  }

  @SuppressWarnings("StreamResourceLeak") // the connection ends with the test's socket
  private static void beginAnAnswer(ServerSocket socket) {
    try (var connection = socket.accept()) {
      connection
          .getOutputStream()
          .write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n1".getBytes(StandardCharsets.UTF_8));
      while (connection.getInputStream().read() >= 0) {
        // until the other side gives up
      }
    } catch (IOException e) {
      // the other side gave up
    }
  }

  @Test
  void nobodyThereIsSaidWithTheAddress() throws IOException {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }

    assertThatThrownBy(
            () -> http.get(URI.create("http://127.0.0.1:" + port), Map.of(), "list", 100))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("list from 127.0.0.1:" + port + ": ")
        .hasMessageContaining("expected: an answer");
  }

  @Test
  void anErrorIsToldWithItsNameAlone() throws IOException {
    var code = Pattern.compile("<Code>(\\w{1,64})</Code>");
    try (var server = new CannedHttp()) {
      server.put("/named", 500, "one <Code>Broken</Code> two");
      server.put("/not", 500, "one two");

      assertThat(http.get(server.uri().resolve("/named"), Map.of(), "file", 100).problem(code))
          .isEqualTo("status 500, Broken");
      assertThat(http.get(server.uri().resolve("/not"), Map.of(), "file", 100).problem(code))
          .isEqualTo("status 500");
    }
  }

  @Test
  void ofALongErrorTheBeginningIsKept() throws IOException {
    try (var server = new CannedHttp()) {
      server.put("/file", 404, "x".repeat(1 << 20));

      var answer = http.get(server.uri().resolve("/file"), Map.of(), "file", 10);

      assertThat(answer.isMissing()).isTrue();
      assertThat(answer.body()).hasSize(HttpFiles.ERROR_BYTES_MAX);
    }
  }

  @Test
  void aFileOfToldLengthIsAllocatedOnceAndOneWithoutGrows() throws Exception {
    int size = 32 << 20;
    collected(1 << 20, OptionalLong.empty()); // what is loaded and allocated only once

    long once = allocatedBytes(() -> collected(size, OptionalLong.of(size)));

    assertThat(once).isBetween((long) size, size + size / 4L);
    assertThat(collected(size, OptionalLong.empty())).hasSize(size);
  }

  @Test
  void aLengthBeyondTheLimitAllocatesNothing() throws Exception {
    long bytes =
        allocatedBytes(
            () -> new BoundedBody("file", told(OptionalLong.of(1L << 40)), Integer.MAX_VALUE));

    assertThat(bytes).isLessThan(1 << 20);
  }

  /** The body of {@code size} bytes that come in parts of 16 KiB. */
  private static byte[] collected(int size, OptionalLong told) throws Exception {
    var body = new BoundedBody("file", told(told), size);
    byte[] part = new byte[16 << 10];
    for (int at = 0; at < size; at += part.length) {
      body.onNext(List.of(ByteBuffer.wrap(part)));
    }
    body.onComplete();
    return body.getBody().toCompletableFuture().get();
  }

  private static long allocatedBytes(Callable<?> work) throws Exception {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThat(work.call()).isNotNull();
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  private static HttpResponse.ResponseInfo told(OptionalLong length) {
    return new HttpResponse.ResponseInfo() {
      @Override
      public int statusCode() {
        return 200;
      }

      @Override
      public HttpHeaders headers() {
        Map<String, List<String>> headers =
            length.isEmpty()
                ? Map.of()
                : Map.of("content-length", List.of(String.valueOf(length.getAsLong())));
        return HttpHeaders.of(headers, (name, value) -> true);
      }

      @Override
      public HttpClient.Version version() {
        return HttpClient.Version.HTTP_1_1;
      }
    };
  }
}
