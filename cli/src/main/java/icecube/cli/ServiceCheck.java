// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.chassis.GrpcChannels;
import icecube.chassis.TransportSecurity;
import icecube.v1.Instance;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Looks at one service that beats: its management port, its metrics, its clock, its health. */
final class ServiceCheck {
  /** From here on ages of events are wrong; the header that tells has whole seconds. */
  static final Duration CLOCK_OFF_MAX = Duration.ofSeconds(3);

  private final Instance instance;
  private final TransportSecurity security;
  private final Duration max;
  private final InstantSource clock;
  private final HttpClient http;

  ServiceCheck(Instance instance, TransportSecurity security, Duration max) {
    this(instance, security, max, InstantSource.system());
  }

  /** With a clock from outside. */
  ServiceCheck(Instance instance, TransportSecurity security, Duration max, InstantSource clock) {
    this.clock = clock;
    this.instance = instance;
    this.security = security;
    this.max = max;
    this.http = HttpClient.newBuilder().connectTimeout(max).build();
  }

  /** What it came to: one finding if all is well. */
  List<Finding> look() throws InterruptedException {
    List<Finding> problems = new ArrayList<>();
    List<String> well = new ArrayList<>();
    if (!instance.getManagementAddress().isEmpty()) {
      management(problems, well);
    }
    if (!instance.getAddress().isEmpty()) {
      health(instance.getAddress(), problems, well);
    }
    return problems.isEmpty()
        ? List.of(Finding.ok(instance.getInstanceId(), String.join(", ", well)))
        : problems;
  }

  private void management(List<Finding> problems, List<String> well) throws InterruptedException {
    String address = instance.getManagementAddress();
    try {
      Instant askedAt = clock.instant();
      HttpResponse<String> ready = get(address, "/health/ready");
      // Theirs was read in between; what is asked later must not count.
      Instant between = askedAt.plus(Duration.between(askedAt, clock.instant()).dividedBy(2));
      if (ready.statusCode() == 200) {
        well.add("ready");
      } else {
        problems.add(
            failure(
                address + "/health/ready: status " + ready.statusCode(),
                "200",
                "it runs and cannot work: its log says what it waits for; docs/FAILURES.md"));
      }
      HttpResponse<String> metrics = get(address, "/metrics");
      long samples = metrics.body().lines().filter(line -> !line.startsWith("#")).count();
      if (metrics.statusCode() == 200 && samples > 0) {
        well.add(samples + " metrics");
      } else {
        problems.add(
            failure(
                address + "/metrics: status " + metrics.statusCode() + ", " + samples + " metrics",
                "200 and some",
                "is this port icecube's? Prometheus sees the same"));
      }
      clock(ready, between, problems, well);
    } catch (IOException e) {
      problems.add(
          failure(
              address + " does not answer: " + e,
              "a management port",
              "bind it to a name that this machine can reach (--host), and look for a firewall"));
    }
  }

  private void clock(
      HttpResponse<String> answer, Instant ours, List<Finding> problems, List<String> well) {
    Optional<Duration> ahead =
        answer.headers().firstValue("date").flatMap(date -> ahead(date, ours));
    if (ahead.isPresent()) {
      Duration off = ahead.get();
      if (off.abs().compareTo(CLOCK_OFF_MAX) > 0) {
        problems.add(
            Finding.warning(
                instance.getInstanceId(),
                "its clock is %d s off ours".formatted(off.toSeconds()),
                "at most " + CLOCK_OFF_MAX.toSeconds(),
                "let both machines keep time (chrony, ntpd): ages of events are wrong meanwhile"));
      } else {
        well.add("clock as ours");
      }
    }
  }

  private static Optional<Duration> ahead(String date, Instant ours) {
    try {
      Instant theirs = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Optional.of(Duration.between(ours, theirs));
    } catch (DateTimeParseException e) {
      // Whoever tells no time has none that is wrong.
      return Optional.empty();
    }
  }

  private void health(String address, List<Finding> problems, List<String> well) {
    ManagedChannel channel = GrpcChannels.open(address, security);
    try {
      ServingStatus status =
          HealthGrpc.newBlockingStub(channel)
              .withDeadlineAfter(max.toNanos(), TimeUnit.NANOSECONDS)
              .check(HealthCheckRequest.getDefaultInstance())
              .getStatus();
      if (status == ServingStatus.SERVING) {
        well.add("gRPC at " + address);
      } else {
        problems.add(
            failure(
                "gRPC at " + address + " is " + status,
                "SERVING",
                "it drains, or no model of it is ready: its log says which"));
      }
    } catch (StatusRuntimeException e) {
      problems.add(
          FailedCall.of(e)
              .finding(
                  instance.getInstanceId(),
                  "gRPC at " + address + " ",
                  "SERVING",
                  "look at the network, and at --tls-ca if it speaks TLS"));
    } finally {
      channel.shutdownNow();
    }
  }

  private Finding failure(String found, String expected, String advice) {
    return Finding.failure(instance.getInstanceId(), found, expected, advice);
  }

  private HttpResponse<String> get(String address, String path)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://" + address + path)).timeout(max).build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
