// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import java.util.Locale;

/**
 * A chart as SVG. Its colours are variables of a style sheet: a page that defines them chooses
 * light or dark; a file of its own brings the light ones. Confined to one thread.
 */
final class SvgCanvas implements Canvas {
  private final StringBuilder marks = new StringBuilder();

  /** An element for a page that defines the colours; {@code title} is what a screen reader says. */
  static String inline(Chart chart) {
    SvgCanvas canvas = new SvgCanvas();
    ChartPainter.paint(chart, canvas);
    return canvas.element(chart.title(), "");
  }

  /** A whole file. */
  static String file(Chart chart) {
    SvgCanvas canvas = new SvgCanvas();
    ChartPainter.paint(chart, canvas);
    StringBuilder style = new StringBuilder("<style>svg{");
    for (Ink ink : Ink.values()) {
      style.append("--").append(ink.variable()).append(':').append(ink.light()).append(';');
    }
    style.append("}</style>\n<rect width=\"100%\" height=\"100%\" fill=\"");
    style.append(Ink.PAGE.light()).append("\"/>\n");
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        + canvas.element(chart.title(), style.toString());
  }

  private String element(String title, String head) {
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 "
        + WIDTH
        + " "
        + HEIGHT
        + "\" role=\"img\" font-family=\"system-ui, 'DejaVu Sans', Arial, sans-serif\">\n<title>"
        + Html.escaped(title)
        + "</title>\n"
        + head
        + marks
        + "</svg>\n";
  }

  private static String colour(Ink ink) {
    return "style=\"color:var(--" + ink.variable() + ")\"";
  }

  @Override
  public void line(Ink ink, double width, boolean dashed, double... xy) {
    marks.append("<polyline fill=\"none\" stroke=\"currentColor\" stroke-linejoin=\"round\" ");
    marks.append(colour(ink)).append(" stroke-width=\"").append(shortened(width)).append('"');
    if (dashed) {
      marks.append(" stroke-dasharray=\"5 4\"");
    }
    marks.append(" points=\"");
    for (int i = 0; i < xy.length; i += 2) {
      marks.append(i == 0 ? "" : " ").append(shortened(xy[i])).append(',');
      marks.append(shortened(xy[i + 1]));
    }
    marks.append("\"/>\n");
  }

  @Override
  public void dot(Ink ink, double x, double y, double radius) {
    marks.append(
        "<circle fill=\"currentColor\" %s cx=\"%s\" cy=\"%s\" r=\"%s\"/>%n"
            .formatted(colour(ink), shortened(x), shortened(y), shortened(radius)));
  }

  @Override
  public void square(Ink ink, double x, double y, double halfSide) {
    marks.append(
        ("<rect fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\" %s x=\"%s\" y=\"%s\""
                + " width=\"%s\" height=\"%s\"/>%n")
            .formatted(
                colour(ink),
                shortened(x - halfSide),
                shortened(y - halfSide),
                shortened(2 * halfSide),
                shortened(2 * halfSide)));
  }

  @Override
  public void text(Ink ink, double size, Anchor anchor, double x, double y, String text) {
    text(ink, size, anchor, "x=\"" + shortened(x) + "\" y=\"" + shortened(y) + "\"", text);
  }

  @Override
  public void textUpwards(Ink ink, double size, double x, double y, String text) {
    String place = "transform=\"translate(" + shortened(x) + " " + shortened(y) + ") rotate(-90)\"";
    text(ink, size, Anchor.MIDDLE, place, text);
  }

  private void text(Ink ink, double size, Anchor anchor, String place, String text) {
    if (!text.isEmpty()) {
      marks.append(
          "<text fill=\"currentColor\" %s font-size=\"%s\" text-anchor=\"%s\" %s>%s</text>%n"
              .formatted(
                  colour(ink),
                  shortened(size),
                  anchor.name().toLowerCase(Locale.ROOT),
                  place,
                  Html.escaped(text)));
    }
  }

  /** Two decimals are more than a screen shows. */
  private static String shortened(double value) {
    String text = String.format(Locale.ROOT, "%.2f", value);
    return text.replaceAll("\\.?0+$", "");
  }
}
