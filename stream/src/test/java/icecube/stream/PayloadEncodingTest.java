// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static icecube.stream.PayloadEncoding.PLAIN;
import static icecube.stream.PayloadEncoding.UNPACKED_SIZE_MAX;
import static icecube.stream.PayloadEncoding.ZSTD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import icecube.proto.ReasonException;
import icecube.v1.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PayloadEncodingTest {
  @Test
  void whatIsPackedIsUnpackedTheSame() {
    long seed = Long.getLong("icecube.seed", 0x5eedL);
    var random = new Random(seed);
    for (int size : new int[] {0, 1, 100, 60_000}) {
      byte[] payload = new byte[size];
      random.nextBytes(payload);
      for (var encoding : PayloadEncoding.values()) {
        assertThat(encoding.unpack(encoding.pack(payload)))
            .as("seed %d, %s, %d bytes", seed, encoding, size)
            .isEqualTo(payload);
      }
    }
  }

  @Test
  void plainIsWhatItIs() {
    byte[] payload = {1, 2, 3};

    assertThat(PLAIN.pack(payload)).isSameAs(payload);
    assertThat(PLAIN.unpack(payload)).isSameAs(payload);
  }

  @Test
  void evenPayloadsShrink() {
    assertThat(ZSTD.pack(new byte[60_000]).length).isLessThan(200);
  }

  @Test
  void frameThatWouldUnpackToMoreThanTheMostIsRefusedBeforeItIs() {
    byte[] bomb = Zstd.compress(new byte[UNPACKED_SIZE_MAX + 1]);

    assertThat(bomb.length).isLessThan(10_000);
    assertThatExceptionOfType(ReasonException.class)
        .isThrownBy(() -> ZSTD.unpack(bomb))
        .withMessageContaining("unpacked 16777217 (expected: one frame")
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.REASON_ENTRY_UNREADABLE));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ZSTD.pack(new byte[UNPACKED_SIZE_MAX + 1]))
        .withMessageContaining("append it as it is");
    assertThat(ZSTD.unpack(ZSTD.pack(new byte[UNPACKED_SIZE_MAX]))).hasSize(UNPACKED_SIZE_MAX);
  }

  @Test
  void frameThatDoesNotSayItsSizeIsRefused() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var stream = new ZstdOutputStream(bytes)) {
      stream.write(new byte[1_000]);
    }

    assertThatExceptionOfType(ReasonException.class)
        .isThrownBy(() -> ZSTD.unpack(bytes.toByteArray()))
        .withMessageContaining("unpacked unknown");
  }

  @Test
  void twoFramesAreNotOne() {
    byte[] frame = ZSTD.pack(new byte[100]);
    byte[] two = Arrays.copyOf(frame, 2 * frame.length);
    System.arraycopy(frame, 0, two, frame.length, frame.length);

    assertThatExceptionOfType(ReasonException.class).isThrownBy(() -> ZSTD.unpack(two));
  }

  /** Whatever is changed or cut off, it is refused with a reason or unpacked within the bound. */
  @Test
  void brokenFramesAreRefusedWithAReason() {
    long seed = Long.getLong("icecube.seed", 0x5eedL);
    var random = new Random(seed);
    byte[] payload = new byte[3_000];
    random.nextBytes(payload);
    Arrays.fill(payload, 500, 2_500, (byte) 7);
    byte[] sound = ZSTD.pack(payload);
    for (int round = 0; round < 5_000; round++) {
      byte[] broken = Arrays.copyOf(sound, random.nextInt(sound.length + 1));
      for (int change = random.nextInt(4); change > 0 && broken.length > 0; change--) {
        broken[random.nextInt(broken.length)] = (byte) random.nextInt();
      }
      var failure = catchThrowable(() -> assertThat(ZSTD.unpack(broken)).isNotNull());
      if (failure != null) {
        assertThat(failure)
            .as("seed %d, round %d", seed, round)
            .isInstanceOf(ReasonException.class);
      }
    }
  }
}
