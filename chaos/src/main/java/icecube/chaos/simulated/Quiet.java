// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Keeps what services say about simulated faults out of the log, it is all as planned; but for an
 * error, which none of them may cause: the first of each thread is remembered.
 */
final class Quiet {
  private static final ThreadLocal<@Nullable String> FIRST_ERROR = new ThreadLocal<>();

  private Quiet() {}

  static void begin() {
    if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
      root.detachAndStopAllAppenders();
      root.setLevel(Level.ERROR);
      var witness = new Witness();
      witness.setContext(root.getLoggerContext());
      witness.start();
      root.addAppender(witness);
    }
  }

  /** Begins anew on this thread. */
  static void forget() {
    FIRST_ERROR.remove();
  }

  /** The first error that was logged on this thread; null if none was. */
  static @Nullable String error() {
    return FIRST_ERROR.get();
  }

  private static final class Witness extends UnsynchronizedAppenderBase<ILoggingEvent> {
    @Override
    protected void append(ILoggingEvent event) {
      if (FIRST_ERROR.get() == null && event.getLevel() == Level.ERROR && !isOfTheDying(event)) {
        var cause = event.getThrowableProxy();
        FIRST_ERROR.set(
            event.getFormattedMessage()
                + (cause == null ? "" : ": " + cause.getClassName() + ": " + cause.getMessage()));
      }
    }

    /** A process that dies in the midst of a step unwinds it, which a real one does not. */
    private static boolean isOfTheDying(ILoggingEvent event) {
      return event.getThrowableProxy() instanceof ThrowableProxy proxy
          && proxy.getThrowable() instanceof ProcessDied;
    }
  }
}
