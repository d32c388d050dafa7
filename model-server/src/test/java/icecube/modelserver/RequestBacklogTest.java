// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import icecube.proto.ReasonException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class RequestBacklogTest {
  private static final Question NOTHING =
      new Question() {
        @Override
        public InferenceTask decode(ServedModel asked) {
          throw new IllegalStateException("decode: called (expected: only waiting)");
        }

        @Override
        public Reply reply(ServedModel asked) {
          throw new IllegalStateException("reply: called (expected: only waiting)");
        }

        @Override
        public void refuse(QueuedRequest request, ReasonException why) {}
      };

  private final RequestBacklog backlog = new RequestBacklog();
  private final ServedModel model = new RecordingModel(true).served("one");
  private final ServedModel other = new RecordingModel(true).served("other");

  @Test
  void theArchiveHasEveryEighthTurnAndAllWhenNothingElseWaits() {
    for (int id = 0; id < 20; id++) {
      backlog.add(run(model, Lane.REALTIME));
      backlog.add(run(model, Lane.ARCHIVE));
    }

    var lanes = new ArrayList<Lane>();
    for (var run = backlog.poll(); run != null; run = backlog.poll()) {
      lanes.add(run.request().lane());
    }
    assertThat(lanes).hasSize(40);
    assertThat(lanes.subList(0, 7)).containsOnly(Lane.REALTIME);
    assertThat(lanes.get(7)).isEqualTo(Lane.ARCHIVE);
    assertThat(lanes.subList(8, 15)).containsOnly(Lane.REALTIME);
    assertThat(lanes.get(15)).isEqualTo(Lane.ARCHIVE);
    assertThat(lanes.subList(22, 40)).containsOnly(Lane.ARCHIVE);
  }

  @Test
  void theOldestOfAModelIsFoundBehindOthersButNotFarBehind() {
    backlog.add(run(other, Lane.REALTIME));
    var wanted = run(model, Lane.REALTIME);
    backlog.add(wanted);

    assertThat(backlog.poll(model)).isSameAs(wanted);
    assertThat(backlog.poll(model)).isNull();
    for (int count = 1; count < RequestBacklog.LOOK_AHEAD_MAX; count++) {
      backlog.add(run(other, Lane.REALTIME));
    }
    backlog.add(run(model, Lane.REALTIME));
    assertThat(backlog.poll(model)).isNull();
    assertThat(backlog.poll()).isNotNull();
    assertThat(backlog.poll(model)).isNotNull();
  }

  @Test
  void theArchiveDoesNotJoinARoundWhileRealtimeWaits() {
    backlog.add(run(model, Lane.ARCHIVE));
    backlog.add(run(other, Lane.REALTIME));

    assertThat(backlog.poll(model)).isNull();
    assertThat(requireNonNull(backlog.poll()).request().model()).isSameAs(other);
    assertThat(backlog.poll(model)).isNotNull();
  }

  @Test
  void shadowsAreTakenOnlyWhenNothingElseWaits() {
    var shadows = run(model, Lane.SHADOW);
    backlog.add(shadows);
    backlog.add(run(model, Lane.ARCHIVE));
    backlog.add(run(model, Lane.REALTIME));

    assertThat(requireNonNull(backlog.poll()).request().lane()).isEqualTo(Lane.REALTIME);
    assertThat(requireNonNull(backlog.poll()).request().lane()).isEqualTo(Lane.ARCHIVE);
    assertThat(backlog.poll(model)).as("joins no round").isNull();
    assertThat(backlog.isEmpty()).isFalse();
    assertThat(backlog.poll()).isSameAs(shadows);
    assertThat(backlog.isEmpty()).isTrue();
  }

  @Test
  void shadowsTakeNobodysPlaceAndNobodysTime() {
    var shadows = run(model, Lane.SHADOW);
    backlog.add(shadows);

    assertThat(backlog.events()).isZero();
    assertThat(backlog.bytes()).isZero();
    assertThat(backlog.nanosBefore(Lane.REALTIME)).isZero();
    assertThat(backlog.nanosBefore(Lane.ARCHIVE)).isZero();
    assertThat(backlog.shadowEvents()).isEqualTo(2);
    assertThat(backlog.shadowBytes()).isEqualTo(100);
    assertThat(backlog.remove(shadows.request())).isSameAs(shadows);
    assertThat(backlog.shadowEvents()).isZero();
    assertThat(backlog.shadowBytes()).isZero();
  }

  @Test
  void shadowsThatArePassedOverCanStillBeCleared() {
    var shadows = run(model, Lane.SHADOW);
    backlog.add(shadows);
    backlog.passOverShadows();

    assertThat(backlog.isEmpty()).isTrue();
    assertThat(backlog.poll()).isNull();
    assertThat(backlog.clear()).containsExactly(shadows);
    assertThat(backlog.shadowEvents()).isZero();
  }

  @Test
  void whatWaitsIsCountedWhicheverWayItGoes() {
    var runs =
        List.of(run(model, Lane.REALTIME), run(model, Lane.ARCHIVE), run(model, Lane.REALTIME));
    runs.forEach(backlog::add);
    assertThat(backlog.events()).isEqualTo(6);
    assertThat(backlog.bytes()).isEqualTo(300);
    assertThat(backlog.nanosBefore(Lane.REALTIME)).isEqualTo(14 + 2);
    assertThat(backlog.nanosBefore(Lane.ARCHIVE)).isEqualTo(21);

    assertThat(backlog.remove(runs.get(1).request())).isSameAs(runs.get(1));
    assertThat(backlog.remove(runs.get(1).request())).isNull();
    assertThat(backlog.nanosBefore(Lane.REALTIME)).isEqualTo(14);
    assertThat(backlog.poll()).isSameAs(runs.get(0));
    assertThat(backlog.clear()).containsExactly(runs.get(2));
    assertThat(backlog.isEmpty()).isTrue();
    assertThat(backlog.events()).isZero();
    assertThat(backlog.bytes()).isZero();
    assertThat(backlog.nanosBefore(Lane.ARCHIVE)).isZero();
  }

  private static RequestRun run(ServedModel model, Lane lane) {
    return new RequestRun(
        new QueuedRequest(NOTHING, model, 2, 100, 0, OptionalLong.empty(), lane), 7);
  }
}
