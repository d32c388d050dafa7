// SPDX-License-Identifier: Apache-2.0
package icecube.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import icecube.physics.Direction;
import icecube.v1.EventBatch;
import icecube.v1.FeatureBatch;
import icecube.v1.Prediction;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Bytes from outside, 60 % valid, 30 % corrupted, 10 % garbage: the codecs answer with a value, a
 * {@link ReasonException} or an {@link InvalidProtocolBufferException}, and with nothing else.
 */
final class CodecFuzzTest {
  private static final long SEED = Long.getLong("icecube.seed", 0x5eed);
  private static final int TRIALS = 20_000;

  @Test
  void eventBatchesNeverSurpriseTheDecoder() {
    fuzz(
        "eventBatchesNeverSurpriseTheDecoder",
        random ->
            EventCodec.encode(Samples.events(random, random.nextInt(5)), Samples.geometry())
                .toByteArray(),
        bytes -> {
          var batch = EventBatch.parseFrom(bytes);
          assertThat(EventCodec.decode(batch)).hasSize(batch.getEventIdCount());
        });
  }

  @Test
  void featureBatchesNeverSurpriseTheDecoder() {
    fuzz(
        "featureBatchesNeverSurpriseTheDecoder",
        random -> FeatureCodec.encode(Samples.table(random, random.nextInt(5))).toByteArray(),
        bytes -> {
          var batch = FeatureBatch.parseFrom(bytes);
          var table = FeatureCodec.decode(batch);
          assertThat(FeatureCodec.decode(FeatureCodec.encode(table))).isEqualTo(table);
        });
  }

  @Test
  void predictionsNeverSurpriseTheDecoder() {
    fuzz(
        "predictionsNeverSurpriseTheDecoder",
        random ->
            PredictionCodec.encode(
                    Samples.table(random, 1), 0, Direction.NO_DIRECTION, "line-fit", "1")
                .build()
                .toByteArray(),
        bytes -> {
          var prediction = Prediction.parseFrom(bytes);
          var direction = PredictionCodec.direction(prediction);
          assertThat(direction.zenithRad()).isBetween(0.0, Math.PI);
        });
  }

  private interface Source {
    byte[] next(SplittableRandom random);
  }

  private interface Decoder {
    void decode(byte[] bytes) throws InvalidProtocolBufferException;
  }

  private static void fuzz(String test, Source source, Decoder decoder) {
    var seeds = new SplittableRandom(SEED);
    int refused = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
      long seed = seeds.nextLong();
      var random = new SplittableRandom(seed);
      byte[] bytes = spoil(random, source.next(random));
      try {
        decoder.decode(bytes);
      } catch (ReasonException | InvalidProtocolBufferException e) {
        assertThat(e).hasMessageMatching("(?s).+");
        refused++;
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(
            "trial %d; repeat with -Dicecube.seed=%d -Dtest=CodecFuzzTest#%s"
                .formatted(trial, SEED, test),
            e);
      }
    }
    // Both ways were walked, else the corpus has gone stale.
    assertThat(refused).isBetween(TRIALS / 20, TRIALS * 19 / 20);
  }

  private static byte[] spoil(SplittableRandom random, byte[] bytes) {
    int lot = random.nextInt(10);
    if (lot < 6) {
      return bytes;
    }
    if (lot == 9) {
      byte[] garbage = new byte[random.nextInt(200)];
      random.nextBytes(garbage);
      return garbage;
    }
    byte[] torn = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
    for (int flips = random.nextInt(4); flips > 0 && torn.length > 0; flips--) {
      torn[random.nextInt(torn.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return random.nextBoolean() ? torn : flipped(random, bytes);
  }

  private static byte[] flipped(SplittableRandom random, byte[] bytes) {
    byte[] copy = bytes.clone();
    if (copy.length > 0) {
      copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return copy;
  }
}
