// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import icecube.chassis.ServerSettings;
import icecube.modelserver.ModelServer;
import icecube.modelserver.ModelServerSettings;
import icecube.otel.Telemetry;
import icecube.physics.IceCube86;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What a person gets who loads a server, ours here, from the command line. */
@Timeout(120)
final class LoadCommandTest {
  private static ModelServer server;

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void serve() {
    var settings = ServerSettings.onLoopback(0).withDrain(Duration.ZERO, Duration.ZERO);
    server =
        ModelServer.start(ModelServerSettings.at(settings, IceCube86.geometry()), Telemetry.off());
  }

  @AfterAll
  static void close() {
    server.close();
  }

  /** Runs the command with the words of {@code line} and {@code more}, which may hold spaces. */
  private int load(String line, String... more) {
    CommandLine commandLine = Main.commandLine(Map.of());
    commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    List<String> words = new ArrayList<>(List.of("load"));
    words.addAll(List.of(line.split(" ", -1)));
    words.addAll(List.of(more));
    if (!words.contains("--target")) {
      words.addAll(List.of("--target", "127.0.0.1:" + server.port()));
    }
    return commandLine.execute(words.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({"infer", "infer_stream", "predict", "predict_stream"})
  void aClosedLoopAnswersEveryRequest(String protocol) throws IOException {
    int code =
        load("--requests 200 --items 4 --concurrency 4 --warm-up 0 --json --protocol", protocol);

    assertThat(code).as(err.toString()).isZero();
    JsonNode report = new ObjectMapper().readTree(out.toString());
    assertThat(report.get("requests").asLong()).isEqualTo(200);
    assertThat(report.get("statuses").get("OK").asLong()).isEqualTo(200);
    assertThat(report.get("itemsRefused").asLong()).isZero();
    assertThat(report.get("itemsPerSecond").asDouble()).isPositive();
    assertThat(report.get("latency").get("p99Millis").asDouble()).isPositive();
    assertThat(report.get("server").get("itemsPerRun").asDouble()).isPositive();
    assertThat(report.get("pace").asText()).isEqualTo("closed loop, 4 in flight");
  }

  @Test
  void anOpenLoopKeepsItsRate() {
    int code = load("--rate 200 --arrivals fixed --duration 1 --warm-up 0 --protocol predict");

    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("Predict of line-fit")
        .contains("open loop, 200.0 requests/s, fixed gaps")
        .containsPattern("200 in \\d+\\.\\d s: 200 OK")
        .contains("latency")
        .contains("send delay");
  }

  @Test
  void aRecordedPaceIsReplayed() throws IOException {
    Path times = folder.resolve("times");
    Files.writeString(times, "12.5\n12.51\n\n12.52\n");

    int code = load("--warm-up 0 --protocol predict --replay-times", times.toString());

    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString()).containsPattern("3 in \\d+\\.\\d s: 3 OK");
  }

  @Test
  void theCsvHasAValueForEveryName() {
    assertThat(load("--requests 5 --warm-up 0 --protocol predict --csv")).isZero();
    String[] lines = out.toString().split("\n", -1);
    assertThat(lines).hasSize(3);
    assertThat(lines[0]).startsWith("target,model,protocol,pace,").contains("latency_p99_ms");
    assertThat(lines[1].replaceAll("\"[^\"]*\"", "").split(",", -1))
        .hasSameSizeAs(lines[0].split(",", -1));
  }

  @Test
  void aRunWithoutOneSuccessFails() {
    int code = load("--model nix --requests 5 --warm-up 0 --protocol predict");

    assertThat(code).isEqualTo(5);
    assertThat(out.toString()).contains("5 NOT_FOUND");
  }

  @Test
  void aModelThatTheServerLacksIsNamed() {
    assertThat(load("--model nix")).isEqualTo(5);
    assertThat(err.toString()).contains("model: nix has no metadata");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--concurrency 0 | concurrency: 0 (expected: 1..65536)",
        "--concurrency 4 --rate 3 | several (expected: one of the three)",
        "--rate 0 | rate: 0.0 (expected: above 0",
        "--items 0 | items: 0 (expected: 1..65536)",
        "--rows 0 | rows: 0 (expected: 1..",
        "--rows-min 9 --rows-max 8 | rows-min: 9",
        "--shape x | --shape: x (expected: NAME:D,D,...)",
        "--timeout 0 | --timeout: 0.0 (expected: above 0",
        "--duration NaN | --duration: NaN (expected: 0..86400 seconds)",
        "--duration 0 | duration: PT0S (expected: above 0",
        "--requests 0 | requests: 0 (expected: at least 1)",
        "--connections 0 | connections: 0 (expected: 1..1024)",
        "--json --csv | --json with --csv (expected: one of the two)",
        "--tls-ca /nowhere | --tls-ca: /nowhere cannot be read",
        "--tls-ca /nowhere --token-file /nowhere | --tls-ca: /nowhere cannot be read",
        "--tls --token-file /nowhere | --token-file: /nowhere cannot be read",
        "--tls --token-file /dev/null | --token-file: /dev/null is empty",
        "--token-file /dev/null | without TLS (expected: --tls-ca or --tls, too)",
        "--tls-cert a --tls-key b | without TLS (expected: --tls-ca or --tls, too)",
        "--tls --tls-cert a | --tls-cert and --tls-key: one of them alone",
        "--tls --tls-cert /nowhere --tls-key b | --tls-cert: /nowhere cannot be read",
        "--target nowhere | --target: nowhere (expected: HOST:PORT)",
      })
  void whatMakesNoSenseIsAUsageErrorThatNamesIt(String line, String message) {
    assertThat(load(line)).isEqualTo(2);
    assertThat(err.toString()).contains(message);
  }

  @Test
  void timesThatAreNoneAreAnInputError() throws IOException {
    Path times = folder.resolve("times");
    Files.writeString(times, "soon\n");
    assertThat(load("--replay-times", times.toString())).isEqualTo(3);
    assertThat(err.toString()).contains("--replay-times: ").contains("seconds, one a line");
  }
}
