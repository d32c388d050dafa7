// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * A progress bar on standard error, or nothing where standard error is no terminal, so that logs
 * and pipes stay clean.
 */
final class ProgressLine implements AutoCloseable {
  private static final int UPDATE_MILLIS = 200;

  /** Set by the launcher, which can ask; since JDK 22 System.console() is never null. */
  private static final String TERMINAL = "icecube.terminal";

  private final @Nullable ProgressBar bar;

  private ProgressLine(@Nullable ProgressBar bar) {
    this.bar = bar;
  }

  /** Opens a bar of {@code total} events; a negative total means it is not known. */
  static ProgressLine open(String task, long total) {
    if (!Boolean.getBoolean(TERMINAL)) {
      return new ProgressLine(null);
    }
    return new ProgressLine(
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(total)
            .setUnit(" ev", 1)
            .setUpdateIntervalMillis(UPDATE_MILLIS)
            .setStyle(ProgressBarStyle.ASCII)
            .showSpeed()
            .build());
  }

  void at(long count) {
    if (bar != null) {
      bar.stepTo(count);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
