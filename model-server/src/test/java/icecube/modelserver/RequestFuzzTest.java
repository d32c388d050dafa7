// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import icecube.chassis.Closer;
import icecube.proto.PredictionCodec;
import icecube.proto.ReasonException;
import icecube.proto.ReasonKind;
import icecube.proto.Reasons;
import icecube.v1.EventResult;
import icecube.v1.Model;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Requests, most of them corrupted: each is answered with as many results as events, or refused
 * with a reason of the caller's. No other exception, whichever model.
 */
final class RequestFuzzTest {
  private static final long SEED = Long.getLong("icecube.seed", 0xf022);
  private static final int TRIALS = 3_000;

  @Test
  void everyRequestIsAnsweredOrRefusedWithAReason() throws IOException {
    var predictor = new RequestPredictor(Samples.GEOMETRY);
    byte[] graph = Files.readAllBytes(Samples.MODELS.resolve("line-fit-onnx/1/model.onnx"));
    var closer = new Closer();
    var java = served("java", closer.add(FitModel.lineFit()));
    var onnx = served("onnx", closer.add(OnnxModel.load(graph, 768, 1)));
    Set<String> reasons = new TreeSet<>();
    int answered = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
      var random = new SplittableRandom(SEED + trial);
      byte[] bytes = request(random).toByteArray();
      if (random.nextInt(3) > 0) {
        bytes = SpoiledBytes.flipped(random, bytes);
      }
      try {
        var request = PredictRequest.parseFrom(bytes);
        var response = predictor.predict(request, random.nextBoolean() ? java : onnx);
        check(request, response);
        answered++;
      } catch (ReasonException e) {
        assertThat(Reasons.kindOf(e.reason())).isEqualTo(ReasonKind.CALLER_REQUEST);
        reasons.add(Reasons.nameOf(e.reason()));
      } catch (InvalidProtocolBufferException e) {
        reasons.add("no message");
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("repeat with -Dicecube.seed=" + (SEED + trial), e);
      }
    }
    closer.close();

    assertThat(answered).isBetween(TRIALS / 10, TRIALS * 9 / 10);
    assertThat(reasons)
        .contains("no message", "COLUMNS_MISMATCHED", "FEATURES_INVALID", "REQUEST_EMPTY");
  }

  private static ServedModel served(String name, InferenceModel predictor) {
    return ServedModel.ready(name, "1", Model.Runtime.RUNTIME_JAVA, "", "", predictor);
  }

  private static void check(PredictRequest request, PredictResponse response) {
    int events =
        request.hasEvents()
            ? request.getEvents().getEventIdCount()
            : request.getFeatures().getEventIdCount();
    assertThat(response.getResultsCount()).isEqualTo(events);
    assertThat(response.getRequestId()).isEqualTo(request.getRequestId());
    for (EventResult result : response.getResultsList()) {
      if (result.hasPrediction()) {
        PredictionCodec.direction(result.getPrediction());
      } else {
        assertThat(result.getError().getReasonValue()).isPositive();
      }
    }
  }

  private static PredictRequest request(SplittableRandom random) {
    var request =
        switch (random.nextInt(8)) {
          case 0 -> PredictRequest.newBuilder();
          case 1, 2, 3 -> Samples.featuresRequest(Samples.table(random, 1 + random.nextInt(5)));
          default -> Samples.eventsRequest(Samples.events(random, 1 + random.nextInt(5)));
        };
    return request.setRequestId(random.nextLong()).build();
  }
}
