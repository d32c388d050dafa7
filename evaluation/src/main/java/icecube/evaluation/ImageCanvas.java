// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * A chart as pixels, {@value #SCALE} for a unit, in light colours. Needs a JVM that finds a font,
 * as every desktop and most images have; no display. Confined to one thread.
 */
final class ImageCanvas implements Canvas {
  private static final int SCALE = 3;

  private final Graphics2D graphics;

  private ImageCanvas(Graphics2D graphics) {
    this.graphics = graphics;
  }

  /**
   * The chart as the bytes of a PNG file.
   *
   * @throws NoFontException if this JVM has no font to write with
   */
  static byte[] png(Chart chart) {
    try {
      BufferedImage image =
          new BufferedImage(WIDTH * SCALE, HEIGHT * SCALE, BufferedImage.TYPE_INT_RGB);
      Graphics2D graphics = image.createGraphics();
      try {
        graphics.setRenderingHint(
            RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(
            RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        graphics.setRenderingHint(
            RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.scale(SCALE, SCALE);
        graphics.setColor(Color.decode(Ink.PAGE.light()));
        graphics.fill(new Rectangle2D.Double(0, 0, WIDTH, HEIGHT));
        ChartPainter.paint(chart, new ImageCanvas(graphics));
      } finally {
        graphics.dispose();
      }
      return encoded(image);
    } catch (LinkageError | NullPointerException | InternalError e) {
      // What AWT throws without a font library, fontconfig or any font, by version of the JDK.
      throw new NoFontException(e);
    }
  }

  private static byte[] encoded(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    // In memory: ImageIO's own choice would be a file in the folder for temporary ones.
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** This JVM cannot write letters into an image. */
  static final class NoFontException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoFontException(Throwable cause) {
      super("fonts: none (expected: fontconfig and one font); SVG files need none", cause);
    }
  }

  private void use(Ink ink) {
    graphics.setColor(Color.decode(ink.light()));
  }

  @Override
  public void line(Ink ink, double width, boolean dashed, double... xy) {
    use(ink);
    float[] dashes = dashed ? new float[] {5, 4} : null;
    graphics.setStroke(
        new BasicStroke((float) width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dashes, 0));
    Path2D path = new Path2D.Double();
    path.moveTo(xy[0], xy[1]);
    for (int i = 2; i < xy.length; i += 2) {
      path.lineTo(xy[i], xy[i + 1]);
    }
    graphics.draw(path);
  }

  @Override
  public void dot(Ink ink, double x, double y, double radius) {
    use(ink);
    graphics.fill(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
  }

  @Override
  public void square(Ink ink, double x, double y, double halfSide) {
    use(ink);
    graphics.setStroke(new BasicStroke(2));
    graphics.draw(new Rectangle2D.Double(x - halfSide, y - halfSide, 2 * halfSide, 2 * halfSide));
  }

  @Override
  public void text(Ink ink, double size, Anchor anchor, double x, double y, String text) {
    use(ink);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 1).deriveFont((float) size));
    double width = graphics.getFontMetrics().getStringBounds(text, graphics).getWidth();
    double left =
        switch (anchor) {
          case START -> x;
          case MIDDLE -> x - width / 2;
          case END -> x - width;
        };
    graphics.drawString(text, (float) left, (float) y);
  }

  @Override
  public void textUpwards(Ink ink, double size, double x, double y, String text) {
    graphics.translate(x, y);
    graphics.rotate(-Math.PI / 2);
    text(ink, size, Anchor.MIDDLE, 0, 0, text);
    graphics.rotate(Math.PI / 2);
    graphics.translate(-x, -y);
  }
}
