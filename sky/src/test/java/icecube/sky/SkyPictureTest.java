// SPDX-License-Identifier: Apache-2.0
package icecube.sky;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** The picture shows the map where its projections put it. */
final class SkyPictureTest {
  private static final long SEED = Long.getLong("icecube.seed", 3);

  @Test
  void projectionsUndoThemselves() {
    SplittableRandom random = new SplittableRandom(SEED);
    Projection zoom = new Projection.Zoom(new SkyPoint(1, -0.7), 2);
    Projection sky = new Projection.Mollweide();
    for (int i = 0; i < 1000; i++) {
      double x = random.nextDouble(-0.7, 0.7);
      double y = random.nextDouble(-0.7, 0.7);
      for (Projection projection : new Projection[] {zoom, sky}) {
        double[] place = projection.placeOf(projection.pointAt(x, y).orElseThrow());
        assertThat(place[0]).as("-Dicecube.seed=%d", SEED).isCloseTo(x, within(1e-6));
        assertThat(place[1]).as("-Dicecube.seed=%d", SEED).isCloseTo(y, within(1e-6));
      }
    }
  }

  @Test
  void longitudeGrowsToTheLeft() {
    Projection sky = new Projection.Mollweide();
    assertThat(sky.placeOf(new SkyPoint(Math.PI + 1, 0))[0]).isNegative();
    assertThat(sky.placeOf(new SkyPoint(Math.PI, 0))[0]).isZero();
    assertThat(sky.placeOf(new SkyPoint(Math.PI, Math.PI / 2))[1]).isCloseTo(1, within(1e-6));
    SkyPoint center = new SkyPoint(0.1, 0.2);
    Projection zoom = new Projection.Zoom(center, 0.1);
    assertThat(zoom.placeOf(new SkyPoint(0.15, 0.2))[0]).isNegative();
    assertThat(zoom.placeOf(new SkyPoint(0.1, 0.25))[1]).isCloseTo(0.5, within(1e-9));
    assertThat(Math.hypot(zoom.placeOf(center)[0], zoom.placeOf(center)[1])).isZero();
  }

  @Test
  void mollweideKeepsAreas() {
    SplittableRandom random = new SplittableRandom(SEED);
    int north = 0;
    int seen = 0;
    for (int i = 0; i < 200_000; i++) {
      var point =
          new Projection.Mollweide().pointAt(random.nextDouble(-1, 1), random.nextDouble(-1, 1));
      if (point.isPresent()) {
        seen++;
        north += point.get().latitudeRad() > Math.PI / 6 ? 1 : 0; // a quarter of the sphere
      }
    }
    assertThat((double) north / seen).isCloseTo(0.25, within(0.01));
  }

  @Test
  void theDarkestPlaceIsTheBestDirection() throws IOException {
    SkyMap map = SkyMap.of(new SkyPoint(Math.PI, 0), RadialProfile.ofKappa(20));
    MapLabel label = new MapLabel(7, "direction 1", Optional.of(new EventTime(60_000)));
    BufferedImage image = read(SkyPicture.png(map, label));
    assertThat(image.getWidth()).isEqualTo(1500);
    // Beside the cross in the middle of the whole sky, and near its left end.
    assertThat(brightness(image, 490 + 12, 305 + 12)).isLessThan(120);
    assertThat(brightness(image, 50 + 25, 305 + 9)).isGreaterThan(230);
  }

  @Test
  void everyKindOfMapCanBeDrawn() throws IOException {
    for (double kappa : new double[] {0, 3, 1e6}) {
      for (double latitude : new double[] {-Math.PI / 2, 0.3, 1.5}) {
        SkyMap map = SkyMap.of(new SkyPoint(0, latitude), RadialProfile.ofKappa(kappa));
        byte[] png = SkyPicture.png(map, new MapLabel(7, "direction 1", Optional.empty()));
        assertThat(read(png).getHeight()).isEqualTo(640);
      }
    }
  }

  @Test
  void colorsDarkenWithTheDensity() {
    ColorScale colors = new ColorScale(4);
    int last = 256;
    for (double density = 0; density <= 4; density += 0.25) {
      int green = colors.rgb(density) >> 8 & 0xFF;
      assertThat(green).isLessThan(last);
      last = green;
    }
    assertThat(colors.rgb(5)).isEqualTo(colors.rgb(4));
    assertThat(colors.densityAt(0.5)).isEqualTo(1);
    assertThat(new ColorScale(0).rgb(0)).isEqualTo(colors.rgb(0));
  }

  /** With {@code -Dicecube.pictures=DIR}: pictures for the eye. */
  @Test
  void picturesForTheEye() throws IOException {
    String folder = System.getProperty("icecube.pictures", "");
    org.junit.jupiter.api.Assumptions.assumeFalse(
        folder.isEmpty(), "SKIPPED: pictures (give -Dicecube.pictures=DIR)");
    double[][] kinds = {{0.4, 1.1, 0.1, 1.2}, {9, 27, 4, -0.6}, {35, 110, 6, 1.3}, {2, 5, 0, -1.5}};
    for (double[] kind : kinds) {
      SkyMap map =
          SkyMap.of(
              new SkyPoint(kind[2], kind[3]),
              RadialProfile.ofRadii(Math.toRadians(kind[0]), Math.toRadians(kind[1])));
      Optional<EventTime> time =
          kind[0] > 30 ? Optional.empty() : Optional.of(new EventTime(61_365.5));
      Files.write(
          Path.of(folder, "sky-" + kind[0] + ".png"),
          SkyPicture.png(map, new MapLabel(1234, "direction 2", time)));
    }
  }

  private static BufferedImage read(byte[] png) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(png));
  }

  private static int brightness(BufferedImage image, int x, int y) {
    int rgb = image.getRGB(x, y);
    return ((rgb >> 16 & 0xFF) + (rgb >> 8 & 0xFF) + (rgb & 0xFF)) / 3;
  }
}
