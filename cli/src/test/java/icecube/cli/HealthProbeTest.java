// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class HealthProbeTest {
  @Test
  void aReadyServiceIsHealthy() throws IOException {
    assertThat(probeServiceThatAnswers(200)).isZero();
  }

  @Test
  void aServiceThatIsNotReadyIsUnhealthy() throws IOException {
    assertThat(probeServiceThatAnswers(503)).isEqualTo(1);
  }

  @Test
  void aPortThatNobodyListensOnIsUnhealthy() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }

    assertThat(HealthProbe.probe("127.0.0.1:" + port)).isEqualTo(1);
  }

  @Test
  void aPortBeyondThoseThatExistIsUnhealthy() {
    assertThat(HealthProbe.probe("127.0.0.1:99999")).isEqualTo(1);
  }

  @Test
  void anythingButOneHostAndPortIsWrongUsage() {
    assertThat(HealthProbe.probe()).isEqualTo(2);
    assertThat(HealthProbe.probe("9470")).isEqualTo(2);
    assertThat(HealthProbe.probe(":9470")).isEqualTo(2);
    assertThat(HealthProbe.probe("127.0.0.1:management")).isEqualTo(2);
    assertThat(HealthProbe.probe("127.0.0.1:9470", "127.0.0.1:9471")).isEqualTo(2);
  }

  private static int probeServiceThatAnswers(int status) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/health/ready",
        exchange -> {
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
    try {
      return HealthProbe.probe("127.0.0.1:" + server.getAddress().getPort());
    } finally {
      server.stop(0);
    }
  }
}
