// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import com.google.protobuf.ByteString;
import icecube.v1.EventBatch;
import icecube.v1.FeatureBatch;
import icecube.v1.PredictRequest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/** Requests to Predict that are protobuf, and wrong in one field or two. */
final class WrongPredictRequests {
  private WrongPredictRequests() {}

  /** {@code sound}, with something wrong. */
  static PredictRequest of(SplittableRandom random, PredictRequest sound) {
    var request = sound.toBuilder();
    for (int wrongs = 1 + random.nextInt(2); wrongs > 0; wrongs--) {
      if (random.nextInt(8) == 0) {
        envelope(random, request);
      } else if (request.hasEvents()) {
        events(random, request.getEventsBuilder());
      } else {
        features(random, request.getFeaturesBuilder());
      }
    }
    return request.build();
  }

  private static void envelope(SplittableRandom random, PredictRequest.Builder request) {
    switch (random.nextInt(6)) {
      case 0 -> request.setModelName(WrongValues.word(random));
      case 1 -> request.setModelVersion(WrongValues.word(random));
      case 2 -> request.setTimeoutMs((int) WrongValues.integer(random));
      case 3 -> request.setRequestId(WrongValues.integer(random));
      case 4 -> request.clearInput();
      default -> request.setFeatures(FeatureBatch.getDefaultInstance());
    }
  }

  private static void events(SplittableRandom random, EventBatch.Builder events) {
    int pulse = index(random, events.getTimeNsCount());
    int event = index(random, events.getPulseCountCount());
    if (pulse < 0 || event < 0) {
      events.addTimeNs(WrongValues.number(random)).addPulseCount((int) WrongValues.integer(random));
      return;
    }
    switch (random.nextInt(12)) {
      case 0 -> events.setPulseCount(event, (int) WrongValues.integer(random));
      case 1 -> events.addPulseCount((int) WrongValues.integer(random));
      case 2 -> events.setTimeNs(pulse, WrongValues.number(random));
      case 3 -> events.addTimeNs(WrongValues.number(random));
      case 4 -> events.addChargePe(WrongValues.number(random));
      case 5 -> events.addSensorId((int) WrongValues.integer(random));
      case 6 -> events.addEventId(WrongValues.integer(random));
      case 7 -> events.clearAuxiliary();
      case 8 -> events.clearChargePe().clearSensorId().clearTimeNs();
      case 9 -> events.clearEventId();
      case 10 -> events.getDetectorBuilder().setGeometryHash(WrongValues.word(random));
      default -> wrongPulse(random, events, pulse);
    }
  }

  private static void wrongPulse(SplittableRandom random, EventBatch.Builder events, int pulse) {
    if (pulse < events.getChargePeCount()) {
      events.setChargePe(pulse, WrongValues.number(random));
    }
    if (pulse < events.getSensorIdCount()) {
      events.setSensorId(pulse, (int) WrongValues.integer(random));
    }
  }

  private static void features(SplittableRandom random, FeatureBatch.Builder features) {
    switch (random.nextInt(8)) {
      case 0 -> features.setFeatureVersion((int) WrongValues.integer(random));
      case 1 -> features.addRowCount((int) WrongValues.integer(random));
      case 2 -> features.addEventId(WrongValues.integer(random));
      case 3 -> features.addPulsesSeen((int) WrongValues.integer(random));
      case 4 -> features.addQualityBits((int) WrongValues.integer(random));
      case 5 -> features.setRows(withWrongNumber(random, features.getRows()));
      case 6 -> features.setRows(ByteString.copyFrom(SpoiledBytes.garbage(random)));
      default -> {
        int event = index(random, features.getRowCountCount());
        if (event >= 0) {
          features.setRowCount(event, (int) WrongValues.integer(random));
        }
      }
    }
  }

  /** The same floats, little endian, one of them another. */
  static ByteString withWrongNumber(SplittableRandom random, ByteString floats) {
    int index = index(random, floats.size() / Float.BYTES);
    if (index < 0) {
      return floats;
    }
    byte[] bytes = floats.toByteArray();
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putFloat(index * Float.BYTES, WrongValues.number(random));
    return ByteString.copyFrom(bytes);
  }

  /** Any below {@code count}; -1 if there is none. */
  static int index(SplittableRandom random, int count) {
    return count == 0 ? -1 : random.nextInt(count);
  }
}
