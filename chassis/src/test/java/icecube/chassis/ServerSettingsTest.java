// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ServerSettingsTest {
  @Test
  void listensOnLoopbackUnlessToldOtherwise() {
    assertThat(ServerSettings.onLoopback(0).host()).isEqualTo("127.0.0.1");
    assertThat(ServerSettings.at("0.0.0.0", 5001).port()).isEqualTo(5001);
  }

  @Test
  void limitsEverything() {
    ServerSettings settings = ServerSettings.onLoopback(0);

    assertThat(settings.eventLoopCount()).isBetween(1, 8);
    assertThat(settings.callsPerConnectionMax()).isEqualTo(128);
    assertThat(settings.resetsPerWindowMax()).isEqualTo(200);
    assertThat(settings.resetWindow()).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.messageBytesMax()).isEqualTo(16 * 1024 * 1024);
    assertThat(settings.metadataBytesMax()).isEqualTo(8192);
    assertThat(settings.connectionIdle()).isEqualTo(Duration.ofMinutes(5));
    assertThat(settings.connectionAge()).isEqualTo(Duration.ofMinutes(10));
    assertThat(settings.connectionAgeGrace()).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.keepAlivePermitted()).isLessThan(GrpcChannels.KEEP_ALIVE);
    assertThat(settings.handshakeTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.drainDelay()).isZero();
    assertThat(settings.drainTimeout()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void changesOnlyWhatItIsAskedTo() {
    ServerSettings settings =
        ServerSettings.at("0.0.0.0", 5001)
            .withDrain(Duration.ofSeconds(7), Duration.ofSeconds(8))
            .withConnectionAge(Duration.ofSeconds(9), Duration.ofSeconds(1))
            .withMessageBytesMax(4096);

    assertThat(settings.host()).isEqualTo("0.0.0.0");
    assertThat(settings.port()).isEqualTo(5001);
    assertThat(settings.drainDelay()).isEqualTo(Duration.ofSeconds(7));
    assertThat(settings.drainTimeout()).isEqualTo(Duration.ofSeconds(8));
    assertThat(settings.connectionAge()).isEqualTo(Duration.ofSeconds(9));
    assertThat(settings.connectionAgeGrace()).isEqualTo(Duration.ofSeconds(1));
    assertThat(settings.messageBytesMax()).isEqualTo(4096);
    assertThat(settings.metadataBytesMax()).isEqualTo(8192);
  }

  @Test
  void refusesWithTheValueAndTheExpectation() {
    assertThatThrownBy(() -> ServerSettings.at("127.0.0.1", 65_536))
        .hasMessage("port: 65536 (expected: 0..65535)");
    assertThatThrownBy(() -> ServerSettings.at("127.0.0.1", -1))
        .hasMessage("port: -1 (expected: 0..65535)");
    assertThatThrownBy(() -> ServerSettings.at(" ", 0)).hasMessageContaining("host: ");
    assertThatThrownBy(() -> ServerSettings.onLoopback(0).withMessageBytesMax(0))
        .hasMessage("message-bytes-max: 0 (expected: >= 1)");
    assertThatThrownBy(
            () -> ServerSettings.onLoopback(0).withDrain(Duration.ofSeconds(-1), Duration.ZERO))
        .hasMessage("drain-delay: PT-1S (expected: >= PT0S)");
    assertThatThrownBy(
            () ->
                ServerSettings.onLoopback(0)
                    .withConnectionAge(Duration.ZERO, Duration.ofSeconds(1)))
        .hasMessage("connection-age: PT0S (expected: > PT0S)");
  }
}
