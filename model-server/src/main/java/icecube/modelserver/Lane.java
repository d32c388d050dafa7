// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

/** Which of three rows a request waits in. */
enum Lane {
  /** Events of now: taken first. */
  REALTIME,
  /** Events of old, in bulk: taken when nothing else waits, and every eighth time in any case. */
  ARCHIVE,
  /** What champions have answered, for shadows to answer, too: taken when nothing else waits. */
  SHADOW
}
