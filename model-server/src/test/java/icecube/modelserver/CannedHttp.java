// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An HTTP server on loopback that answers each path, with its query, with what the test put there.
 */
final class CannedHttp implements AutoCloseable {
  private record Reply(int status, String body) {}

  final List<String> authorizations = new CopyOnWriteArrayList<>();
  private final Map<String, Reply> replies = new ConcurrentHashMap<>();
  private final HttpServer server;

  CannedHttp() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  void put(String path, byte[] body) {
    put(path, 200, new String(body, StandardCharsets.ISO_8859_1));
  }

  void put(String path, int status, String body) {
    replies.put(path, new Reply(status, body));
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("authorization")));
      var reply =
          replies.getOrDefault(
              exchange.getRequestURI().toString(),
              new Reply(404, "<Error><Code>NoSuchKey</Code></Error>"));
      if (reply.status() == 307) {
        exchange.getResponseHeaders().set("location", reply.body());
      }
      byte[] body = reply.body().getBytes(StandardCharsets.ISO_8859_1);
      exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
