// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import com.google.protobuf.ByteString;
import icecube.v1.ModelServiceGrpc;
import icecube.v1.PredictRequest;
import inference.GRPCInferenceServiceGrpc;
import inference.ModelInferRequest;
import io.grpc.MethodDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One request of a fuzzer, the same for the same seed: of a hundred one is sound, some happen to
 * be, the others are cut short, changed, garbage, nested without end, or wrong in their fields.
 *
 * @param method what is called with it
 * @param isSound whether it must be answered OK
 * @param bytes the message
 */
record FuzzRequest(MethodDescriptor<?, ?> method, boolean isSound, ByteString bytes) {
  static final String MODEL = "line-fit-onnx";

  private static final int SOUND_COUNT = 32;
  private static final int EVENTS_MAX = 3;

  /** Makes them. Immutable and thread-safe. */
  static final class Source {
    private final List<PredictRequest> predict = new ArrayList<>();
    private final List<ModelInferRequest> infer = new ArrayList<>();

    /** The sound requests that the others are made of are the same in every run. */
    Source() {
      var random = new SplittableRandom(0x5eed);
      for (int index = 0; index < SOUND_COUNT; index++) {
        int events = 1 + random.nextInt(EVENTS_MAX);
        var request =
            index % 2 == 0
                ? Samples.eventsRequest(Samples.events(random, events))
                : Samples.featuresRequest(Samples.table(random, events));
        predict.add(request.setRequestId(index).setModelName(MODEL).build());
        infer.add(
            OipSamples.padded(Samples.table(random, events))
                .setModelName(MODEL)
                .setId("request " + index)
                .build());
      }
    }

    FuzzRequest next(long seed) {
      var random = new SplittableRandom(seed);
      int index = random.nextInt(SOUND_COUNT);
      boolean isPredict = random.nextBoolean();
      var method =
          isPredict
              ? ModelServiceGrpc.getPredictMethod()
              : GRPCInferenceServiceGrpc.getModelInferMethod();
      int kind = random.nextInt(100);
      if (kind >= 50) {
        var wrong =
            isPredict
                ? WrongPredictRequests.of(random, predict.get(index))
                : WrongInferRequests.of(random, infer.get(index));
        return new FuzzRequest(method, false, wrong.toByteString());
      }
      byte[] sound = (isPredict ? predict.get(index) : infer.get(index)).toByteArray();
      byte[] bytes = kind == 0 ? sound : spoiled(random, kind, sound);
      return new FuzzRequest(method, kind == 0, ByteString.copyFrom(bytes));
    }

    private static byte[] spoiled(SplittableRandom random, int kind, byte[] sound) {
      if (kind < 10) {
        return SpoiledBytes.cut(random, sound);
      } else if (kind < 18) {
        return SpoiledBytes.garbage(random);
      } else if (kind < 24) {
        return SpoiledBytes.nested(random, sound);
      } else if (kind < 28) {
        return SpoiledBytes.repeated(random, sound);
      }
      return SpoiledBytes.flipped(random, sound);
    }
  }
}
