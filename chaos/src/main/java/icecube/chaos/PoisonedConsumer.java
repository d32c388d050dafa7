// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import icecube.consumer.Consumer;
import icecube.consumer.ConsumerSettings;
import icecube.otel.Telemetry;
import icecube.stream.ClaimSettings;
import icecube.stream.RedisEventLog;
import icecube.stream.RedisSettings;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;

/**
 * A consumer with a fault: certain events kill its process, as a defect in native code would.
 * Everything else is the consumer as it is shipped.
 */
final class PoisonedConsumer {
  private PoisonedConsumer() {}

  /** Arguments: Redis, stream, partitions, model servers, lease in seconds, event ids. */
  public static void main(String[] arguments) throws InterruptedException {
    var settings =
        new RedisSettings(
            arguments[0], arguments[1], OptionalInt.of(Integer.parseInt(arguments[2])));
    List<String> servers = Arrays.asList(arguments[3].split(",", -1));
    var lease = Duration.ofMillis(Math.round(Double.parseDouble(arguments[4]) * 1e3));
    var killers = Killers.parse(arguments[5]);
    var claim =
        new ClaimSettings(
            lease,
            ClaimSettings.DEFAULT.countMax(),
            ClaimSettings.DEFAULT.suspectAt(),
            ClaimSettings.DEFAULT.loneDeliveriesMax());
    try (var log =
            new PoisonedLog(
                RedisEventLog.connect(settings), killers, () -> Runtime.getRuntime().halt(137));
        var consumer =
            Consumer.start(
                log, ConsumerSettings.of(servers, "").withClaim(claim), Telemetry.off())) {
      System.out.println("poisoned consumer " + consumer.name());
      new CountDownLatch(1).await();
    }
  }
}
