// SPDX-License-Identifier: Apache-2.0
package icecube.sky;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import icecube.physics.Direction;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import nom.tam.fits.BinaryTableHDU;
import nom.tam.fits.Fits;
import nom.tam.fits.Header;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The file says what the map says; with {@code -Dicecube.python=PYTHON}, a Python with {@code
 * requirements.txt}, astropy and ligo.skymap read it, too.
 */
final class SkyFitsTest {
  private static final Optional<EventTime> TIME = Optional.of(new EventTime(61_365.5));

  @TempDir private Path folder;

  private static SkyMap map(double r50Degrees, double r90Degrees) {
    return SkyMap.of(
        new EventTime(61_365.5).equatorial(Direction.ofAngles(1.25, 1.9)),
        RadialProfile.ofRadii(Math.toRadians(r50Degrees), Math.toRadians(r90Degrees)));
  }

  @Test
  void rowsAndHeaderComeBack() throws Exception {
    SkyMap map = map(0.8, 2.5);
    byte[] bytes = SkyFits.bytes(map, new MapLabel(42, "direction 3", TIME));
    assertThat(bytes.length % 2880).isZero();
    try (Fits fits = new Fits(new ByteArrayInputStream(bytes))) {
      fits.read();
      assertThat(fits.getNumberOfHDUs()).isEqualTo(2);
      BinaryTableHDU table = (BinaryTableHDU) fits.getHDU(1);
      assertThat(table.getNRows()).isEqualTo(map.pixelCount());
      long[] uniques = (long[]) table.getColumn("UNIQ");
      double[] densities = (double[]) table.getColumn("PROBDENSITY");
      for (int i = 0; i < uniques.length; i++) {
        assertThat(uniques[i]).isEqualTo(map.unique(i));
        assertThat(densities[i]).isEqualTo(map.density(i));
      }
      Header header = table.getHeader();
      assertThat(header.getStringValue("ORDERING")).isEqualTo("NUNIQ");
      assertThat(header.getStringValue("COORDSYS")).isEqualTo("C");
      assertThat(header.getStringValue("TUNIT2")).isEqualTo("sr-1");
      assertThat(header.getIntValue("MOCORDER")).isEqualTo(map.orderMax());
      assertThat(header.getStringValue("DATE-OBS")).isEqualTo("2026-11-21T12:00:00.000");
      assertThat(header.getDoubleValue("MJD-OBS")).isEqualTo(61_365.5);
      assertThat(header.getStringValue("OBJECT")).isEqualTo("event 42");
      assertThat(header.getBooleanValue("SYSTEMAT", true)).isFalse();
      assertThat(header.getDoubleValue("RADIUS90")).isCloseTo(2.5, within(1e-9));
      assertThat(header.getStringValue("RADESYS")).isEqualTo("ICRS");
      assertThat(header.getDoubleValue("DEC"))
          .isCloseTo(Math.toDegrees(map.center().latitudeRad()), within(1e-9));
    }
  }

  @Test
  void theSameMapGivesTheSameBytes() {
    MapLabel label = new MapLabel(42, "direction 3", TIME);
    assertThat(Arrays.equals(SkyFits.bytes(map(5, 15), label), SkyFits.bytes(map(5, 15), label)))
        .isTrue();
  }

  @Test
  void withoutADateNothingLooksCelestial() {
    byte[] bytes = SkyFits.bytes(map(5, 15), new MapLabel(42, "direction 3", Optional.empty()));
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    assertThat(text)
        .contains("COORDSYS= 'DETECTOR'")
        .doesNotContain("DATE-OBS", "MJD-OBS", "RADESYS");
    assertThat(text).doesNotContain("RA      =", "DEC     =");
  }

  /** One Python for all maps: to load its libraries takes longer than to read. */
  @Test
  void astropyAndLigoSkymapAgree() throws Exception {
    String python = System.getProperty("icecube.python.sky", "");
    Assumptions.assumeFalse(
        python.isEmpty(), "SKIPPED: astropy and ligo.skymap (give -Dicecube.python.sky=PYTHON)");
    List<SkyMap> maps = List.of(map(0.3, 1), map(4, 9), map(20, 90));
    List<String> words = new ArrayList<>();
    for (SkyMap map : maps) {
      Path file = folder.resolve("m" + words.size() + ".fits");
      words.add(Files.write(file, SkyFits.bytes(map, new MapLabel(1, "m", TIME))).toString());
      words.add(String.valueOf(Math.toDegrees(edge(map).longitudeRad())));
      words.add(String.valueOf(Math.toDegrees(edge(map).latitudeRad())));
    }
    List<double[]> answers = ask(python, words);
    assertThat(answers).hasSameSizeAs(maps);
    for (int i = 0; i < maps.size(); i++) {
      SkyMap map = maps.get(i);
      double[] said = answers.get(i);
      assertThat(said[0]).isCloseTo(1, within(1e-6));
      assertThat(said[1] / map.areaSquareDegrees(0.5)).isCloseTo(1, within(1e-3));
      assertThat(said[2] / map.areaSquareDegrees(0.9)).isCloseTo(1, within(1e-3));
      assertThat(said[3]).isCloseTo(0.9, within(0.02));
      assertThat(said[4]).isCloseTo(map.densityAt(edge(map)), within(1e-9 * said[4]));
      assertThat(said[5]).isEqualTo(61_365.5);
    }
  }

  /** A place on the circle that holds 90 %. */
  private static SkyPoint edge(SkyMap map) {
    return map.center().at(map.profile().radiusRad(0.9), 1);
  }

  private static List<double[]> ask(String python, List<String> words) throws Exception {
    String basedir = System.getProperty("basedir", ".");
    List<String> command = new ArrayList<>();
    command.add(python);
    command.add(Path.of(basedir, "src/test/python/fits_check.py").toString());
    command.addAll(words);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).as(output).isZero();
    List<String> lines = output.lines().toList();
    return lines.subList(Math.max(0, lines.size() - words.size() / 3), lines.size()).stream()
        .map(line -> Arrays.stream(line.split(" ", -1)).mapToDouble(Double::parseDouble).toArray())
        .toList();
  }
}
