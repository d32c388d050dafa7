// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A command that makes a file of every batch of a folder, and what it is given. */
abstract class BatchCommandFixture extends CommandFixture {
  private static final String HEADER = "event_id,sensor_id,time,charge,auxiliary\n";

  /** Runs it from {@link #input()} to {@link #output()}, with more flags. */
  final int execute(String command, List<String> more) {
    List<String> words =
        new ArrayList<>(
            List.of(command, "--input", input().toString(), "--output", output().toString()));
    words.addAll(more);
    return execute(words.toArray(String[]::new));
  }

  final Path input() {
    return folder.resolve("input");
  }

  final Path output() {
    return folder.resolve("output");
  }

  /** What it printed with {@code --json}; the next summary stands alone again. */
  final JsonNode summary() throws IOException {
    JsonNode summary = new ObjectMapper().readTree(out.toString());
    out.getBuffer().setLength(0);
    return summary;
  }

  /** Writes a batch of these rows. */
  final void batch(int id, String rows) throws IOException {
    Files.createDirectories(input());
    Files.writeString(input().resolve("batch_" + id + ".csv"), HEADER + rows);
  }

  /** Writes batches of simulated events. */
  final void simulate(int events, int batchEvents) {
    assertThat(
            execute(
                "simulate",
                "--events",
                "" + events,
                "--batch-events",
                "" + batchEvents,
                "--output",
                input().toString()))
        .isZero();
    out.getBuffer().setLength(0);
  }
}
