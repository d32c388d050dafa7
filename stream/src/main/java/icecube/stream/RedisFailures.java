// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import io.lettuce.core.RedisBusyException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisLoadingException;
import io.lettuce.core.RedisReadOnlyException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What goes wrong with Redis, in words that say what to do; passwords never appear. */
final class RedisFailures {
  private RedisFailures() {}

  /** A connection could not be opened. */
  static EventLogException unreachable(RedisSettings settings, RedisException failure) {
    return new EventLogException(
        "redis at %s: %s".formatted(settings.maskedUri(), advice(failure)), failure);
  }

  private static String advice(Throwable failure) {
    String reason = reason(failure);
    return reason == null
        ? "does not answer as Redis does (expected: Redis 6.2 or later); check the port and"
            + " whether it wants rediss://"
        : reason;
  }

  /**
   * Whether a connection broke off while it was made, and nobody said why: it may be who listens
   * there, but Lettuce also loses the reason when Redis closes while it refuses.
   */
  static boolean isUnexplained(RedisException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof RedisCommandTimeoutException || cause instanceof InterruptedException) {
        return false;
      }
    }
    return reason(failure) == null;
  }

  private static @Nullable String reason(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      if (message.contains("WRONGPASS") || message.contains("NOAUTH") || isPassword(message)) {
        return "refused the password (expected: the one it has, in a password file or the uri)";
      }
      if (cause instanceof UnknownHostException) {
        return "no such host; check the name";
      }
      if (cause instanceof ConnectException) {
        return "nobody listens (expected: a running Redis 6.2 or later); start one, or check host"
            + " and port";
      }
      if (cause instanceof SSLException) {
        return "TLS failed, "
            + message
            + " (expected: a certificate that the system or redis-ca trusts, and one of ours if"
            + " Redis asks for it)";
      }
      if (message.startsWith("LOADING") || message.startsWith("BUSY")) {
        return "is there but takes no commands yet; try again later: " + message;
      }
      if (message.contains("NOPERM")) {
        return "this user may not do what is needed: " + message;
      }
    }
    return null;
  }

  private static boolean isPassword(String message) {
    return message.contains("invalid password") || message.contains("without any password");
  }

  /** A command failed; whether it ran is unknown unless Redis has answered. */
  static EventLogException failed(RedisSettings settings, String what, Throwable failure) {
    var cause = asRedisException(failure);
    return new EventLogException(
        "redis at %s, %s: %s".formatted(settings.maskedUri(), what, cause.getMessage()), cause);
  }

  /**
   * Whether the same command may succeed in a moment: the connection is gone, Redis starts, or
   * another server is about to take over.
   */
  static boolean isPassing(RedisException failure) {
    if (failure instanceof RedisCommandTimeoutException
        || failure.getCause() instanceof InterruptedException) {
      return false;
    }
    return failure instanceof RedisLoadingException
        || failure instanceof RedisBusyException
        || failure instanceof RedisReadOnlyException
        || isMoving(String.valueOf(failure.getMessage()))
        || !(failure instanceof RedisCommandExecutionException);
  }

  /** Whether Redis refused at once what we asked, so that nobody has waited in vain. */
  static boolean isAnswer(RuntimeException failure) {
    return failure.getCause() instanceof RedisCommandExecutionException refused
        && !isPassing(refused);
  }

  private static boolean isMoving(String message) {
    return message.startsWith("CLUSTERDOWN")
        || message.startsWith("TRYAGAIN")
        || message.startsWith("MASTERDOWN")
        || message.startsWith("MOVED");
  }

  /** Whether Redis refused because its memory is full. */
  static boolean isOutOfMemory(@Nullable Throwable failure) {
    return failure instanceof RedisCommandExecutionException
        && String.valueOf(failure.getMessage()).contains("OOM command not allowed");
  }

  static RedisException timeout(Duration timeout, Throwable cause) {
    var late = new RedisCommandTimeoutException("no reply within " + timeout);
    late.addSuppressed(cause);
    return late;
  }

  static RedisException asRedisException(@Nullable Throwable failure) {
    if (failure instanceof RedisException redis) {
      return redis;
    }
    if (failure instanceof CompletionException && failure.getCause() != null) {
      return asRedisException(failure.getCause());
    }
    return new RedisException(String.valueOf(failure), failure);
  }
}
