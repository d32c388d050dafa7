// SPDX-License-Identifier: Apache-2.0
package icecube.sinks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server whose answer about an experiment is right, and of any length. */
@Timeout(60)
final class MlflowRunsTest {
  private static final String ANSWER = "{\"experiment\":{\"experiment_id\":\"7\"}}";

  private HttpServer server;
  private MlflowRuns runs;
  private volatile int answerBytes;

  @SuppressWarnings("NullAway.Init")
  MlflowRunsTest() {}

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
    server.createContext("/", this::answer);
    server.start();
    String uri = "http://127.0.0.1:" + server.getAddress().getPort();
    runs = new MlflowRuns(MlflowServer.of(uri, Map.of()));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void answerIsReadUpToItsLimitAndNoFurther() throws IOException {
    answerBytes = MlflowRuns.REPLY_BYTES_MAX;
    assertThat(runs.experiment("x")).isEqualTo("7");

    answerBytes = MlflowRuns.REPLY_BYTES_MAX + 1;
    assertThatThrownBy(() -> runs.experiment("x"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("experiments/get-by-name: not JSON (expected: what MLflow answers)");
  }

  /** The closing brace is the last byte; blanks before it. */
  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      int blanks = answerBytes - ANSWER.length();
      String text = ANSWER.substring(0, ANSWER.length() - 1) + " ".repeat(blanks) + "}";
      exchange.sendResponseHeaders(200, answerBytes);
      exchange.getResponseBody().write(text.getBytes(US_ASCII));
    }
  }
}
