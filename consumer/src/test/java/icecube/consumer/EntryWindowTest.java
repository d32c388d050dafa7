// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.chassis.TimeAndChance;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class EntryWindowTest {
  private static final long BYTES_MAX = 8 << 20;
  private static final long ENTRY_BYTES = 1_000;

  private final EntryWindow window = new EntryWindow(8, BYTES_MAX, 2);

  @BeforeEach
  void serve() {
    window.serve(true);
  }

  @Test
  void withoutAModelServerNobodyReads() {
    window.serve(false);
    assertThat(window.beginRead(1)).isZero();
    assertThat(window.room()).isZero();
    window.serve(true);
    assertThat(window.beginRead(1)).isEqualTo(1);
  }

  @Test
  void theFewerBytesAreLeftTheLessAReadAsksFor() {
    var small = new EntryWindow(100, 100_000, 0);
    small.serve(true);
    for (int entry = 0; entry < 50; entry++) {
      small.enter(10_000);
      small.exit(10_000);
    }
    assertThat(small.beginRead(100)).isEqualTo(9);
    small.enter(75_000);
    assertThat(small.beginRead(100)).isEqualTo(1);
    small.enter(25_000);
    assertThat(small.bytes()).isEqualTo(100_000);
    assertThat(small.beginRead(100)).as("full of bytes").isZero();
    small.exit(25_000);
    assertThat(small.room()).isEqualTo(1);
  }

  @Test
  void anEntryLargerThanTheWindowPassesAlone() {
    assertThat(window.beginRead(1)).isEqualTo(1);
    window.enter(2 * BYTES_MAX);
    window.endRead();
    assertThat(window.beginRead(1)).isZero();
    window.exit(2 * BYTES_MAX);
    assertThat(window.beginRead(8)).as("it expects more of its kind").isEqualTo(4);
  }

  @Test
  void aParkedEntryLeavesItsPlaceAndTakesItAgain() {
    enter(8);
    assertThat(window.park(ENTRY_BYTES)).isTrue();
    assertThat(window.beginRead(8)).isEqualTo(1);
    window.endRead();
    assertThat(window.park(ENTRY_BYTES)).isTrue();
    assertThat(window.park(ENTRY_BYTES)).as("a third").isFalse();
    assertThat(window.parked()).isEqualTo(2);
    window.suspend();
    assertThat(window.unpark(ENTRY_BYTES)).as("while suspended").isFalse();
    window.resume();
    assertThat(window.unpark(ENTRY_BYTES)).isTrue();
    window.exitParked();
    assertThat(window.parked()).isZero();
    assertThat(window.inFlight()).isEqualTo(7);
    assertThat(window.bytes()).isEqualTo(7 * ENTRY_BYTES);
  }

  @Test
  void aReadMayBringAsMuchAsThereIsRoomFor() {
    assertThat(window.beginRead(3)).isEqualTo(3);
    enter(6);
    assertThat(window.beginRead(3)).isEqualTo(2);
  }

  @Test
  void aFullWindowIsWaitedFor() throws Exception {
    enter(8);
    var count = new AtomicInteger(-1);
    var reader = reader(count);
    Await.until("waiting", () -> reader.getState() == Thread.State.WAITING);
    assertThat(window.room()).isZero();
    window.exit(ENTRY_BYTES);
    reader.join();
    assertThat(count.get()).isEqualTo(1);
  }

  @Test
  void aReadBeginsOnlyWhereThereIsRoom() {
    enter(8);
    assertThat(window.beginRead(3)).isZero();
    assertThat(window.isClosed()).isFalse();
    window.exit(ENTRY_BYTES);
    assertThat(window.beginRead(3)).isEqualTo(1);
  }

  @Test
  void aClosedWindowSendsReadersHome() throws Exception {
    enter(8);
    var count = new AtomicInteger(-1);
    var reader = reader(count);
    Await.until("waiting", () -> reader.getState() == Thread.State.WAITING);
    window.close();
    reader.join();
    assertThat(count.get()).isZero();
    assertThat(window.beginRead(1)).isZero();
    assertThat(window.isClosed()).isTrue();
  }

  @Test
  void aSuspendedWindowHasNoRoomUntilItResumes() throws Exception {
    window.suspend();
    assertThat(window.room()).isZero();
    var count = new AtomicInteger(-1);
    var reader = reader(count);
    Await.until("waiting", () -> reader.getState() == Thread.State.WAITING);
    window.resume();
    reader.join();
    assertThat(count.get()).isEqualTo(4);
  }

  @Test
  void itIsIdleOnceNothingIsInFlightAndNobodyReads() throws Exception {
    assertThat(window.isIdle()).isTrue();
    window.beginRead(1);
    assertThat(window.isIdle()).isFalse();
    window.enter(ENTRY_BYTES);
    window.endRead();
    assertThat(window.isIdle()).isFalse();
    assertThat(window.awaitIdle(1, TimeAndChance.SYSTEM)).isFalse();
    window.exit(ENTRY_BYTES);
    assertThat(window.isIdle()).isTrue();
    assertThat(window.awaitIdle(1, TimeAndChance.SYSTEM)).isTrue();
  }

  @Test
  void overloadHalvesItOncePerInterval() {
    window.shrink(0);
    window.shrink(1);
    assertThat(window.limit()).isEqualTo(4);
    window.shrink(EntryWindow.SHRINK_INTERVAL_NANOS);
    assertThat(window.limit()).isEqualTo(2);
    window.shrink(2 * EntryWindow.SHRINK_INTERVAL_NANOS);
    window.shrink(3 * EntryWindow.SHRINK_INTERVAL_NANOS);
    assertThat(window.limit()).isEqualTo(1);
  }

  @Test
  void aWindowfulOfSuccessesWidensItByOneUpToItsMaximum() {
    window.shrink(0);
    for (int success = 0; success < 4; success++) {
      window.grow();
    }
    assertThat(window.limit()).isEqualTo(5);
    for (int success = 0; success < 1_000; success++) {
      window.grow();
    }
    assertThat(window.limit()).isEqualTo(8);
  }

  private void enter(int count) {
    for (int entry = 0; entry < count; entry++) {
      window.enter(ENTRY_BYTES);
    }
  }

  private Thread reader(AtomicInteger count) {
    var thread =
        new Thread(
            () -> {
              try {
                window.awaitRoom();
                count.set(window.beginRead(4));
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "test-reader");
    thread.start();
    return thread;
  }
}
