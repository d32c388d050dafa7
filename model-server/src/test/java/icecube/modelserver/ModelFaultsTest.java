// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.proto.ReasonException;
import icecube.v1.Reason;
import org.junit.jupiter.api.Test;

final class ModelFaultsTest {
  private static final long PERIOD_NANOS = ModelFaults.LOG_PERIOD.toNanos();

  private final ModelFaults faults = new ModelFaults(ServedModel.failed("m", "1", "").card());

  @Test
  void aFloodOfFaultsIsOneLineEachPeriodThatCountsTheRest() {
    long start = Long.MAX_VALUE - 5; // the clock may run over
    assertThat(faults.turn(start)).hasValue(0);
    for (int fault = 0; fault < 1_000; fault++) {
      assertThat(faults.turn(start + fault)).isEmpty();
    }
    assertThat(faults.turn(start + PERIOD_NANOS - 1)).isEmpty();

    assertThat(faults.turn(start + PERIOD_NANOS)).hasValue(1_001);
    assertThat(faults.turn(start + PERIOD_NANOS + 1)).isEmpty();
    assertThat(faults.turn(start + 9 * PERIOD_NANOS)).hasValue(1);
  }

  @Test
  void whatTheGraphRefusesIsForTheCallerToMendWhoChoseIt() {
    var failure = PredictorException.ofValues(new IllegalStateException("idx=9 of [-4,3]"));

    var told = faults.reasonOf(question(true), failure, 0);

    assertThat(told.reason()).isEqualTo(Reason.REASON_TENSORS_INVALID);
    assertThat(told)
        .hasMessage(
            "inputs: refused by the graph of m/1 (expected: values that it takes): idx=9 of [-4,3]")
        .hasCause(failure);
    // Nothing was logged: the next line is the first.
    assertThat(faults.turn(0)).hasValue(0);
  }

  @Test
  void everythingElseIsTheModelsFaultOrOurs() {
    for (Throwable failure :
        new Throwable[] {
          new PredictorException("run: broken"),
          new IllegalStateException("broken"),
          new OutOfMemoryError("broken")
        }) {
      assertInternal(faults.reasonOf(question(true), failure, 0));
    }
    // Features are made here of an event, and the same event would fail everywhere.
    var values = PredictorException.ofValues(new IllegalStateException("idx=9"));
    assertInternal(faults.reasonOf(question(false), values, 0));
    assertThat(faults.turn(PERIOD_NANOS)).hasValue(3);
  }

  @Test
  void aReasonThatIsKnownIsTold() {
    var known = new ReasonException(Reason.REASON_REQUEST_TOO_LARGE, "outputs: large");

    assertThat(faults.reasonOf(question(true), known, 0)).isSameAs(known);
  }

  private static void assertInternal(ReasonException told) {
    assertThat(told.reason()).isEqualTo(Reason.REASON_INTERNAL);
    assertThat(told).hasMessage("model: m/1 could not be run; see the server's log");
  }

  private static Question question(boolean isOfCallersValues) {
    return new Question() {
      @Override
      public InferenceTask decode(ServedModel model) {
        throw new UnsupportedOperationException("decode: called (expected: not here)");
      }

      @Override
      public Reply reply(ServedModel model) {
        throw new UnsupportedOperationException("reply: called (expected: not here)");
      }

      @Override
      public boolean isOfCallersValues() {
        return isOfCallersValues;
      }

      @Override
      public void refuse(QueuedRequest request, ReasonException why) {
        throw new UnsupportedOperationException("refuse: called (expected: not here)");
      }
    };
  }
}
