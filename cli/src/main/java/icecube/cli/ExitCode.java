// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

/** What the process tells its caller when it ends. */
enum ExitCode {
  /** Done; where events were counted, the balance holds. */
  OK(0, "done; where events were counted, the balance holds"),
  /** The balance does not hold, or not yet; or doctor has found a failure. */
  UNBALANCED(1, "the balance does not hold, or events are still in flight; doctor: a failure"),
  /** A flag, an environment variable or a combination of them is wrong. */
  USAGE(2, "wrong flag, environment variable or value"),
  /** The input is missing, damaged or of another kind. */
  INPUT(3, "input missing, damaged or of another kind"),
  /** The output cannot be written. */
  OUTPUT(4, "output cannot be written"),
  /** A server, a binary or a port that is needed cannot be had. */
  UNAVAILABLE(5, "a needed server or binary is missing, or a port is taken"),
  /** What was compared does not agree. */
  DEVIATES(6, "simulated events lie outside the published limits"),
  /** A fault of ours. */
  INTERNAL(70, "a fault of icecube itself"),
  /** Ctrl-C; the JVM sets it, and 143 for SIGTERM. */
  INTERRUPTED(130, "interrupted by Ctrl-C (143: by SIGTERM); all was closed first");

  private final int code;
  private final String meaning;

  ExitCode(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  int code() {
    return code;
  }

  String meaning() {
    return meaning;
  }
}
