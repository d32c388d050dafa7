// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.event.KeyValuePair;

/**
 * Writes each fact as one JSON object on a line of its own, flat: {@code timestamp} (ISO-8601, UTC,
 * milliseconds), {@code level}, {@code logger}, {@code thread}, {@code message}, the key-values of
 * the fact, {@code trace_id} and {@code span_id} if the thread is within a sampled span, {@code
 * error.type}, {@code error.message} and {@code error.stack} of a throwable, and the properties of
 * the logger context ({@code service}, {@code instance}).
 *
 * <p>Numbers and truth values are JSON's own, everything else is text. Of a key that occurs twice
 * the first holds. A text is at most {@value #TEXT_CHARS_MAX} characters; what is cut ends in
 * {@code …}. Must encode on the thread that logs, for the span is that thread's. Thread-safe.
 */
public final class LogLineEncoder extends EncoderBase<ILoggingEvent> {
  /** Characters of one text; a stack trace of about 150 frames. */
  public static final int TEXT_CHARS_MAX = 16_384;

  private static final byte[] NOTHING = {};
  private static final JsonFactory JSON = new JsonFactory();
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  @Override
  public byte[] headerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] footerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    // Characters first: an unpaired surrogate in a stranger's text then becomes '?' and no failure.
    StringWriter line = new StringWriter(256);
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      for (Map.Entry<String, Object> field : fields(event).entrySet()) {
        json.writeFieldName(field.getKey());
        write(json, field.getValue());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return line.append('\n').toString().getBytes(UTF_8);
  }

  private static Map<String, Object> fields(ILoggingEvent event) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("timestamp", TIMESTAMP.format(Instant.ofEpochMilli(event.getTimeStamp())));
    fields.put("level", event.getLevel().toString());
    fields.put("logger", event.getLoggerName());
    fields.put("thread", event.getThreadName());
    fields.put("message", String.valueOf(event.getFormattedMessage()));
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    if (pairs != null) {
      pairs.forEach(pair -> fields.putIfAbsent(pair.key, pair.value == null ? "" : pair.value));
    }
    SpanContext span = Span.current().getSpanContext();
    if (span.isSampled()) {
      fields.putIfAbsent("trace_id", span.getTraceId());
      fields.putIfAbsent("span_id", span.getSpanId());
    }
    IThrowableProxy error = event.getThrowableProxy();
    if (error != null) {
      fields.put("error.type", error.getClassName());
      fields.put("error.message", error.getMessage() == null ? "" : error.getMessage());
      fields.put("error.stack", ThrowableProxyUtil.asString(error));
    }
    event.getLoggerContextVO().getPropertyMap().forEach(fields::putIfAbsent);
    return fields;
  }

  private static void write(JsonGenerator json, Object value) throws IOException {
    if (value instanceof Boolean truth) {
      json.writeBoolean(truth);
    } else if (value instanceof Long || value instanceof Integer || value instanceof Short) {
      json.writeNumber(((Number) value).longValue());
    } else if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
      json.writeNumber(number.doubleValue());
    } else {
      json.writeString(cut(text(value)));
    }
  }

  // A fact that cannot say itself must not cost the line.
  private static String text(Object value) {
    try {
      return String.valueOf(value);
    } catch (RuntimeException e) {
      return value.getClass().getName() + " that cannot be written: " + e;
    }
  }

  private static String cut(String text) {
    return text.length() <= TEXT_CHARS_MAX ? text : text.substring(0, TEXT_CHARS_MAX - 1) + "…";
  }
}
