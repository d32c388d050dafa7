// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import icecube.load.Caller;
import icecube.load.Outcome;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Asks the FastAPI service over HTTP/1.1 with connections kept open. Thread-safe. */
final class HttpCaller implements Caller {
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<HttpRequest> requests;
  private final int items;

  HttpCaller(int port, List<PaddedEvents> events, Duration timeout) {
    this.items = events.get(0).rows().length;
    this.requests =
        events.stream()
            .map(
                each ->
                    HttpRequest.newBuilder(
                            URI.create(
                                "http://127.0.0.1:%d/predict/%d/%d"
                                    .formatted(port, each.rows().length, each.longest())))
                        .timeout(timeout)
                        .POST(BodyPublishers.ofByteArray(each.toBytes()))
                        .build())
            .toList();
  }

  @Override
  public int requestCount() {
    return requests.size();
  }

  @Override
  public int itemCount(int request) {
    return items;
  }

  @Override
  public int rowCount(int request) {
    return 0;
  }

  @Override
  public void call(int request, Consumer<Outcome> answered) {
    CompletableFuture<?> unused =
        client
            .sendAsync(requests.get(request), BodyHandlers.ofByteArray())
            .whenComplete(
                (response, failure) -> {
                  if (failure != null) {
                    answered.accept(Outcome.failed(failure.getClass().getSimpleName()));
                  } else if (response.statusCode() == 200) {
                    answered.accept(Outcome.OK);
                  } else {
                    answered.accept(Outcome.failed("HTTP_" + response.statusCode()));
                  }
                });
  }

  @Override
  public void close() {}
}
