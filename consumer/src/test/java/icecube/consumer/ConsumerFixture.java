// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import icecube.otel.Telemetry;
import icecube.stream.ClaimSettings;
import icecube.stream.EventLog;
import icecube.stream.InMemoryEventLog;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/**
 * A log, a model server and consumers between them, closed after each test without a thread left.
 */
@Timeout(60)
abstract class ConsumerFixture {
  static final Duration LEASE = Duration.ofMillis(300);

  final InMemoryEventLog log = new InMemoryEventLog(2);
  final TestStream stream = new TestStream(log);
  final FakeModelServer server = new FakeModelServer();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final List<AutoCloseable> open = new ArrayList<>(List.of(server));

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    Await.until(
        "no thread of the consumer left",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("consumer-")));
  }

  Consumer start(EventLog from, ConsumerSettings settings) {
    var consumer = Consumer.start(from, settings, Telemetry.of(meters));
    open.add(0, consumer);
    return consumer;
  }

  ConsumerSettings settings() {
    return ConsumerSettings.of(List.of(server.target()), "")
        .withClaim(claim())
        .withWaits(Duration.ofSeconds(5), Duration.ofMillis(50), Duration.ofSeconds(5));
  }

  static ClaimSettings claim() {
    return new ClaimSettings(LEASE, 16, 3, 2);
  }

  double retried(String reason) {
    return meters.counter("icecube.consumer.entries.retried", "reason", reason).count();
  }
}
