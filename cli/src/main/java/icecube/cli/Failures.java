// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.chassis.StartException;
import icecube.dataset.DatasetException;
import icecube.load.LoadException;
import icecube.stream.EventLogException;
import icecube.stream.FingerprintMismatchException;
import icecube.stream.LogSettingsException;
import java.nio.channels.ClosedByInterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** Turns what ended a command into one line for the person and an exit code for the script. */
final class Failures {
  private static final Logger log = LoggerFactory.getLogger(Failures.class);

  private Failures() {}

  /** Prints why the command failed; the stack trace only for a fault of ours. */
  static int explain(Exception failure, CommandLine command, ParseResult parsed) {
    if (isInterruption(failure)) {
      command.getErr().println("icecube: interrupted; everything started here is closed");
      return ExitCode.INTERRUPTED.code();
    }
    ExitCode code = codeOf(failure);
    command.getErr().println("icecube: " + failure.getMessage());
    if (code == ExitCode.INTERNAL) {
      log.error("this is a fault of icecube", failure);
    }
    return code.code();
  }

  /**
   * Whether the command ended because it was told to. Only Ctrl-C and SIGTERM interrupt the main
   * thread, but what is under way then, a file that is written for example, wraps it.
   */
  private static boolean isInterruption(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof InterruptedException || cause instanceof ClosedByInterruptException) {
        return true;
      }
    }
    return Thread.currentThread().isInterrupted();
  }

  static ExitCode codeOf(Throwable failure) {
    if (failure instanceof DatasetException dataset) {
      return switch (dataset.kind()) {
        case INPUT -> ExitCode.INPUT;
        case OUTPUT -> ExitCode.OUTPUT;
      };
    }
    if (failure instanceof FingerprintMismatchException
        || failure instanceof LogSettingsException
        || failure instanceof SettingException) {
      return ExitCode.USAGE;
    }
    if (failure instanceof StartException
        || failure instanceof EventLogException
        || failure instanceof LoadException) {
      return ExitCode.UNAVAILABLE;
    }
    return ExitCode.INTERNAL;
  }
}
