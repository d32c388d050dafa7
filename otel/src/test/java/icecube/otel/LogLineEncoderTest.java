// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Scope;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogLineEncoderTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String SPAN = "b7ad6b7169203331";

  private final LogLines log = new LogLines();
  private final Logger logger = log.loggerTo(log);

  @Test
  void aFactIsOneFlatObjectOnOneLine() throws Exception {
    logger
        .atWarn()
        .addKeyValue("partition", 3)
        .addKeyValue("entry_id", "17-0")
        .addKeyValue("share", 0.25)
        .addKeyValue("redriven", true)
        .addKeyValue("retry_in", Duration.ofMillis(250))
        .log("reading from {} failed\nagain", "the log");

    Map<String, Object> line = onlyLine();

    assertThat(line.keySet())
        .containsExactly(
            "timestamp",
            "level",
            "logger",
            "thread",
            "message",
            "partition",
            "entry_id",
            "share",
            "redriven",
            "retry_in");
    assertThat(line)
        .containsEntry("level", "WARN")
        .containsEntry("logger", "icecube.consumer.PartitionReader")
        .containsEntry("thread", Thread.currentThread().getName())
        .containsEntry("message", "reading from the log failed\nagain")
        .containsEntry("partition", 3L)
        .containsEntry("entry_id", "17-0")
        .containsEntry("share", 0.25)
        .containsEntry("redriven", true)
        .containsEntry("retry_in", "PT0.25S");
    assertThat(text(line, "timestamp"))
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
  }

  @Test
  void aThrowableIsTypeMessageAndStack() throws Exception {
    logger.error("a step failed", new IllegalStateException("no idea", new IOException("disk")));

    Map<String, Object> line = onlyLine();

    assertThat(line)
        .containsEntry("error.type", "java.lang.IllegalStateException")
        .containsEntry("error.message", "no idea");
    assertThat(text(line, "error.stack"))
        .contains("LogLineEncoderTest")
        .contains("Caused by: java.io.IOException: disk");
  }

  @Test
  void aThrowableWithoutAMessageHasAnEmptyOne() throws Exception {
    logger.error("a step failed", new IllegalStateException());

    assertThat(onlyLine()).containsEntry("error.message", "");
  }

  @Test
  void theIdsOfASampledSpanStandInTheLine() throws Exception {
    try (Scope scope = span(TraceFlags.getSampled()).makeCurrent()) {
      assertThat(scope).isNotNull();
      logger.info("within");
    }

    assertThat(onlyLine()).containsEntry("trace_id", TRACE).containsEntry("span_id", SPAN);
  }

  @Test
  void aSpanThatNobodyKeepsIsNotNamed() throws Exception {
    try (Scope scope = span(TraceFlags.getDefault()).makeCurrent()) {
      assertThat(scope).isNotNull();
      logger.info("within");
    }

    assertThat(onlyLine()).doesNotContainKeys("trace_id", "span_id");
  }

  @Test
  void theServiceAndItsInstanceStandInTheLine() throws Exception {
    log.loggers.putProperty("service", "consumer");
    log.loggers.putProperty("instance", "consumer-4f2a9c");
    logger.info("consumer started");

    assertThat(onlyLine())
        .containsEntry("service", "consumer")
        .containsEntry("instance", "consumer-4f2a9c");
  }

  @Test
  void aKeyCannotHideOurs() throws Exception {
    logger.atInfo().addKeyValue("level", "LOUD").addKeyValue("n", 1).addKeyValue("n", 2).log("m");

    assertThat(onlyLine()).containsEntry("level", "INFO").containsEntry("n", 1L);
  }

  @Test
  void whatIsNoNumberIsText() throws Exception {
    logger
        .atInfo()
        .addKeyValue("mean", Double.NaN)
        .addKeyValue("nothing", (Object) null)
        .addKeyValue("broken", new Unsayable())
        .log("\ud83d alone");

    assertThat(onlyLine())
        .containsEntry("mean", "NaN")
        .containsEntry("nothing", "")
        .containsEntry("message", "? alone")
        .hasEntrySatisfying(
            "broken", value -> assertThat(value.toString()).contains("cannot be written"));
  }

  @Test
  void aTextHasALimit() throws Exception {
    logger.info("x".repeat(LogLineEncoder.TEXT_CHARS_MAX + 1));

    assertThat(text(onlyLine(), "message")).hasSize(LogLineEncoder.TEXT_CHARS_MAX).endsWith("x…");
  }

  private static Span span(TraceFlags flags) {
    return Span.wrap(SpanContext.create(TRACE, SPAN, flags, TraceState.getDefault()));
  }

  private static String text(Map<String, Object> line, String key) {
    return String.valueOf(line.get(key));
  }

  /** Its fields, through a reader of JSON that refuses a key twice. */
  private Map<String, Object> onlyLine() throws IOException {
    assertThat(log.lines()).hasSize(1);
    String line = log.lines().get(0);
    assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
    Map<String, Object> fields = new LinkedHashMap<>();
    try (JsonParser json = new JsonFactory().createParser(line)) {
      json.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
      assertThat(json.nextToken()).isEqualTo(JsonToken.START_OBJECT);
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String key = json.currentName();
        Object value =
            switch (json.nextToken()) {
              case VALUE_NUMBER_INT -> json.getLongValue();
              case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
              case VALUE_TRUE -> true;
              case VALUE_FALSE -> false;
              case VALUE_STRING -> json.getText();
              default -> throw new AssertionError(key + ": nested (expected: flat)");
            };
        fields.put(key, value);
      }
    }
    return fields;
  }

  private static final class Unsayable {
    @Override
    public String toString() {
      throw new IllegalStateException("no words");
    }
  }
}
