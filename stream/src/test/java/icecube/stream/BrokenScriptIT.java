// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The tests tested: each of these planted faults in a script must be caught by the random
 * histories.
 */
final class BrokenScriptIT {
  /** As many histories are tried; the fault must show in one of them. */
  private static final int HISTORIES_MAX = 20;

  private static final Log fixture = new Log();

  @BeforeAll
  static void start(@TempDir Path folder) {
    fixture.start(folder);
  }

  @AfterAll
  static void stop() {
    fixture.stop();
  }

  /** A fault: what stands in the scripts, and what is put in its place. */
  enum Fault {
    PUBLISHED_WITHOUT_A_LOOK_AT_PENDING(
        "if #pending == 0 then\n  return {'STALE'}\nend",
        "if #pending == 0 then pending = {{id, consumer}} end"),
    APPENDED_OVER_A_GAP("if first > last + 1 then", "if false then"),
    PUBLISHED_IN_TWO_STEPS(
        "redis.call('XACK', events, group, id)\nredis.call('XDEL', events, id)",
        """
        if redis.call('HSETNX', solo, 'cut ' .. id, '1') == 1 then
          return redis.error_reply('ERR killed between the two steps')
        end
        redis.call('XACK', events, group, id)
        redis.call('XDEL', events, id)\
        """),
    CLAIM_THAT_STEALS(
        "redis.call('XPENDING', events, group, 'IDLE', lease_ms, '-', '+', 100)",
        "redis.call('XPENDING', events, group, '-', '+', 100)"),
    RENEWAL_THAT_STEALS(
        """
        pending[1][2] == consumer then
            redis.call('XCLAIM', events, group, consumer, '0', id, 'JUSTID')
            held\
        """,
        """
        pending[1][2] then
            redis.call('XCLAIM', events, group, consumer, '0', id, 'JUSTID')
            held\
        """),
    DEAD_LETTERED_BY_WHO_DOES_NOT_HOLD_IT("pending[1][2] ~= consumer then", "false then"),
    REMAINDERS_LOST("  add_parts(events, at_ms, traceparent, ARGV, 13)\n", "  at_ms = nil\n"),
    LETTER_KEPT_AFTER_ITS_REDRIVE("redis.call('XDEL', dead, id)", "redis.call('EXISTS', dead)"),
    DOOR_NOT_COUNTED("if refused > 0 then", "if false then"),
    TRIMMED_BEYOND_PENDING("if group['pending'] > 0 then", "if false then"),
    MARK_MOVED_BY_PARTS("part = part + 1\n", "sequence = sequence + 1\n");

    @SuppressWarnings("ImmutableEnumChecker") // nobody else sees it
    private final String[] changes;

    Fault(String... changes) {
      this.changes = changes;
    }

    String plantedIn(String library) {
      String broken = library;
      for (int change = 0; change < changes.length; change += 2) {
        assertThat(broken).as("the place for the fault").contains(changes[change]);
        broken = broken.replace(changes[change], changes[change + 1]);
      }
      return broken;
    }
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void brokenScriptIsCaught(Fault fault) {
    String library = fault.plantedIn(Script.library());
    Throwable caught = null;
    for (int seed = 1; caught == null && seed <= HISTORIES_MAX; seed++) {
      long historySeed = seed;
      caught = catchThrowable(() -> run(library, historySeed));
    }

    assertThat(caught).as(fault.name()).isInstanceOf(AssertionError.class);
  }

  private static void run(String library, long seed) {
    try (var log = fixture.open(2)) {
      fixture.log = log;
      fixture.direct.sync().functionLoad(library, true);
      new RandomHistory(fixture, seed).run();
    }
  }

  /** The installed Redis 7 or later, whose functions can be exchanged. */
  private static final class Log extends RedisEventLogContract {
    @Override
    Optional<RedisBinary> binary(Path folder) {
      return RedisBinary.onPath();
    }

    @Override
    String whyNone() {
      return "no redis-server of version 7.0 or later on the PATH";
    }
  }
}
