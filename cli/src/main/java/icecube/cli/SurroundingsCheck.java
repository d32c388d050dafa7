// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.otel.MetricDictionary;
import icecube.otel.Tracing;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** Looks at what is around the mesh here: disk, certificate, whoever takes traces. Stateless. */
final class SurroundingsCheck {
  /** Below this what a run keeps may not fit. */
  static final long DISK_BYTES_LOW = 1L << 30;

  /** Below this nothing will fit. */
  static final long DISK_BYTES_MIN = 100L << 20;

  /** A certificate that ends sooner has to be renewed. */
  static final Duration CERTIFICATE_LEFT_MIN = Duration.ofDays(14);

  private static final String CERTIFICATE_EXPIRY = "icecube_chassis_certificate_expiry_seconds";

  static final String OTLP = "OTEL_EXPORTER_OTLP_ENDPOINT";

  private SurroundingsCheck() {}

  static List<Finding> disk(Path folder) {
    try {
      long free = Files.getFileStore(folder).getUsableSpace();
      return List.of(disk(folder, free));
    } catch (IOException e) {
      return List.of(
          Finding.failure("disk", folder + ": " + e, "a folder", "choose another with --folder"));
    }
  }

  static Finding disk(Path folder, long freeBytes) {
    String found = Words.bytes(freeBytes) + " free in " + folder;
    String advice = "make room: Redis refuses writes on a full disk, and runs end";
    if (freeBytes < DISK_BYTES_MIN) {
      return Finding.failure("disk", found, Words.bytes(DISK_BYTES_LOW), advice);
    }
    return freeBytes < DISK_BYTES_LOW
        ? Finding.warning("disk", found, Words.bytes(DISK_BYTES_LOW), advice)
        : Finding.ok("disk", found);
  }

  /** When our certificate ends, of which {@code meters} know; nothing if we have none. */
  static List<Finding> certificate(SimpleMeterRegistry meters, Instant now) {
    Gauge expiry =
        meters.find(MetricDictionary.ofThisBuild().entry(CERTIFICATE_EXPIRY).meterName()).gauge();
    if (expiry == null) {
      return List.of();
    }
    Instant end = Instant.ofEpochSecond((long) expiry.value());
    Duration left = Duration.between(now, end);
    return List.of(
        left.compareTo(CERTIFICATE_LEFT_MIN) < 0
            ? Finding.warning(
                "certificate",
                "ends at " + end + ", in " + Words.age(left),
                "14 d left",
                "renew it: services read the new file by themselves, SECURITY.md")
            : Finding.ok("certificate", "ends at " + end));
  }

  /**
   * Whether somebody listens where traces would go by this environment, which need not be that of
   * the services.
   */
  static List<Finding> traces(Map<String, String> environment, Duration max) {
    var settings = new Tracing.Settings("doctor", "", "", OptionalDouble.empty(), environment);
    String endpoint = settings.endpoint();
    if (!settings.isOn()) {
      String why = endpoint.isEmpty() ? OTLP + " is not set" : "switched off by an OTEL_ variable";
      return List.of(Finding.ok("traces", why + ": none are sent from here"));
    }
    try {
      URI uri = URI.create(endpoint);
      if (uri.getHost() == null) {
        throw new IllegalArgumentException("no host");
      }
      int port = port(uri);
      try (Socket socket = new Socket()) {
        socket.connect(
            new InetSocketAddress(uri.getHost().replaceAll("[\\[\\]]", ""), port),
            (int) max.toMillis());
      }
      return List.of(Finding.ok("traces", endpoint + " listens, as seen from here"));
    } catch (IOException e) {
      return List.of(
          Finding.failure(
              "traces",
              endpoint + " does not listen: " + e,
              "an OTLP receiver",
              "start the Collector, or unset " + OTLP + "; services drop spans meanwhile"));
    } catch (IllegalArgumentException e) {
      return List.of(
          Finding.failure(
              "traces", OTLP + ": " + endpoint, "http://HOST:PORT", "mend the variable"));
    }
  }

  /** Where the exporters go: the port of the address, else that of its scheme. */
  static int port(URI endpoint) {
    if (endpoint.getPort() >= 0) {
      return endpoint.getPort();
    }
    return switch (String.valueOf(endpoint.getScheme()).toLowerCase(Locale.ROOT)) {
      case "http" -> 80;
      case "https" -> 443;
      default -> throw new IllegalArgumentException("no scheme that OTLP is sent by");
    };
  }
}
