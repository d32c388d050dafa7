// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.chassis.TimeAndChance;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class EntryWindowTest {
  private final EntryWindow window = new EntryWindow(8);

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
    window.exit();
    reader.join();
    assertThat(count.get()).isEqualTo(1);
  }

  @Test
  void aReadBeginsOnlyWhereThereIsRoom() {
    enter(8);
    assertThat(window.beginRead(3)).isZero();
    assertThat(window.isClosed()).isFalse();
    window.exit();
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
    window.enter();
    window.endRead();
    assertThat(window.isIdle()).isFalse();
    assertThat(window.awaitIdle(1, TimeAndChance.SYSTEM)).isFalse();
    window.exit();
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
      window.enter();
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
