// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

/** What stands around the words of a report. */
final class HtmlStyle {
  private HtmlStyle() {}

  private static final String RULES =
      """
      *{box-sizing:border-box}
      body{margin:0;background:var(--ink-page);color:var(--ink-text);
        font:16px/1.5 system-ui,"DejaVu Sans",Arial,sans-serif}
      main{max-width:72rem;margin:0 auto;padding:1rem 1rem 3rem}
      h1{font-size:clamp(1.4rem,4.5vw,2.1rem);line-height:1.2;margin:.8rem 0 1.2rem}
      h2{font-size:1.15rem;margin:2.2rem 0 .2rem}
      .note,footer{color:var(--ink-faint);font-size:.88rem;margin:.2rem 0 .8rem;max-width:46rem}
      .tiles{display:grid;gap:.8rem;grid-template-columns:repeat(auto-fit,minmax(14rem,1fr))}
      .tile{border:1px solid var(--ink-grid);border-radius:.7rem;padding:.8rem 1rem}
      .tile span,.tile small{display:block;color:var(--ink-faint);font-size:.85rem}
      .tile b{display:block;font-size:1.3rem;font-weight:650;font-variant-numeric:tabular-nums}
      .charts{display:grid;gap:1rem;margin-top:1.6rem;
        grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr))}
      figure{margin:0;border:1px solid var(--ink-grid);border-radius:.7rem;padding:.5rem}
      svg{display:block;width:100%;height:auto}
      .scroll{overflow-x:auto;-webkit-overflow-scrolling:touch}
      table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
      th,td{padding:.32rem .9rem .32rem 0;text-align:right;white-space:nowrap;
        border-bottom:1px solid var(--ink-grid)}
      th:first-child{text-align:left;padding-right:1.6rem}
      thead th{color:var(--ink-faint);font-weight:500}
      tbody th{font-weight:500}
      footer{margin-top:3rem;border-top:1px solid var(--ink-grid);padding-top:1rem}
      """;

  private static final String WORDS =
      """
      <footer>
      <p>Errors are great-circle angles between answer and truth, in rad; a constant or random answer
      has a mean of 1.571. "±" is one standard error: of a mean s/&radic;n, of a share half the width of
      Wilson's interval. Bins are fixed; a value on an edge belongs to the bin above.</p>
      <p>A coverage is honest if the share of events within the radius is the share that the radius
      is said to hold. By kappa, the radius is that of a von Mises-Fisher distribution. A pull is an
      error in units of its own precision; honest pulls follow Rayleigh's distribution.</p>
      <p>Made by icecube evaluate.</p>
      </footer>
      </main>
      </body>
      </html>
      """;

  /** All up to the first word. */
  static final String HEAD =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          + "<meta name=\"color-scheme\" content=\"light dark\">\n"
          + "<title>icecube evaluation</title>\n<style>\n"
          + colours()
          + RULES
          + "</style>\n</head>\n<body>\n";

  /** All after the last word. */
  static final String TAIL = WORDS;

  private static String colours() {
    StringBuilder light = new StringBuilder(":root{");
    StringBuilder dark = new StringBuilder("@media (prefers-color-scheme:dark){:root{");
    for (Ink ink : Ink.values()) {
      light.append("--").append(ink.variable()).append(':').append(ink.light()).append(';');
      dark.append("--").append(ink.variable()).append(':').append(ink.dark()).append(';');
    }
    return light.append("}\n").append(dark).append("}}\n").toString();
  }
}
