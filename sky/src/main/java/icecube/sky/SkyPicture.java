// SPDX-License-Identifier: Apache-2.0
package icecube.sky;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import javax.imageio.ImageIO;

/**
 * A picture of a map as PNG: the whole sky in Mollweide's projection and the surroundings of the
 * best direction, with the circles that hold 50 % and 90 %. Longitude grows to the left in both.
 * Needs no screen, but a Java with fonts. Confined to one thread.
 */
public final class SkyPicture {
  private static final int WIDTH = 1500;
  private static final int HEIGHT = 640;
  private static final int SKY_LEFT = 50;
  private static final int SKY_TOP = 85;
  private static final int SKY_WIDTH = 880;
  private static final int SKY_HEIGHT = 440;
  private static final int ZOOM_LEFT = 1030;
  private static final int ZOOM_TOP = 85;
  private static final int ZOOM_SIZE = 420;
  private static final int BAR_TOP = 568;
  private static final int BAR_HEIGHT = 14;

  /** How much more than the 90 % circle the zoom shows. */
  private static final double ZOOM_MARGIN = 1.5;

  /** A zoom further than this shows most of the sky, where labels at its edges would mislead. */
  private static final double ZOOM_SMALL_RAD = Math.toRadians(75);

  private static final double[] STEPS_DEGREES = {
    0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 45
  };
  private static final Color INK = new Color(0x20, 0x26, 0x2E);
  private static final Color FRAME = new Color(0x60, 0x68, 0x70);
  private static final double SQUARE_DEGREES_PER_SR = Math.pow(180 / Math.PI, 2);

  private final SkyMap map;
  private final MapLabel label;
  private final ColorScale colors;
  private final BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
  private final Graphics2D graphics = image.createGraphics();

  private SkyPicture(SkyMap map, MapLabel label) {
    this.map = map;
    this.label = label;
    double largest = 0;
    for (int i = 0; i < map.pixelCount(); i++) {
      largest = Math.max(largest, map.density(i));
    }
    this.colors = new ColorScale(largest);
  }

  /** The whole file. */
  public static byte[] png(SkyMap map, MapLabel label) {
    SkyPicture picture = new SkyPicture(map, label);
    try {
      picture.draw();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      ImageIO.write(picture.image, "png", bytes);
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      picture.graphics.dispose();
    }
  }

