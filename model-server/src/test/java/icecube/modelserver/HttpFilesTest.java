// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
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
  void theTextOfAnErrorIsOneShortLine() throws IOException {
    try (var server = new CannedHttp()) {
      server.put("/file", 500, "one\n two" + "x".repeat(1_000));

      var answer = http.get(server.uri().resolve("/file"), Map.of(), "file", 10_000);

      assertThat(answer.text()).startsWith("one twox").hasSize(300);
    }
  }
}
