// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.util.Arrays;
import java.util.Set;
import org.slf4j.LoggerFactory;

/**
 * Where log lines go: always to standard error. A service that runs alone logs one JSON object a
 * line from INFO up, for machines; a command a person watches logs plain text from WARN up, so that
 * the progress bar and the table stay readable.
 */
final class ConsoleLog {
  private static final Set<String> SERVICES = Set.of("emit", "consume", "serve", "registry");

  /**
   * gRPC's own log, which goes another way and tells, with a stack trace each, what the services
   * tell in a line: who cannot be reached. Held here, since levels of loggers nobody holds are
   * lost.
   */
  private static final java.util.logging.Logger GRPC =
      java.util.logging.Logger.getLogger("io.grpc");

  private ConsoleLog() {}

  /** Sets up logging for the command that {@code arguments} name. */
  static void configure(String... arguments) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      return;
    }
    boolean service = Arrays.stream(arguments).findFirst().map(SERVICES::contains).orElse(false);
    context.reset();
    GRPC.setLevel(java.util.logging.Level.SEVERE);
    Encoder<ILoggingEvent> encoder = service ? json(context) : text(context);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(appender);
    root.setLevel(Level.WARN);
    context.getLogger("icecube").setLevel(service ? Level.INFO : Level.WARN);
  }

  private static Encoder<ILoggingEvent> json(LoggerContext context) {
    JsonEncoder encoder = new JsonEncoder();
    encoder.setContext(context);
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithContext(false);
    return encoder;
  }

  private static Encoder<ILoggingEvent> text(LoggerContext context) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern("%level %logger{0}: %msg %kvp%n%ex{short}");
    return encoder;
  }
}
