// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import icecube.stream.EmbeddedRedis;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a service writes to standard error, as whoever collects logs reads it. */
@Timeout(120)
final class ServiceLogIT {
  @TempDir private Path folder;

  @Test
  void everyLineOfAServiceIsOneFlatObjectThatSaysWhoLogs() throws Exception {
    Path log = folder.resolve("log");
    try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"));
        ServiceProcess consumer =
            ServiceProcess.start(
                log, "consume", "--redis", redis.uri(), "--model-server", "127.0.0.1:1")) {
      consumer.awaitAnnounced();
      consumer.terminate();
      consumer.await(60);
    }

    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(log)) {
      lines.add(new ObjectMapper().readTree(line));
    }
    assertThat(lines)
        .hasSizeGreaterThanOrEqualTo(2)
        .allSatisfy(
            line -> {
              assertThat(line)
                  .as("%s", line)
                  .allMatch(JsonNode::isValueNode)
                  .hasSizeGreaterThanOrEqualTo(5);
              assertThat(line.get("timestamp").asText()).endsWith("Z");
              assertThat(line.get("service").asText()).isEqualTo("consumer");
            });
    assertThat(lines)
        .filteredOn(line -> line.get("message").asText().equals("consumer stopped"))
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.get("instance").asText()).startsWith("consumer-");
              assertThat(line.get("level").asText()).isEqualTo("INFO");
              assertThat(line.get("consumer").asText()).isNotEmpty();
            });
  }
}
