// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.chassis.StartException;
import icecube.physics.Event;
import icecube.physics.PulseSeries;
import icecube.v1.EventResult;
import icecube.v1.Reason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model asked without a server. */
final class LocalModelTest {
  private static final List<ModelOrigin> MODELS = List.of(new ModelOrigin.Folder(Samples.MODELS));

  private static LocalModel open(String name) {
    return LocalModel.open(MODELS, name, Samples.GEOMETRY, 2, Device.CPU);
  }

  @ParameterizedTest
  @ValueSource(strings = {"line-fit", "line-fit-onnx"})
  void itAnswersWhatTheServerWould(String name) {
    var events = Samples.events(new SplittableRandom(5), 50);
    var request = Samples.eventsRequest(events).build();
    try (var local = open(name);
        var models = ModelRepository.open(Optional.of(Samples.MODELS), name, 1)) {
      var served = models.acquire(name, "");
      var answer = new RequestPredictor(Samples.GEOMETRY).predict(request, served);
      served.release();
      assertThat(local.predict(events)).isEqualTo(answer.getResultsList());
      assertThat(local.name()).isEqualTo(name);
      assertThat(local.version()).isEqualTo("1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"line-fit", "line-fit-onnx"})
  void rowsAreAnsweredAsTheirEventsAre(String name) {
    var events = Samples.events(new SplittableRandom(7), 20);
    var table = Samples.table(new SplittableRandom(7), 20);
    try (var local = open(name)) {
      assertThat(local.predict(table)).isEqualTo(local.predict(events));
    }
  }

  @Test
  void anUnsoundEventDoesNotTouchItsNeighbours() {
    var events = new ArrayList<>(Samples.events(new SplittableRandom(6), 3));
    events.add(1, new Event(77, PulseSeries.EMPTY));
    try (var local = open("line-fit")) {
      var results = local.predict(events);
      assertThat(results)
          .extracting(EventResult::hasPrediction)
          .containsExactly(true, false, true, true);
      assertThat(results.get(1).getError().getReason()).isEqualTo(Reason.REASON_EVENT_EMPTY);
      assertThat(results.get(1).getError().getEventId()).isEqualTo(77);
      assertThat(local.predict(List.of())).isEmpty();
    }
  }

  @Test
  void aModelThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> open("no-such-model"))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("no-such-model");
    assertThatThrownBy(
            () ->
                LocalModel.open(
                    List.of(new ModelOrigin.Folder(Path.of("/nowhere"))),
                    "line-fit",
                    Samples.GEOMETRY,
                    1,
                    Device.CPU))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("/nowhere");
  }
}
