// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The operations that run inside Redis, each one Lua body under {@code resources/icecube/stream}.
 *
 * <p>One body serves twice: wrapped into the function library {@value #LIBRARY} (Redis ≥ 7.0), and
 * as a script of its own, called by its SHA-1 (Redis 6.2).
 */
enum Script {
  OPEN(""),
  APPEND(""),
  FINISH("allow-oom"),
  JOIN("allow-oom"),
  COMPLETE("allow-oom"),
  RENEW("allow-oom"),
  RELEASE("allow-oom"),
  CLAIM("allow-oom"),
  LEAVE("allow-oom"),
  ACCOUNT("no-writes"),
  REDRIVE(""),
  TRIM("allow-oom"),
  INSPECT("no-writes"),
  GLANCE("no-writes"),
  COUNT("no-writes"),
  MEET("allow-oom");

  /** The name of the function library. */
  static final String LIBRARY = "icecube";

  private final String flags;

  /**
   * @param flags of the function: {@code allow-oom} on all that gives memory back, so that a full
   *     Redis can be emptied; none on what fills it
   */
  Script(String flags) {
    this.flags = flags;
  }

  /** The name of the function: {@code ic_append} and so on. */
  String functionName() {
    return "ic_" + fileName();
  }

  /** Whether it changes nothing, so that a user who may only read can call it. */
  boolean isReadOnly() {
    return flags.equals("no-writes");
  }

  /** The whole script for {@code SCRIPT LOAD}. */
  String standalone() {
    return resource("shared") + resource(fileName());
  }

  /** The whole library for {@code FUNCTION LOAD}. */
  static String library() {
    var library = new StringBuilder("#!lua name=" + LIBRARY + "\n").append(resource("shared"));
    for (var script : values()) {
      library.append(
          """

          redis.register_function{function_name = '%s', flags = {%s}, callback = function(KEYS, ARGV)
          %send}
          """
              .formatted(
                  script.functionName(),
                  script.flags.isEmpty() ? "" : "'" + script.flags + "'",
                  resource(script.fileName())));
    }
    return library.toString();
  }

  private String fileName() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static String resource(String name) {
    try (var stream = Script.class.getResourceAsStream(name + ".lua")) {
      if (stream == null) {
        throw new IllegalStateException("resource: " + name + ".lua (expected: in this jar)");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
