// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our scripts on the servers of a log: as functions where Redis has them, by SHA-1 where not.
 *
 * <p>A server that has lost them (restarted without its log, flushed, another node) is given them
 * again, once per call. Thread-safe; never blocks.
 */
abstract class Scripts {
  private static final Logger logger = LoggerFactory.getLogger(Scripts.class);

  final RedisServers servers;

  private Scripts(RedisServers servers) {
    this.servers = servers;
  }

  /** Scripts as this version of Redis runs them. */
  static Scripts of(RedisServers servers, int majorVersion) {
    return majorVersion >= 7 ? new Functions(servers) : new Evaluated(servers);
  }

  /** Makes every server know the scripts, as far as this user may. */
  final CompletionStage<?> load() {
    return load(true);
  }

  /**
   * Makes every server know the scripts.
   *
   * @param isOptional whether a user who may not is left with what is there
   */
  final CompletionStage<?> load(boolean isOptional) {
    return servers
        .primaries()
        .thenCompose(
            all -> {
              CompletionStage<?> loaded = CompletableFuture.completedStage("");
              for (var server : all) {
                loaded = loaded.thenCompose(last -> load(server, isOptional));
              }
              return loaded;
            });
  }

  abstract CompletionStage<?> load(
      RedisClusterAsyncCommands<String, byte[]> server, boolean isOptional);

  abstract CompletionStage<List<Object>> run(Script script, String[] keys, byte[][] arguments);

  abstract boolean isUnknown(Throwable failure);

  /** Calls a script; the stage fails with what Lettuce reports. */
  final CompletionStage<List<Object>> call(Script script, String[] keys, byte[]... arguments) {
    return run(script, keys, arguments)
        .exceptionallyCompose(
            failure ->
                isUnknown(unwrapped(failure))
                    ? load().thenCompose(loaded -> run(script, keys, arguments))
                    : CompletableFuture.failedStage(failure));
  }

  private static Throwable unwrapped(Throwable failure) {
    var cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }

  private static boolean hasMessage(Throwable failure, String part) {
    return failure.getMessage() != null && failure.getMessage().contains(part);
  }

  /** Redis ≥ 7.0: one library, kept by the server in its log and given to its replicas. */
  private static final class Functions extends Scripts {
    private final String library = Script.library();

    Functions(RedisServers servers) {
      super(servers);
    }

    /** Loads the library unless the server has this very text, so that a restart writes nothing. */
    @Override
    CompletionStage<?> load(RedisClusterAsyncCommands<String, byte[]> server, boolean isOptional) {
      var arguments =
          new CommandArgs<>(RedisLink.CODEC)
              .add("LIST")
              .add("LIBRARYNAME")
              .add(Script.LIBRARY)
              .add("WITHCODE");
      var output = new NestedMultiOutput<>(RedisLink.CODEC);
      return server
          .dispatch(CommandType.FUNCTION, output, arguments)
          .handle((listed, failure) -> failure == null && contains(listed, library))
          .thenCompose(
              isThere ->
                  isThere ? CompletableFuture.completedStage("") : replace(server, isOptional));
    }

    /** A user who may not load functions finds them loaded, or is told so by the first call. */
    private CompletionStage<String> replace(
        RedisClusterAsyncCommands<String, byte[]> server, boolean isOptional) {
      return server
          .functionLoad(library, true)
          .exceptionallyCompose(
              failure -> {
                if (isOptional && hasMessage(unwrapped(failure), "NOPERM")) {
                  logger.warn("this user may not load functions; using those that are there");
                  return CompletableFuture.completedStage("");
                }
                return CompletableFuture.failedStage(failure);
              });
    }

    private static boolean contains(@Nullable Object reply, String text) {
      if (reply instanceof List<?> list) {
        return list.stream().anyMatch(item -> contains(item, text));
      }
      return reply instanceof byte[] bytes
          && new String(bytes, StandardCharsets.UTF_8).equals(text);
    }

    @Override
    CompletionStage<List<Object>> run(Script script, String[] keys, byte[][] arguments) {
      var commands = servers.commands();
      String name = script.functionName();
      return script.isReadOnly()
          ? commands.fcallReadOnly(name, ScriptOutputType.MULTI, keys, arguments)
          : commands.fcall(name, ScriptOutputType.MULTI, keys, arguments);
    }

    @Override
    boolean isUnknown(Throwable failure) {
      return hasMessage(failure, "Function not found");
    }
  }

  /** Redis 6.2: no functions; scripts by SHA-1, which the server forgets when it restarts. */
  private static final class Evaluated extends Scripts {
    private final Map<Script, String> sha1 = new EnumMap<>(Script.class);

    Evaluated(RedisServers servers) {
      super(servers);
      for (var script : Script.values()) {
        sha1.put(script, servers.commands().digest(script.standalone()));
      }
    }

    @Override
    CompletionStage<?> load(RedisClusterAsyncCommands<String, byte[]> server, boolean isOptional) {
      CompletionStage<?> loaded = CompletableFuture.completedStage("");
      for (var script : Script.values()) {
        loaded = loaded.thenCombine(server.scriptLoad(script.standalone()), (last, next) -> next);
      }
      return loaded;
    }

    @Override
    CompletionStage<List<Object>> run(Script script, String[] keys, byte[][] arguments) {
      String digest = sha1.getOrDefault(script, "");
      return servers.commands().evalsha(digest, ScriptOutputType.MULTI, keys, arguments);
    }

    @Override
    boolean isUnknown(Throwable failure) {
      return failure instanceof RedisNoScriptException;
    }
  }
}
