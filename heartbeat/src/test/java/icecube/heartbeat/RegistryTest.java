// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import static icecube.heartbeat.Beats.DRAINING;
import static icecube.heartbeat.Beats.LEFT;
import static icecube.heartbeat.Beats.SERVING;
import static icecube.heartbeat.Beats.STARTING;
import static icecube.heartbeat.Beats.beat;
import static icecube.heartbeat.Beats.instance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.chassis.Beat;
import icecube.chassis.BeatSender;
import icecube.chassis.InstanceIds;
import icecube.chassis.ServerSettings;
import icecube.chassis.StartException;
import icecube.chassis.TransportSecurity;
import icecube.otel.Meters;
import icecube.v1.BeatOutcome;
import icecube.v1.BeatResponse;
import icecube.v1.InstanceState;
import icecube.v1.ListResponse;
import icecube.v1.Member;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RegistryTest {
  private final RegistryRig rig = new RegistryRig();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void answersEachBeatWithLeaseAndOutcome() throws InterruptedException {
    rig.start(RegistrySettings.at("127.0.0.1", 0));
    RegistryRig.BeatStream stream = rig.beats();

    stream.send(beat("a", 5, 1, SERVING));
    stream.send(beat("a", 5, 1, SERVING));
    stream.send(beat("a", 4, 2, SERVING));

    BeatResponse first = stream.answer();
    assertThat(first.getSequence()).isEqualTo(1);
    assertThat(first.getLeaseMs()).isEqualTo(10_000);
    assertThat(first.getOutcome()).isEqualTo(BeatOutcome.BEAT_OUTCOME_ACCEPTED);
    assertThat(stream.answer().getOutcome()).isEqualTo(BeatOutcome.BEAT_OUTCOME_STALE);
    assertThat(stream.answer().getOutcome()).isEqualTo(BeatOutcome.BEAT_OUTCOME_SUPERSEDED);
    assertThat(rig.metrics.get("icecube.heartbeat.accepted").counter().count()).isEqualTo(1);
    assertThat(rig.count("icecube.heartbeat.stale", "seq")).isEqualTo(1);
    assertThat(rig.count("icecube.heartbeat.stale", "incarnation")).isEqualTo(1);
  }

  @Test
  void listsMembersWithTheRevision() throws InterruptedException {
    rig.start(RegistrySettings.at("127.0.0.1", 0));
    RegistryRig.BeatStream stream = rig.beats();
    ListResponse empty = rig.list("");
    stream.send(beat("b", 1, 1, STARTING));
    stream.send(beat("a", 1, 1, SERVING));
    stream.answer();
    stream.answer();

    ListResponse both = rig.list("consumer");

    assertThat(both.getMembersList())
        .extracting(m -> m.getInstance().getInstanceId())
        .containsExactly("a", "b");
    assertThat(both.getRevision()).isEqualTo(empty.getRevision() + 2);
    assertThat(rig.list("emitter").getMembersList()).isEmpty();
  }

  @Test
  void refusesAMalformedBeat() throws InterruptedException {
    rig.start(RegistrySettings.at("127.0.0.1", 0));
    RegistryRig.BeatStream stream = rig.beats();

    stream.send(beat("a", 1, 0, SERVING));

    Status status = stream.failure();
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).isEqualTo("sequence: 0 (expected: >= 1)");
    assertThat(rig.count("icecube.heartbeat.refused", "invalid")).isEqualTo(1);
  }

  @Test
  void refusesAMemberAboveTheLimitWithAnAdvice() throws InterruptedException {
    rig.start(rig.settings(1, 64, Map.of()));
    RegistryRig.BeatStream stream = rig.beats();
    stream.send(beat("a", 1, 1, SERVING));
    stream.answer();

    stream.send(beat("b", 1, 1, SERVING));

    Status status = stream.failure();
    assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(status.getDescription()).contains("member-count-max 1").contains("raise it");
    assertThat(rig.count("icecube.heartbeat.refused", "full")).isEqualTo(1);
  }

  @Test
  void saysNothingAboutAKindItCannotKnowYet() {
    rig.start(RegistrySettings.of(ServerSettings.onLoopback(0), Map.of("consumer", 1)));

    assertThat(rig.health("consumer")).isEqualTo(ServingStatus.SERVICE_UNKNOWN);
    assertThat(rig.health("")).isEqualTo(ServingStatus.SERVING);
    assertThat(rig.health("icecube.v1.HeartbeatService")).isEqualTo(ServingStatus.SERVING);
  }

  @Test
  void saysNotServingOnceItHasListenedForOneLease() {
    rig.start(rig.quick(Map.of("consumer", 1)));

    rig.awaitHealth("consumer", ServingStatus.NOT_SERVING);
  }

  @Test
  void saysServingWhileTheWantedNumberServes() throws InterruptedException {
    rig.start(RegistrySettings.of(ServerSettings.onLoopback(0), Map.of("consumer", 2)));
    RegistryRig.BeatStream stream = rig.beats();

    stream.send(beat("a", 1, 1, SERVING));
    stream.send(beat("b", 1, 1, STARTING));
    stream.answer();
    stream.answer();
    assertThat(rig.health("consumer")).isEqualTo(ServingStatus.SERVICE_UNKNOWN);
    stream.send(beat("b", 1, 2, SERVING));
    rig.awaitHealth("consumer", ServingStatus.SERVING);
    stream.send(beat("a", 1, 2, DRAINING));
    rig.awaitHealth("consumer", ServingStatus.NOT_SERVING);
    stream.send(beat("a", 1, 3, SERVING));
    rig.awaitHealth("consumer", ServingStatus.SERVING);
    stream.send(beat("a", 1, 4, LEFT));
    rig.awaitHealth("consumer", ServingStatus.NOT_SERVING);
  }

  @Test
  void wantsOneOfAKindNobodyNamed() throws InterruptedException {
    rig.start(RegistrySettings.at("127.0.0.1", 0));
    RegistryRig.BeatStream stream = rig.beats();

    stream.send(beat(instance("sink", "s", 1), 1, SERVING));

    rig.awaitHealth("sink", ServingStatus.SERVING);
  }

  @Test
  void suspectsAndBuriesTheSilentAndTheirKind() throws InterruptedException {
    rig.start(rig.quick(Map.of()));
    RegistryRig.BeatStream stream = rig.beats();
    var sequence = new AtomicLong();
    Await.until(
        () -> {
          stream.send(beat("a", 1, sequence.incrementAndGet(), SERVING));
          return rig.health("consumer") == ServingStatus.SERVING;
        },
        "a serves");

    Await.until(() -> isState("a", InstanceState.INSTANCE_STATE_DEAD), "a is dead");

    rig.awaitHealth("consumer", ServingStatus.NOT_SERVING);
    Await.until(
        () -> rig.metrics.get("icecube.heartbeat.missed").counter().count() >= 1, "counted");
    assertThat(rig.metrics.get("icecube.heartbeat.expired").counter().count()).isEqualTo(1);
  }

  @Test
  void keepsAMemberWhoseConnectionBreaks() throws InterruptedException {
    rig.start(RegistrySettings.at("127.0.0.1", 0));
    RegistryRig.BeatStream stream = rig.beats();
    stream.send(beat("a", 1, 1, SERVING));
    stream.answer();

    stream.cut();

    rig.beats().send(beat("b", 1, 1, SERVING));
    Await.until(() -> rig.list("").getMembersCount() == 2, "b is there");
    assertThat(isState("a", SERVING)).isTrue();
  }

  @Test
  void showsItsMetricsUnderTheirPublishedNames() throws InterruptedException {
    rig.start(rig.settings(1_024, 4_096, Map.of("consumer", 2)));
    RegistryRig.BeatStream stream = rig.beats();
    stream.send(beat("a", 1, 1, SERVING));
    stream.answer();
    String instances = "icecube_registry_instances{kind=\"consumer\",state=\"SERVING\"} 1.0";
    Await.until(() -> rig.metrics.scrape().contains(instances), "instances");
    Await.until(
        () ->
            rig.metrics
                .scrape()
                .contains("icecube_heartbeat_age_seconds{instance_id=\"a\",kind=\"consumer\"}"),
        "age");

    assertThat(rig.metrics.scrape())
        .contains("icecube_registry_expected{kind=\"consumer\"} 2")
        .contains("icecube_registry_self_preservation{kind=\"consumer\"} 0")
        .contains("icecube_registry_sweep_gap_seconds ")
        .contains("icecube_registry_watchers 0")
        .contains("icecube_heartbeat_accepted_total 1.0")
        .contains("icecube_heartbeat_stale_total{reason=\"seq\"} 0.0")
        .contains("icecube_heartbeat_missed_total")
        .contains("icecube_chassis_requests_refused_total{reason=\"REQUEST_UNREADABLE\"} 0.0");
  }

  @Test
  void showsAKindThatIsWantedAndHasNeverBeaten() {
    rig.start(RegistrySettings.of(ServerSettings.onLoopback(0), Map.of("model-server", 2)));

    String wanted = "icecube_registry_expected{kind=\"model-server\"} 2.0";
    Await.until(() -> rig.metrics.scrape().contains(wanted), "wanted");
    assertThat(rig.metrics.scrape())
        .contains("icecube_registry_instances{kind=\"model-server\",state=\"SERVING\"} 0.0")
        .doesNotContain("kind=\"consumer\"");
  }

  @Test
  void hearsBeatSendersAgainAfterItsRestartOnTheSamePort() {
    int port = rig.start(RegistrySettings.at("127.0.0.1", 0)).port();
    BeatSender sender =
        rig.closer.add(
            BeatSender.start(
                "127.0.0.1:" + port,
                InstanceIds.create("consumer", "127.0.0.1:1", ""),
                () -> Beat.serving(3),
                Meters.of(rig.metrics),
                TransportSecurity.PLAINTEXT));
    Await.until(() -> rig.list("consumer").getMembersCount() == 1, "the first beat");
    rig.stop();

    rig.start(RegistrySettings.at("127.0.0.1", port));

    Await.until(() -> rig.list("consumer").getMembersCount() == 1, "a beat after the restart");
    Member member = rig.list("consumer").getMembers(0);
    assertThat(member.getInstance()).isEqualTo(sender.instance());
    assertThat(member.getInFlight()).isEqualTo(3);
    sender.close();
    Await.until(() -> isState(sender.instance().getInstanceId(), LEFT), "the goodbye");
  }

  @Test
  void refusesATakenPort() {
    int port = rig.start(RegistrySettings.at("127.0.0.1", 0)).port();

    assertThatThrownBy(
            () -> Registry.start(RegistrySettings.at("127.0.0.1", port), Meters.of(rig.metrics)))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("port: " + port);
    assertThat(Await.threads("registry-sweep")).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void leavesNoThreadBehindEvenWithBeatsAndWatchesOpen() throws InterruptedException {
    rig.start(RegistrySettings.at("127.0.0.1", 0));
    RegistryRig.BeatStream stream = rig.beats();
    stream.send(beat("a", 1, 1, SERVING));
    stream.answer();
    RegistryRig.WatchStream watch = rig.watch("", 0);
    watch.next();

    rig.stop();

    Await.until(() -> Await.threads("registry-sweep").isEmpty(), "the sweep ends");
    Await.until(() -> Await.threads("grpc-serve").isEmpty(), "the event loops end");
    assertThat(watch.failure().getCode()).isIn(Status.Code.UNAVAILABLE, Status.Code.CANCELLED);
  }

  private boolean isState(String id, InstanceState state) {
    return rig.list("").getMembersList().stream()
        .anyMatch(m -> m.getInstance().getInstanceId().equals(id) && m.getState() == state);
  }
}