  private void draw() {
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, WIDTH, HEIGHT);
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    title();
    double zoomRad = Math.min(Math.PI, ZOOM_MARGIN * map.profile().radiusRad(0.9));
    wholeSky(zoomRad);
    zoom(zoomRad);
    colorBar();
    legend(zoomRad);
  }

  private void title() {
    font(Font.BOLD, 19);
    String when = label.time().map(time -> ", " + time.toIso() + " UTC").orElse("");
    graphics.drawString("Event " + label.eventId() + when + ", " + label.model(), SKY_LEFT, 34);
    font(Font.PLAIN, 15);
    double longitude = Math.toDegrees(map.center().longitudeRad());
    double latitude = Math.toDegrees(map.center().latitudeRad());
    graphics.drawString(
        label.isEquatorial()
            ? String.format(Locale.ROOT, "RA %.2f°, Dec %+.2f° (J2000)", longitude, latitude)
            : String.format(
                Locale.ROOT,
                "detector coordinates: azimuth %.2f°, zenith %.2f°; no date, so no place among"
                    + " the stars",
                longitude,
                90 - latitude),
        SKY_LEFT,
        58);
    graphics.drawString(
        String.format(
            Locale.ROOT,
            "50 %% within %s, 90 %% within %s; systematic errors not included",
            degrees(map.profile().radiusRad(0.5)),
            degrees(map.profile().radiusRad(0.9))),
        ZOOM_LEFT - 80,
        58);
  }

  private void wholeSky(double zoomRad) {
    Panel panel = new Panel(new Projection.Mollweide(), SKY_LEFT, SKY_TOP, SKY_WIDTH, SKY_HEIGHT);
    panel.fill(image, map, colors);
    panel.grid(graphics, 30, 30);
    panel.contours(graphics, map);
    graphics.setColor(FRAME);
    graphics.setStroke(new BasicStroke(1.5f));
    if (zoomRad <= ZOOM_SMALL_RAD) {
      panel.circle(graphics, map.center(), zoomRad);
    }
    graphics.draw(new Ellipse2D.Double(SKY_LEFT, SKY_TOP, SKY_WIDTH, SKY_HEIGHT));
    font(Font.PLAIN, 13);
    for (int degrees = 60; degrees <= 300; degrees += 60) {
      centered(degrees + "°", panel.column((180 - degrees) / 180.0), panel.row(0) - 5);
    }
    Projection sky = new Projection.Mollweide();
    for (int degrees = -60; degrees <= 60; degrees += 30) {
      double[] edge = sky.placeOf(new SkyPoint(2 * Math.PI - 1e-9, Math.toRadians(degrees)));
      String text = String.format(Locale.ROOT, degrees == 0 ? "%d°" : "%+d°", degrees);
      int width = graphics.getFontMetrics().stringWidth(text);
      graphics.drawString(text, panel.column(edge[0]) - width - 6, panel.row(edge[1]) + 5);
    }
    centered(
        label.isEquatorial() ? "right ascension, declination" : "azimuth, 90° − zenith",
        SKY_LEFT + SKY_WIDTH / 2,
        SKY_TOP + SKY_HEIGHT + 20);
  }

  private void zoom(double zoomRad) {
    Projection projection = new Projection.Zoom(map.center(), zoomRad);
    Panel panel = new Panel(projection, ZOOM_LEFT, ZOOM_TOP, ZOOM_SIZE, ZOOM_SIZE);
    panel.fill(image, map, colors);
    Shape whole = graphics.getClip();
    graphics.clipRect(ZOOM_LEFT, ZOOM_TOP, ZOOM_SIZE, ZOOM_SIZE);
    double latitudeStep = step(Math.toDegrees(zoomRad) / 2.5);
    double narrowing =
        Math.max(0.02, Math.cos(Math.min(1.55, Math.abs(map.center().latitudeRad()))));
    double longitudeStep = step(latitudeStep / narrowing);
    panel.grid(graphics, longitudeStep, latitudeStep);
    panel.contours(graphics, map);
    graphics.setClip(whole);
    graphics.setColor(FRAME);
    graphics.setStroke(new BasicStroke(1.5f));
    graphics.drawRect(ZOOM_LEFT, ZOOM_TOP, ZOOM_SIZE, ZOOM_SIZE);
    if (zoomRad <= ZOOM_SMALL_RAD) {
      font(Font.PLAIN, 13);
      ZoomLabels.of(projection, longitudeStep, latitudeStep).forEach(mark -> label(panel, mark));
    }
  }

  private void label(Panel panel, ZoomLabels.Mark mark) {
    if (mark.isLongitude()) {
      centered(mark.text(), panel.column(mark.place()), ZOOM_TOP + ZOOM_SIZE + 18);
    } else {
      int width = graphics.getFontMetrics().stringWidth(mark.text());
      graphics.drawString(mark.text(), ZOOM_LEFT - width - 7, panel.row(mark.place()) + 5);
    }
  }

  private static double step(double wantedDegrees) {
    double best = STEPS_DEGREES[0];
    for (double step : STEPS_DEGREES) {
      best = step <= wantedDegrees ? step : best;
    }
    return best;
  }

  private void colorBar() {
    int left = SKY_LEFT + 120;
    int width = SKY_WIDTH - 240;
    for (int column = 0; column < width; column++) {
      int rgb = colors.rgb(colors.densityAt((column + 0.5) / width));
      for (int row = 0; row < BAR_HEIGHT; row++) {
        image.setRGB(left + column, BAR_TOP + row, rgb);
      }
    }
    graphics.setColor(FRAME);
    graphics.setStroke(new BasicStroke(1));
    graphics.drawRect(left, BAR_TOP, width, BAR_HEIGHT);
    font(Font.PLAIN, 13);
    for (int i = 0; i <= 4; i++) {
      double density = colors.densityAt(i / 4.0) / SQUARE_DEGREES_PER_SR;
      centered(
          i == 0 ? "0" : String.format(Locale.ROOT, "%.2g", density),
          left + width * i / 4,
          BAR_TOP + BAR_HEIGHT + 17);
    }
    centered("probability per square degree", left + width / 2, BAR_TOP + BAR_HEIGHT + 37);
  }

  private void legend(double zoomRad) {
    font(Font.PLAIN, 13);
    graphics.drawString("—  50 %      - -  90 %      +  best direction", ZOOM_LEFT, BAR_TOP + 12);
    String extent = String.format(Locale.ROOT, "shown here: up to %s from it", degrees(zoomRad));
    graphics.drawString(
        zoomRad <= ZOOM_SMALL_RAD ? extent + ", the grey circle at the left" : extent,
        ZOOM_LEFT,
        BAR_TOP + 32);
  }

  private void font(int style, int size) {
    graphics.setColor(INK);
    graphics.setFont(new Font(Font.SANS_SERIF, style, size));
  }

  private void centered(String text, int x, int y) {
    graphics.setColor(INK);
    graphics.drawString(text, x - graphics.getFontMetrics().stringWidth(text) / 2, y);
  }

  private static String degrees(double rad) {
    double degrees = Math.toDegrees(rad);
    return String.format(Locale.ROOT, degrees < 10 ? "%.2f°" : "%.1f°", degrees);
  }
}
