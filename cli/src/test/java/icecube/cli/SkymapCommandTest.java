// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import icecube.dataset.PredictionRow;
import icecube.dataset.PredictionWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What becomes of one prediction on the sky, and of wrong ids, dates and uncertainties. */
final class SkymapCommandTest {
  private static final OptionalDouble NONE = OptionalDouble.empty();

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path predictions;

  @BeforeEach
  void write() {
    predictions = folder.resolve("predictions.parquet");
    PredictionWriter.write(
        predictions,
        List.of(
            row(24, NONE, OptionalDouble.of(0.02), OptionalDouble.of(0.06)),
            row(41, OptionalDouble.of(9), NONE, NONE),
            row(59, NONE, NONE, NONE),
            row(67, NONE, OptionalDouble.of(1.1), OptionalDouble.of(Math.PI)),
            row(72, OptionalDouble.of(Double.NaN), NONE, OptionalDouble.of(1))));
  }

  private static PredictionRow row(
      long eventId, OptionalDouble kappa, OptionalDouble radius50, OptionalDouble radius90) {
    return new PredictionRow(
        eventId, 1.25, 1.9, kappa, radius50, radius90, 61, 61, "direction", "3", "");
  }

  private int execute(String... arguments) {
    CommandLine commandLine = Main.commandLine(Map.of());
    commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    List<String> words = new ArrayList<>(List.of("skymap"));
    words.addAll(Arrays.asList(arguments));
    words.addAll(List.of("--predictions", predictions.toString()));
    words.addAll(List.of("--output", folder.resolve("sky").toString()));
    return commandLine.execute(words.toArray(String[]::new));
  }

  private Path written(String name) {
    return folder.resolve("sky").resolve(name);
  }

  @Test
  void aDateGivesMapPictureAndNotice() throws IOException {
    assertThat(execute("24", "--mjd", "61365.5")).isZero();
    assertThat(out.toString())
        .contains("event                24, model direction 3")
        .contains("time                 2026-11-21T12:00:00.000 UTC (MJD 61365.500000)")
        .contains("RA, Dec (J2000)      ")
        .contains("50 % 1.15 deg, 90 % 3.44 deg; systematic errors not included")
        .contains("sum 1.000000")
        .contains("wrote " + written("skymap_24.fits"));
    assertThat(written("skymap_24.png")).isNotEmptyFile();
    String fits = Files.readString(written("skymap_24.fits"), StandardCharsets.ISO_8859_1);
    assertThat(fits).contains("PROBDENSITY", "'NUNIQ   '", "2026-11-21T12:00:00.000");
    JsonNode notice = new ObjectMapper().readTree(written("notice_24.json").toFile());
    assertThat(notice.get("dec").asDouble()).isCloseTo(Math.toDegrees(1.9) - 90, within(0.15));
    assertThat(notice.get("ra_dec_error").asDouble()).isCloseTo(3.4377, within(1e-4));
    assertThat(notice.get("containment_probability").asDouble()).isEqualTo(0.9);
    assertThat(notice.get("systematic_included").asBoolean(true)).isFalse();
    assertThat(notice.get("alert_type").asText()).isEqualTo("initial");
    assertThat(notice.get("alert_tense").asText()).isEqualTo("test");
    assertThat(notice.get("trigger_time").asText()).isEqualTo("2026-11-21T12:00:00.000Z");
    assertThat(notice.get("healpix_url").asText())
        .isEqualTo(written("skymap_24.fits").toUri().toString());
    assertThat(notice.has("p_astro")).isFalse();
  }

  @Test
  void theSameMomentWrittenOtherwiseIsTheSameMap() throws IOException {
    assertThat(execute("24", "--mjd", "61365.5")).isZero();
    byte[] one = Files.readAllBytes(written("skymap_24.fits"));
    assertThat(execute("24", "--time", "2026-11-21T13:00:00+01:00")).isZero();
    assertThat(Files.readAllBytes(written("skymap_24.fits"))).isEqualTo(one);
  }

