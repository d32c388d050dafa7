// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static icecube.v1.Reason.REASON_EVENT_EMPTY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Power fails while Redis writes: the append-only file ends at every seventh byte of the last
 * scripts. Redis starts, everybody goes on, Redis is killed and starts a second time, which is when
 * an unmended file applies the torn script after all.
 *
 * <p>{@code -Dicecube.torn.points=100} tries as many tears, from the end backwards; 10 without.
 */
abstract class TornFileContract {
  private static final int TEAR_EVERY = 7;
  private static final int POINTS_DEFAULT = 10;
  private static final int POINTS = Integer.getInteger("icecube.torn.points", POINTS_DEFAULT);
  private static final int ENTRY_COUNT = 24;
  private static final int ROUNDS_MAX = 50;

  @TempDir Path home;
  private RedisBinary binary;

  /** The Redis to test; empty if there is none. */
  abstract Optional<RedisBinary> find(Path folder);

  @BeforeEach
  final void findBinary() {
    var found = find(home);
    assumeTrue(found.isPresent(), "SKIPPED: no such Redis on this system");
    binary = found.orElseThrow();
  }

  @Test
  void withTheGuardEveryTearIsClean() throws IOException {
    var problems = new ArrayList<String>();
    long startNanos = System.nanoTime();
    int tried = tear(true, POINTS, problems);

    assertThat(problems).isEmpty();
    assertThat(tried).isEqualTo(POINTS);
    System.out.printf(
        "torn append-only file, Redis %d, guarded: %d of %d tears clean, %d s%n",
        binary.majorVersion(),
        tried,
        POINTS,
        Duration.ofNanos(System.nanoTime() - startNanos).toSeconds());
  }

  /** The test above finds what the guard prevents: at once, if only a few tears are tried. */
  @Test
  void withoutTheGuardATearDoublesOrLoses() throws IOException {
    var problems = new ArrayList<String>();
    int tried = tear(false, Math.max(POINTS, 100), problems);

    assertThat(problems).isNotEmpty();
    System.out.printf(
        "torn append-only file, Redis %d, unguarded: %d of %d tears not clean, such as %s%n",
        binary.majorVersion(), problems.size(), tried, problems.get(0));
  }

  private int tear(boolean isGuarded, int points, List<String> problems) throws IOException {
    try (var redis = new CrashingRedis(binary, isGuarded)) {
      var whole = home.resolve("whole");
      redis.start(whole);
      try (var log =
          RedisEventLog.connect(new RedisSettings(redis.uri(), "s", OptionalInt.of(1)))) {
        write(log);
        redis.kill();
        for (int point = 1; point <= points; point++) {
          var problem = tear(redis, log, whole, TEAR_EVERY * point - 3);
          problem.ifPresent(problems::add);
          if (POINTS == POINTS_DEFAULT && !problems.isEmpty()) {
            return point;
          }
        }
      }
    }
    return points;
  }

  /**
   * A log whose last scripts are one of each kind that publishes or appends more than one thing.
   */
  private static void write(EventLog log) {
    long epoch = log.openProducer(0, "source").epoch();
    log.append(0, epoch, 1, source(1, 20), ENTRY_COUNT);
    var entries = new ArrayList<DeliveredEntry>();
    try (var reader = log.openReader(0, "c")) {
      entries.addAll(reader.readNew(ENTRY_COUNT, Duration.ZERO));
    }
    for (var entry : entries.subList(0, 8)) {
      complete(log, entry.id(), HistoryModel.soundIds(entry.id().sequence()));
    }
    log.append(0, epoch, 21, source(21, 4), ENTRY_COUNT);
    var letter = log.deadLetters(0, "", 1).get(0);
    log.redrive(0, letter.id(), List.of(Entries.entryOf(Entries.idsOf(letter))), OutcomePart.NONE);
    var three = HistoryModel.soundIds(11);
    var split =
        Entries.completionOf(
            "c",
            EntryId.of(11),
            three.subList(0, 1),
            three.subList(1, 2),
            List.of(three.subList(2, 3)));
    log.complete(0, split).toCompletableFuture().join();
    complete(log, EntryId.of(12), HistoryModel.soundIds(12));
  }

  private static List<EventEntry> source(long first, int count) {
    return Stream.iterate(first, sequence -> sequence + 1)
        .limit(count)
        .map(
            sequence ->
                Entries.entryOf(
                    HistoryModel.soundIds(sequence),
                    Entries.letters(REASON_EVENT_EMPTY, HistoryModel.refusedIds(sequence))))
        .toList();
  }

  private static void complete(EventLog log, EntryId id, List<Long> events) {
    log.complete(0, Entries.completionOf("c", id, events, List.of(), List.of()))
        .toCompletableFuture()
        .join();
  }

  /** Tears that many bytes off, goes on over two restarts, and says what is wrong in the end. */
  private Optional<String> tear(CrashingRedis redis, EventLog log, Path whole, int bytes)
      throws IOException {
    var folder = home.resolve("torn-" + bytes);
    copy(whole, folder);
    cut(folder, bytes);
    try {
      redis.start(folder);
      produce(log);
      work(log, 5);
      redis.start(folder);
      for (int round = 0; round < ROUNDS_MAX && !log.account(0).isComplete(); round++) {
        produce(log);
        work(log, ENTRY_COUNT);
      }
      var reconciliation = Reconciliation.of(log);
      return reconciliation.isComplete()
          ? Optional.empty()
          : Optional.of("%d bytes torn off: %s".formatted(bytes, reconciliation));
    } catch (IOException | RuntimeException e) {
      return Optional.of("%d bytes torn off: %s".formatted(bytes, e));
    } finally {
      redis.kill();
    }
  }

  private static void produce(EventLog log) {
    var mark = log.openProducer(0, "source");
    long next = mark.lastSequence() + 1;
    if (next <= ENTRY_COUNT) {
      var missing = source(next, (int) (ENTRY_COUNT - next + 1));
      log.append(0, mark.epoch(), next, missing, 4 * ENTRY_COUNT);
    }
    log.finishProducer(0, mark.epoch(), ENTRY_COUNT);
  }

  private static void work(EventLog log, int countMax) {
    var entries = new ArrayList<DeliveredEntry>();
    try (var reader = log.openReader(0, "c")) {
      entries.addAll(reader.readHeld(EntryId.START, countMax));
      entries.addAll(reader.readNew(countMax, Duration.ZERO));
    }
    for (var entry : entries.subList(0, Math.min(countMax, entries.size()))) {
      complete(log, entry.id(), Entries.idsOf(entry));
    }
  }

  private static void cut(Path folder, int bytes) throws IOException {
    try (var files = Files.walk(folder)) {
      var last =
          files
              .filter(file -> file.toString().matches(".*appendonly.*aof"))
              .filter(Files::isRegularFile)
              .max(Comparator.comparing(Path::toString))
              .orElseThrow();
      try (var channel = FileChannel.open(last, StandardOpenOption.WRITE)) {
        channel.truncate(channel.size() - bytes);
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(to.resolve(from.relativize(folder)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(file, to.resolve(from.relativize(file)));
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
