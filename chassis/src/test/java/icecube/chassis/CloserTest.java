// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloserTest {
  private final List<String> closed = new ArrayList<>();

  @Test
  void closesInReverseOrder() {
    Closer closer = new Closer();
    closer.add(() -> closed.add("first"));
    closer.add(() -> closed.add("second"));

    closer.close();

    assertThat(closed).containsExactly("second", "first");
  }

  @Test
  void closesEachOnlyOnce() {
    Closer closer = new Closer();
    closer.add(() -> closed.add("only"));

    closer.close();
    closer.close();

    assertThat(closed).containsExactly("only");
  }

  @Test
  void throwsTheFirstFailureWithTheOthersSuppressedAndClosesAll() {
    Closer closer = new Closer();
    IllegalStateException last = new IllegalStateException("closed last");
    IllegalArgumentException first = new IllegalArgumentException("closed first");
    closer.add(
        () -> {
          throw last;
        });
    closer.add(() -> closed.add("between"));
    closer.add(
        () -> {
          throw first;
        });

    assertThatThrownBy(closer::close).isSameAs(first).hasSuppressedException(last);
    assertThat(closed).containsExactly("between");
  }

  @Test
  void wrapsACheckedFailure() {
    Closer closer = new Closer();
    IOException cause = new IOException("disk gone");
    closer.add(
        () -> {
          throw cause;
        });

    assertThatThrownBy(closer::close).isInstanceOf(IllegalStateException.class).hasCause(cause);
  }

  @Test
  void keepsAnInterruptAndClosesTheRest() {
    Closer closer = new Closer();
    closer.add(() -> closed.add("rest"));
    closer.add(
        () -> {
          throw new InterruptedException("stop");
        });

    assertThatThrownBy(closer::close).hasCauseInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(closed).containsExactly("rest");
  }

  @Test
  void addsFailuresOfClosingToTheFailureOfStarting() {
    Closer closer = new Closer();
    IllegalStateException closing = new IllegalStateException("closing");
    closer.add(
        () -> {
          throw closing;
        });
    RuntimeException starting = new RuntimeException("starting");

    closer.closeAfter(starting);

    assertThat(starting).hasSuppressedException(closing);
  }

  @Test
  void closesWhatIsAddedTooLate() {
    Closer closer = new Closer();
    closer.close();

    assertThatThrownBy(() -> closer.add(() -> closed.add("late")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("expected: open");
    assertThat(closed).containsExactly("late");
  }
}
