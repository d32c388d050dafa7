// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/** What may be done to the processes of a mesh. */
enum FaultKind {
  /** {@code kill -9} of a consumer. */
  CONSUMER_KILL("kc", 50, 500),
  /** {@code kill -9} of a model server. */
  SERVER_KILL("km", 50, 500),
  /** {@code kill -9} of the emitter. */
  EMITTER_KILL("ke", 50, 500),
  /** SIGSTOP of a consumer for longer than its lease, then SIGCONT: a zombie. */
  CONSUMER_STOP("stop", 2_000, 4_000),
  /** {@code kill -9} of Redis; it starts again on its append-only file. */
  REDIS_KILL("kr", 50, 800),
  /** The same, and the end of the append-only file is lost. */
  LOG_TAIL_LOST("pl", 50, 800),
  /** The replica falls behind, the primary is killed, the replica takes its place. */
  FAIL_OVER("fo", 100, 1_500),
  /** Connections to Redis are cut under replies, and replies come late. */
  LINK_TROUBLE("px", 500, 2_000),
  /** Redis is given no more memory than it has in use. */
  MEMORY_FULL("oom", 500, 2_000),
  /** All consumers are stopped until the backlog is full. */
  BACKLOG_FULL("full", 2_000, 4_000);

  private final String code;
  private final int millisMin;
  private final int millisMax;

  FaultKind(String code, int millisMin, int millisMax) {
    this.code = code;
    this.millisMin = millisMin;
    this.millisMax = millisMax;
  }

  /** As it is written in {@code --faults} and in reports. */
  String code() {
    return code;
  }

  /** The shortest it lasts. */
  int millisMin() {
    return millisMin;
  }

  /** The longest it lasts. */
  int millisMax() {
    return millisMax;
  }

  /**
   * The kinds of a comma-separated list of codes.
   *
   * @throws IllegalArgumentException if there is none of a name, or no name
   */
  static Set<FaultKind> parse(String codes) {
    Set<FaultKind> kinds = EnumSet.noneOf(FaultKind.class);
    for (String code : codes.split(",", -1)) {
      kinds.add(of(code.strip()));
    }
    return kinds;
  }

  private static FaultKind of(String code) {
    return Arrays.stream(values())
        .filter(kind -> kind.code.equals(code))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "--faults: %s (expected: some of %s)".formatted(code, codes(values()))));
  }

  /** The codes of kinds, separated by commas. */
  static String codes(FaultKind... kinds) {
    return Arrays.stream(kinds).map(FaultKind::code).collect(Collectors.joining(","));
  }
}
