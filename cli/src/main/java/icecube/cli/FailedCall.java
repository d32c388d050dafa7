// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import javax.net.ssl.SSLException;

/**
 * A call that came to nothing: nobody answers, or somebody does and does not let us in. The two
 * want different cures, so whoever was refused must not be told to start what runs already.
 *
 * @param cause status code or alert, and what the other side says of it
 */
record FailedCall(Why why, String cause) {
  /** What every finding says of somebody who is there and refuses us. */
  static final String NOT_TO_US = "answers, but not to us: ";

  /** What became of it. */
  enum Why {
    /** Nobody answers, not within the time, or with a fault of its own. */
    AWAY,
    /** Who we are is not known there, or may not ask this. */
    REFUSED,
    /** One of the two does not trust the other, or one of the two speaks no TLS. */
    NO_HANDSHAKE
  }

  static FailedCall of(StatusRuntimeException e) {
    Status status = e.getStatus();
    Status.Code code = status.getCode();
    if (code == Status.Code.UNAUTHENTICATED || code == Status.Code.PERMISSION_DENIED) {
      String said = String.valueOf(status.getDescription()).replaceFirst(" \\(expected:.*", "");
      return new FailedCall(Why.REFUSED, code + ", " + said);
    }
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException) {
        return new FailedCall(Why.NO_HANDSHAKE, "TLS: " + deepest(cause).getMessage());
      }
    }
    return new FailedCall(Why.AWAY, code.toString());
  }

  /**
   * What it means.
   *
   * @param subject stands before what was found; empty, or with a space at its end
   * @param expected of one who is not there
   * @param advice what to do about one who is not there
   */
  Finding finding(String check, String subject, String expected, String advice) {
    return switch (why) {
      case AWAY -> Finding.failure(check, subject + "does not answer: " + cause, expected, advice);
      case REFUSED ->
          Finding.failure(
              check,
              subject + NOT_TO_US + cause,
              "role consumer or operator",
              "give --tls-cert and --tls-key, or --token-file, of such a role: SECURITY.md");
      case NO_HANDSHAKE ->
          Finding.failure(
              check,
              subject + NOT_TO_US + cause,
              "a handshake",
              "check whom either side trusts (--tls-ca), the certificate shown (--tls-cert), and"
                  + " whether one is asked for: docs/OPERATING.md \"TLS between services\"");
    };
  }

  private static Throwable deepest(Throwable failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return deepest;
  }
}
