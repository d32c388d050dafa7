// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import java.util.Locale;

/**
 * What a mark of a plot is drawn with: a role, with a colour for light and one for dark pages. The
 * colours of models are those of Okabe and Ito ("Color Universal Design", 2008), which people with
 * any kind of colour vision can tell apart, lightened for dark pages.
 */
enum Ink {
  /** The page behind. */
  PAGE("#ffffff", "#14181d"),
  /** Titles and names. */
  TEXT("#1c2127", "#e6e9ed"),
  /** Numbers at axes. */
  FAINT("#5b6570", "#9aa5b1"),
  /** Lines to read values by. */
  GRID("#e3e7eb", "#2a313a"),
  /** What would be ideal. */
  IDEAL("#8a949e", "#77828e"),
  /** The first model. */
  FIRST("#0072b2", "#56a8e0"),
  SECOND("#d55e00", "#ff8a3d"),
  THIRD("#009e73", "#2fc79a"),
  FOURTH("#b0568f", "#e08cc1"),
  FIFTH("#b57d00", "#f0b429"),
  SIXTH("#3a8fbf", "#8fd0f5"),
  /** The improved line fit. */
  IMPROVED_FIT("#5b6570", "#aab4be"),
  /** The plain line fit. */
  PLAIN_FIT("#a3acb5", "#6d7883");

  private static final Ink[] MODELS = {FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH};

  private final String light;
  private final String dark;

  Ink(String light, String dark) {
    this.light = light;
    this.dark = dark;
  }

  /** The ink of a model by its place, 0..5. */
  static Ink ofModel(int index) {
    return MODELS[index];
  }

  String light() {
    return light;
  }

  String dark() {
    return dark;
  }

  /** Name of the colour in a style sheet, without its two dashes. */
  String variable() {
    return "ink-" + name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
