// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/** A file cannot be read or written; the message names file, value, expectation and what to do. */
public final class DatasetException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** On which side the fault lies. */
  public enum Kind {
    /** A file to be read is missing, damaged or of another kind. */
    INPUT,
    /** A file cannot be written. */
    OUTPUT
  }

  private DatasetException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = requireNonNull(kind, "kind");
  }

  /** A file to be read is at fault. */
  public static DatasetException input(String message, @Nullable Throwable cause) {
    return new DatasetException(Kind.INPUT, message, cause);
  }

  /** A file to be written is at fault. */
  public static DatasetException output(String message, @Nullable Throwable cause) {
    return new DatasetException(Kind.OUTPUT, message, cause);
  }

  /** On which side the fault lies. */
  public Kind kind() {
    return kind;
  }
}
