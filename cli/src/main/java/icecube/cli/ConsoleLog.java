// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import icecube.otel.LogLineEncoder;
import icecube.otel.Meters;
import icecube.otel.RepeatLimit;
import java.util.Arrays;
import java.util.Set;
import org.slf4j.LoggerFactory;

/**
 * Where log lines go: always to standard error. A service that runs alone logs one JSON object a
 * line from INFO up, for machines, and holds back what repeats; a command a person watches logs
 * plain text from WARN up, so that the progress bar and the table stay readable.
 */
final class ConsoleLog {
  private static final Set<String> SERVICES =
      Set.of("emit", "consume", "serve", "registry", "sink");

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
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setTarget("System.err");
    console.setEncoder(encoder);
    Appender<ILoggingEvent> appender = service ? new RepeatLimit(context, console) : console;
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(appender);
    root.setLevel(Level.WARN);
    context.getLogger("icecube").setLevel(service ? Level.INFO : Level.WARN);
  }

  /** Says in every further line which service logs, and counts in {@code meters} what repeats. */
  static void service(String kind, Meters meters) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.putProperty("service", kind);
      context
          .getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)
          .iteratorForAppenders()
          .forEachRemaining(
              appender -> {
                if (appender instanceof RepeatLimit limit) {
                  limit.bind(meters);
                }
              });
    }
  }

  /** Says in every further line which instance of the service logs. */
  static void instance(String instanceId) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.putProperty("instance", instanceId);
    }
  }

  /** Tells what is held back; nothing is logged any more. */
  static void end() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.stop();
    }
  }

  private static Encoder<ILoggingEvent> json(LoggerContext context) {
    LogLineEncoder encoder = new LogLineEncoder();
    encoder.setContext(context);
    return encoder;
  }

  private static Encoder<ILoggingEvent> text(LoggerContext context) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern("%level %logger{0}: %msg %kvp%n%ex{short}");
    return encoder;
  }
}
