// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.emitter.EmissionSummary;
import icecube.emitter.EmissionSummary.Outcome;
import icecube.v1.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person sees who types something, right or wrong. */
final class CommandLineTest extends CommandFixture {
  private static final String ONE_EVENT =
      "event_id,sensor_id,time,charge,auxiliary\n1,5,100,1.0,False\n";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run",
        "simulate",
        "prepare",
        "score",
        "emit",
        "consume",
        "serve",
        "registry",
        "sink",
        "doctor",
        "load",
        "evaluate",
        "skymap",
        "inspect",
        "reconcile",
        "redrive",
        "trim",
        "load-functions"
      })
  void everyCommandHelpsWithAnExampleAndItsExitCodes(String command) {
    assertThat(execute(command, "--help")).isZero();
    assertThat(out.toString())
        .contains("Usage: icecube " + command)
        .contains("Example")
        .contains("./icecube " + command)
        .contains("Exit codes");
  }

  @Test
  void noCommandIsAUsageErrorThatListsTheCommands() {
    assertThat(execute()).isEqualTo(2);
    assertThat(err.toString()).contains("command: none").contains("run").contains("reconcile");
  }

  @Test
  void aMisspeltCommandIsAnsweredWithASuggestion() {
    assertThat(execute("rnu")).isEqualTo(2);
    assertThat(err.toString()).contains("rnu").contains("run");
  }

  @Test
  void aWrongFlagIsAnsweredWithASuggestion() {
    assertThat(execute("run", "--event", "5")).isEqualTo(2);
    assertThat(err.toString()).contains("--event").contains("--events");
  }

  @Test
  void aWrongNumberNamesFlagAndValue() {
    assertThat(execute("run", "--events", "many")).isEqualTo(2);
    assertThat(err.toString()).contains("--events").contains("many (expected: a whole number)");
  }

  @Test
  void aWrongNumberInTheEnvironmentNamesItsVariable() {
    assertThat(execute(Map.of("ICECUBE_EVENTS", "many"), "run")).isEqualTo(2);
    assertThat(err.toString()).contains("it is set by ICECUBE_EVENTS");
  }

  @ParameterizedTest
  @ValueSource(strings = {"serve --port", "registry --port", "consume --management-port"})
  void aPortOutOfRangeIsAUsageError(String command) {
    String[] words = command.split(" ", 2);
    assertThat(execute(words[0], words[1], "65536")).isEqualTo(2);
    assertThat(err.toString()).contains(words[1] + ": 65536 (expected: 0..65535)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"consume --model-server", "serve --registry"})
  void aTargetWithoutAPortIsAUsageError(String command) {
    String[] words = command.split(" ", 2);
    assertThat(execute(words[0], words[1], "somewhere")).isEqualTo(2);
    assertThat(err.toString()).contains(words[1] + ": somewhere (expected: HOST:PORT)");
  }

  @Test
  void aModelFolderThatIsNotThereIsAUsageError() {
    assertThat(execute("serve", "--port", "0", "--models", "/nowhere")).isEqualTo(2);
    assertThat(err.toString()).contains("--models: /nowhere");
    assertThat(execute("serve", "--port", "0", "--models", "s3://UP")).isEqualTo(2);
    assertThat(err.toString()).contains("--models: bucket: UP (expected: ");
    assertThat(execute("serve", "--port", "0", "--models-poll", "0.01")).isEqualTo(2);
    assertThat(err.toString()).contains("--models-poll: PT0.01S (expected: 0, or PT0.1S..PT24H)");
    assertThat(execute("serve", "--port", "0", "--device", "tpu")).isEqualTo(2);
    assertThat(err.toString()).contains("--device: tpu (expected: cpu or gpu)");
  }

  @Test
  void rateAndReplayExcludeEachOther() {
    assertThat(execute("emit", "--events", "5", "--rate", "10", "--replay")).isEqualTo(2);
    assertThat(err.toString()).contains("--replay 1.0 with --rate 10.0 (expected: one of the two)");
  }

  @Test
  void aReplayThatStandsStillIsAUsageError() {
    assertThat(execute("emit", "--events", "5", "--replay", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--replay: 0.0 (expected: above 0)");
  }

  @Test
  void anInputWithoutTriggerTimesIsNotReplayed() throws IOException {
    Files.writeString(folder.resolve("batch_1.csv"), ONE_EVENT);
    assertThat(execute("emit", "--input", folder.toString(), "--replay")).isEqualTo(3);
    assertThat(err.toString())
        .contains("--replay: the input has no trigger times")
        .contains("trigger_time_ns")
        .contains("--rate");
  }

  @Test
  void severalInputsAreTakenAtOnceOrOneByOne() throws IOException {
    Files.writeString(folder.resolve("batch_1.csv"), ONE_EVENT);
    String file = folder.resolve("batch_1.csv").toString();
    assertThat(execute("emit", "--input", file, folder.toString())).isEqualTo(3);
    assertThat(err.toString()).contains("given twice (expected: once)");
    assertThat(execute("emit", "--input", file, "--input", "/nowhere/at/all")).isEqualTo(3);
    assertThat(err.toString()).contains("/nowhere/at/all");
  }

  @Test
  void theSummaryNamesWhatWasRefusedAndWhy() {
    Map<Reason, Long> rejections =
        Map.of(Reason.REASON_SENSOR_UNKNOWN, 2_000L, Reason.REASON_EVENT_EMPTY, 1L);
    assertThat(EmitCommand.refusals(summary(rejections)))
        .isEqualTo("2,001 refused (1 EVENT_EMPTY, 2,000 SENSOR_UNKNOWN)");
    assertThat(EmitCommand.refusals(summary(Map.of()))).isEqualTo("0 refused");
  }

  private static EmissionSummary summary(Map<Reason, Long> rejections) {
    return new EmissionSummary(Outcome.COMPLETE, 5_000, rejections, 160, 0, Duration.ZERO);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-5"})
  void aCountThatMakesNoSenseNamesTheExpectation(String events) {
    assertThat(execute("run", "--events", events)).isEqualTo(2);
    assertThat(err.toString()).contains("--events: " + events).contains("expected");
  }

  @Test
  void inputAndEventsExcludeEachOther() {
    assertThat(execute("run", "--input", "x", "--events", "5")).isEqualTo(2);
    assertThat(err.toString()).contains("--input").contains("--events");
  }

  @Test
  void anUnknownVariableIsAnErrorWithASuggestion() {
    assertThat(execute(Map.of("ICECUBE_REDDIS", "redis://x"), "reconcile")).isEqualTo(2);
    assertThat(err.toString()).contains("ICECUBE_REDDIS").contains("did you mean ICECUBE_REDIS?");
  }

  @Test
  void aVariableSetsAFlagAndTheFlagWins() {
    Map<String, String> environment = Map.of("ICECUBE_EVENTS", "-1");
    assertThat(execute(environment, "run")).isEqualTo(2);
    assertThat(err.toString()).contains("--events: -1");
    err.getBuffer().setLength(0);
    assertThat(execute(environment, "run", "--events", "-2")).isEqualTo(2);
    assertThat(err.toString()).contains("--events: -2");
  }

  @Test
  void aMissingInputFolderIsAnInputError() {
    assertThat(execute("run", "--input", "/nowhere/at/all")).isEqualTo(3);
    assertThat(err.toString()).contains("/nowhere/at/all");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "consume --window-entries 0",
        "consume --window-bytes 0",
        "consume --streams-per-server 65",
        "consume --lease NaN",
        "consume --lease 0.01",
        "consume --drain -1",
        "consume --drain 21",
        "redrive --reason MADE_UP",
        "redrive --event-id seven",
        "inspect --watch 0",
        "inspect --watch NaN",
        "trim --entries-max 0",
        "reconcile --wait -1",
        "reconcile --wait NaN"
      })
  void aValueThatMakesNoSenseIsAUsageErrorThatNamesIt(String line) {
    String[] words = line.split(" ", 3);
    assertThat(execute(words)).isEqualTo(2);
    assertThat(err.toString())
        .contains(words[1].substring(2))
        .contains(words[2])
        .contains("expected");
  }

  @ParameterizedTest
  @ValueSource(strings = {"registry", "doctor"})
  void anExpectationThatCannotBeMetIsNamed(String command) {
    String kinds = "KIND=N, KIND one of consumer, emitter, model-server, registry, sink)";
    String counts = "KIND=N, N in 1..1024)";
    Map<String, String> expectations =
        Map.of(
            "sever=1", kinds,
            "=x", kinds,
            "=-1", kinds,
            "consumer=x", counts,
            "consumer=-1", counts,
            "consumer=0", counts,
            "consumer=1025", counts,
            "consumer", counts,
            "consumer=1,sink=1,consumer=2", "each kind once)");
    expectations.forEach(
        (word, expectation) -> {
          err.getBuffer().setLength(0);
          String named = word.substring(word.lastIndexOf(',') + 1);
          assertThat(execute(command, "--expect", word)).as(word).isEqualTo(2);
          assertThat(err.toString())
              .contains("--expect: " + named + " (expected: " + expectation)
              .hasLineCount(1);
        });
  }

  @Test
  void aReasonThatIsNoneIsAnsweredWithThoseThereAre() {
    assertThat(execute("redrive", "--reason", "CRASH-LOOP,NAN")).isEqualTo(2);
    assertThat(err.toString())
        .contains("--reason: NAN")
        .contains("CRASH_LOOP, ENTRY_UNREADABLE, EVENT_EMPTY");
  }
}
