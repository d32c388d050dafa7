// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

/** What became of a completion. */
public enum CompletionOutcome {
  /** Published now. */
  PUBLISHED,
  /** Published before by somebody, or rolled back by the log: drop it. */
  STALE,
  /** Another consumer holds the entry and {@code ownerOnly} was asked for: drop it. */
  FENCED
}
