// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import static icecube.heartbeat.Beats.DRAINING;
import static icecube.heartbeat.Beats.LEFT;
import static icecube.heartbeat.Beats.SERVING;
import static icecube.heartbeat.Beats.STARTING;
import static icecube.heartbeat.Beats.beat;
import static icecube.heartbeat.Beats.instance;
import static org.assertj.core.api.Assertions.assertThat;

import icecube.v1.BeatRequest;
import icecube.v1.Instance;
import icecube.v1.InstanceState;
import icecube.v1.ListResponse;
import icecube.v1.WatchResponse;
import io.grpc.Status;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchTest {
  private final RegistryRig rig = new RegistryRig();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void beginsWithASnapshotAndGoesOnWithChanges() throws InterruptedException {
    rig.start(RegistrySettings.at("127.0.0.1", 0));
    RegistryRig.BeatStream beats = rig.beats();
    beats.send(beat("a", 1, 1, STARTING));
    beats.answer();
    RegistryRig.WatchStream watch = rig.watch("", 0);

    WatchResponse snapshot = watch.next();
    beats.send(beat("a", 1, 2, SERVING));
    WatchResponse change = watch.next();

    assertThat(snapshot.getSnapshot()).isTrue();
    assertThat(snapshot.getMembers(0).getState()).isEqualTo(STARTING);
    assertThat(change.getSnapshot()).isFalse();
    assertThat(change.getMembers(0).getState()).isEqualTo(SERVING);
    assertThat(change.getRevision()).isEqualTo(snapshot.getRevision() + 1);
  }

  @Test
  void tellsOnlyOfTheKindAskedFor() throws InterruptedException {
    rig.start(rig.settings(10, 100, Map.of()));
    RegistryRig.BeatStream beats = rig.beats();
    RegistryRig.WatchStream watch = rig.watch("emitter", 0);
    long start = watch.next().getRevision();

    beats.send(beat("a", 1, 1, SERVING));
    beats.answer();
    beats.send(beat(instance("emitter", "e", 1), 1, SERVING));

    WatchResponse next = watch.next();
    while (next.getMembersCount() == 0) {
      next = watch.next();
    }
    assertThat(next.getMembersList())
        .singleElement()
        .satisfies(m -> assertThat(m.getInstance().getKind()).isEqualTo("emitter"));
    assertThat(next.getRevision()).isEqualTo(start + 2);
  }

  @Test
  void sendsBookmarksWhenNothingHappens() throws InterruptedException {
    rig.start(rig.settings(10, 100, Map.of()));
    RegistryRig.WatchStream watch = rig.watch("", 0);
    WatchResponse snapshot = watch.next();

    WatchResponse bookmark = watch.next();

    assertThat(bookmark.getSnapshot()).isFalse();
    assertThat(bookmark.getMembersList()).isEmpty();
    assertThat(bookmark.getRevision()).isEqualTo(snapshot.getRevision());
  }

  @Test
  void carriesTheRevisionOfOtherKindsInItsBookmarks() throws InterruptedException {
    rig.start(rig.settings(10, 100, Map.of()));
    RegistryRig.WatchStream watch = rig.watch("emitter", 0);
    long start = watch.next().getRevision();
    rig.beats().send(beat("a", 1, 1, SERVING));

    long bookmarked = watch.next().getRevision();
    while (bookmarked == start) {
      bookmarked = watch.next().getRevision();
    }

    assertThat(bookmarked).isEqualTo(start + 1);
  }

  @Test
  void resumesAfterARevision() throws InterruptedException {
    rig.start(RegistrySettings.at("127.0.0.1", 0));
    RegistryRig.BeatStream beats = rig.beats();
    beats.send(beat("a", 1, 1, SERVING));
    beats.answer();
    long seen = rig.list("").getRevision();
    beats.send(beat("b", 1, 1, SERVING));
    beats.answer();

    WatchResponse missed = rig.watch("", seen).next();
    WatchResponse nothingMissed = rig.watch("", seen + 1).next();

    assertThat(missed.getSnapshot()).isFalse();
    assertThat(missed.getMembersList())
        .singleElement()
        .satisfies(m -> assertThat(m.getInstance().getInstanceId()).isEqualTo("b"));
    assertThat(nothingMissed.getMembersList()).isEmpty();
    assertThat(nothingMissed.getRevision()).isEqualTo(seen + 1);
  }

  @Test
  void refusesARevisionThatIsNoLongerKept() throws InterruptedException {
    rig.start(rig.settings(100, 4, Map.of()));
    long old = rig.list("").getRevision();
    RegistryRig.BeatStream beats = rig.beats();
    for (int i = 1; i <= 5; i++) {
      beats.send(beat("a" + i, 1, 1, SERVING));
      beats.answer();
    }

    Status status = rig.watch("", old).failure();

    assertThat(status.getCode()).isEqualTo(Status.Code.OUT_OF_RANGE);
    assertThat(status.getDescription())
        .contains("resume_revision: " + old)
        .contains("watch again with 0");
  }

  @Test
  void refusesARevisionOfALifeBefore() throws InterruptedException {
    rig.start(RegistrySettings.at("127.0.0.1", 0));
    rig.beats().send(beat("a", 1, 1, SERVING));
    Await.until(() -> rig.list("").getMembersCount() == 1, "a is there");
    long old = rig.list("").getRevision();
    rig.stop();
    rig.start(RegistrySettings.at("127.0.0.1", 0));

    assertThat(rig.watch("", old).failure().getCode()).isEqualTo(Status.Code.OUT_OF_RANGE);
  }

  @Test
  void refusesMoreWatchersThanItsLimitAndTakesOneAgainWhenOneGoes() throws InterruptedException {
    rig.start(rig.settings(10, 100, Map.of()));
    RegistryRig.WatchStream first = rig.watch("", 0);
    RegistryRig.WatchStream second = rig.watch("", 0);
    first.next();
    second.next();

    Status refused = rig.watch("", 0).failure();
    first.cut();
    Await.until(
        () -> rig.metrics.get("icecube.registry.watchers").gauge().value() == 1, "one is gone");

    assertThat(refused.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(refused.getDescription()).contains("watcher-count-max 2");
    assertThat(rig.count("icecube.registry.watchers.dropped", "full")).isEqualTo(1);
    assertThat(rig.watch("", 0).next().getSnapshot()).isTrue();
  }

  @Test
  void endsAWatcherThatDoesNotReadInsteadOfKeepingItsChanges() throws InterruptedException {
    rig.start(rig.settings(64, 64, Map.of()));
    RegistryRig.WatchStream slow = rig.watchWithoutReading();
    slow.next();
    RegistryRig.BeatStream beats = rig.beats();
    String address = "x".repeat(256);

    // Each change is about 600 bytes; the transport takes a few MB before it says stop.
    for (int sequence = 1; !isDropped() && sequence <= 60_000; sequence++) {
      Instance by =
          instance("consumer", "a", 1).toBuilder()
              .setAddress(address)
              .setManagementAddress(address)
              .build();
      beats.send(beat(by, sequence, sequence % 2 == 0 ? SERVING : DRAINING));
      beats.answer();
    }

    assertThat(isDropped()).isTrue();
    slow.readOn();
    assertThat(slow.failure().getCode()).isEqualTo(Status.Code.OUT_OF_RANGE);
  }

  @Test
  void endsInTheSameViewHoweverOftenItIsCut() throws InterruptedException {
    long seed = Long.getLong("icecube.seed", 0x5eed_0002L);
    SplittableRandom random = new SplittableRandom(seed);
    rig.start(RegistrySettings.at("127.0.0.1", 0));
    RegistryRig.BeatStream beats = rig.beats();
    View view = new View();
    int sent = 0;

    for (int cut = 0; cut < 200; cut++) {
      RegistryRig.WatchStream watch = rig.watch("", view.revision());
      int burst = 1 + random.nextInt(20);
      for (int i = 0; i < burst; i++) {
        beats.send(randomBeat(random, ++sent));
      }
      for (int reads = 1 + random.nextInt(3), r = 0; r < reads; r++) {
        view.apply(watch.next());
        if (view.revision() == rig.list("").getRevision()) {
          break;
        }
      }
      watch.cut();
    }

    for (int i = 0; i < sent; i++) {
      beats.answer();
    }
    ListResponse last = rig.list("");
    RegistryRig.WatchStream watch = rig.watch("", view.revision());
    while (view.revision() < last.getRevision()) {
      view.apply(watch.next());
    }
    assertThat(view.members())
        .as("repeat with -Dicecube.seed=0x%x", seed)
        .isNotEmpty()
        .isEqualTo(View.of(last.getMembersList()));
  }

  private static BeatRequest randomBeat(SplittableRandom random, int sequence) {
    List<InstanceState> states = List.of(STARTING, SERVING, DRAINING, LEFT);
    Instance by = instance("consumer", "c" + random.nextInt(10), 1 + sequence / 200);
    return beat(by, sequence, states.get(random.nextInt(states.size())));
  }

  private boolean isDropped() {
    return rig.count("icecube.registry.watchers.dropped", "slow") >= 1;
  }
}
