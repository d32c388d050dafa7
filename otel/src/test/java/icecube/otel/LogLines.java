// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An appender that keeps the lines as the encoder writes them, and a context of its own. */
final class LogLines extends AppenderBase<ILoggingEvent> {
  final LoggerContext loggers = new LoggerContext();
  private final LogLineEncoder encoder = new LogLineEncoder();
  private final List<String> lines = new CopyOnWriteArrayList<>();

  LogLines() {
    loggers.setMDCAdapter(new LogbackMDCAdapter());
    setContext(loggers);
    encoder.setContext(loggers);
    encoder.start();
  }

  /** A logger that writes to {@code appender} alone. */
  Logger loggerTo(Appender<ILoggingEvent> appender) {
    appender.start();
    Logger logger = loggers.getLogger("icecube.consumer.PartitionReader");
    logger.setLevel(Level.DEBUG);
    logger.addAppender(appender);
    return logger;
  }

  List<String> lines() {
    return List.copyOf(lines);
  }

  @Override
  protected void append(ILoggingEvent event) {
    lines.add(new String(encoder.encode(event), StandardCharsets.UTF_8));
  }
}