  @Test
  void withoutADateTheMapIsTheDetectors() throws IOException {
    assertThat(execute("41")).isZero();
    assertThat(out.toString())
        .contains("unknown: the map is in detector coordinates (--mjd or --time gives RA, Dec)")
        .contains("azimuth, zenith      71.6197 deg, 108.8620 deg")
        .contains("kappa 9.000 (von Mises-Fisher)")
        .doesNotContain("RA, Dec (J2000)");
    assertThat(Files.readString(written("skymap_41.fits"), StandardCharsets.ISO_8859_1))
        .contains("'DETECTOR'");
    assertThat(written("notice_41.json")).doesNotExist();
  }

  @Test
  void scriptsReadJson() throws IOException {
    assertThat(execute("24", "--json", "--mjd", "60000")).isZero();
    JsonNode report = new ObjectMapper().readTree(out.toString());
    assertThat(report.get("radius50Degrees").asDouble()).isCloseTo(1.1459, within(1e-3));
    assertThat(report.get("area50SquareDegrees").asDouble()).isCloseTo(4.125, within(0.05));
    assertThat(report.get("total").asDouble()).isCloseTo(1, within(1e-9));
    assertThat(report.get("files")).hasSize(3);
  }

  @Test
  void aCeilingOf180DegreesIsToldAndNotDrawn() {
    assertThat(execute("67")).isZero();
    assertThat(out.toString()).contains("radius50 alone").contains("radius90 180.00 deg leaves");
  }

  @ParameterizedTest
  @CsvSource({
    "59, 'event 59: kappa none, radius50 none, radius90 none'",
    "72, 'event 72: kappa NaN, radius50 none, radius90 1.0'"
  })
  void aPredictionWithoutUncertaintyNamesWhatGivesOne(String event, String message) {
    assertThat(execute(event)).isEqualTo(ExitCode.INPUT.code());
    assertThat(err.toString()).contains(message).contains("--model direction");
    assertThat(folder.resolve("sky")).doesNotExist();
  }

  @Test
  void anUnknownEventNamesSomeThatAreThere() {
    assertThat(execute("7")).isEqualTo(ExitCode.USAGE.code());
    assertThat(err.toString())
        .contains("EVENT: 7 is not in " + predictions)
        .contains("such as 24, 41, 59");
  }

  @ParameterizedTest
  @CsvSource({
    "--mjd, 2461366, 'mjd: 2461366.0 (expected: 40587.0..88069.0'",
    "--mjd, NaN, 'mjd: NaN (expected'",
    "--mjd, today, 'today (expected: a number)'",
    "--time, 2026-11-21, 'time: 2026-11-21 (expected: ISO-8601 with a zone'"
  })
  void aWrongDateIsTold(String flag, String value, String message) {
    assertThat(execute("24", flag, value)).isEqualTo(ExitCode.USAGE.code());
    assertThat(err.toString()).contains(message);
  }

  @Test
  void twoDatesAreOneTooMany() {
    assertThat(execute("24", "--mjd", "60000", "--time", "2026-11-21T12:00:00Z"))
        .isEqualTo(ExitCode.USAGE.code());
    assertThat(err.toString()).contains("expected: one of the two");
  }

  @Test
  void aJavaWithoutFontsIsToldAndCostsThePictureAlone() {
    PrintWriter told = new PrintWriter(err);
    assertThat(
            SkymapCommand.picture(
                () -> {
                  throw new NoClassDefFoundError("sun.awt.X11FontManager");
                },
                told))
        .isEmpty();
    told.flush();
    assertThat(err.toString())
        .contains("no picture: java.lang.NoClassDefFoundError")
        .contains("install fontconfig and a font");
  }

  @Test
  void anOutputThatIsAFileIsTold() throws IOException {
    Files.writeString(folder.resolve("sky"), "");
    assertThat(execute("24")).isEqualTo(ExitCode.OUTPUT.code());
    assertThat(err.toString()).contains("choose another --output");
  }
}
