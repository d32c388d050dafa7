// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

/** What a chart is drawn on: {@value #WIDTH} by {@value #HEIGHT} units, the origin top left. */
interface Canvas {
  /** Units across. */
  int WIDTH = 480;

  /** Units down. */
  int HEIGHT = 340;

  /** Which point of a text stands where it is put. */
  enum Anchor {
    START,
    MIDDLE,
    END
  }

  /** A line through points, given as x and y in turn. */
  void line(Ink ink, double width, boolean dashed, double... xy);

  /** A dot. */
  void dot(Ink ink, double x, double y, double radius);

  /** A square around a point. */
  void square(Ink ink, double x, double y, double halfSide);

  /** A text on its base line. */
  void text(Ink ink, double size, Anchor anchor, double x, double y, String text);

  /** A text that runs upwards, its middle at the point. */
  void textUpwards(Ink ink, double size, double x, double y, String text);
}
