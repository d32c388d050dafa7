// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.v1.Model;
import org.junit.jupiter.api.Test;

/** The sums that a model's statistics are made of. */
final class ModelActivityTest {
  private static final ModelCard CARD =
      new ModelCard("m", "3", Model.Runtime.RUNTIME_JAVA, Model.State.STATE_READY, "", 768, "");

  @Test
  void sumsHoldEveryRequestAndWhereItsTimeWent() {
    var activity = new ModelActivity();
    activity.ran(10, 100);
    activity.answered(64, 115, 1_700);
    activity.ran(20, 200);
    activity.answered(1, 225, 1_600);
    activity.ran(40, 400);
    activity.failed(440);

    var statistics = activity.toProto(CARD, 7);

    assertThat(statistics.getName()).isEqualTo("m");
    assertThat(statistics.getVersion()).isEqualTo("3");
    assertThat(statistics.getInferenceCount()).isEqualTo(65);
    assertThat(statistics.getExecutionCount()).isEqualTo(7);
    assertThat(statistics.getLastInference()).isEqualTo(1_700);
    var sums = statistics.getInferenceStats();
    assertThat(sums.getSuccess().getCount()).isEqualTo(2);
    assertThat(sums.getSuccess().getNs()).isEqualTo(340);
    assertThat(sums.getFail().getCount()).isEqualTo(1);
    assertThat(sums.getFail().getNs()).isEqualTo(440);
    assertThat(sums.getQueue().getCount()).isEqualTo(3);
    assertThat(sums.getQueue().getNs()).isEqualTo(70);
    assertThat(sums.getComputeInfer().getNs()).isEqualTo(700);
    assertThat(sums.getComputeInput().getCount()).isEqualTo(3);
    assertThat(sums.getComputeOutput().getNs()).isZero();
  }

  @Test
  void runsAreToldByTheSizeOfTheirBatch() {
    var activity = new ModelActivity();
    activity.batched(1, 100);
    activity.batched(16, 500);
    activity.batched(16, 700);

    var batches = activity.toProto(CARD, 3).getBatchStatsList();

    assertThat(batches).extracting(batch -> batch.getBatchSize()).containsExactly(1L, 16L);
    assertThat(batches.get(0).getComputeInfer().getNs()).isEqualTo(100);
    assertThat(batches.get(1).getComputeInfer().getCount()).isEqualTo(2);
    assertThat(batches.get(1).getComputeInfer().getNs()).isEqualTo(1_200);
    assertThat(batches.get(1).getComputeInput().getCount()).isEqualTo(2);
    assertThat(batches.get(1).getComputeInput().getNs()).isZero();
  }

  @Test
  void aClockThatStepsBackTakesNothingAway() {
    var activity = new ModelActivity();
    activity.ran(-5, 1);
    assertThat(activity.toProto(CARD, 0).getInferenceStats().getQueue().getNs()).isZero();
  }
}
