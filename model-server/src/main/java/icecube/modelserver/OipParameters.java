// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.proto.ReasonException;
import icecube.v1.Reason;
import inference.InferParameter;
import inference.ModelInferRequest;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * What a request asks beside its tensors.
 *
 * <p>An integer may come as any kind of integer: tritonclient sends {@code priority} unsigned and
 * {@code timeout} signed. Parameters that the protocol leaves to models are passed over, as no
 * model here reads any; those it reserves for what this server lacks are refused.
 *
 * @param isRealtime whether it goes before archive work: priority 1, or none
 * @param timeoutNanos how long it may take; empty for as long as the call
 */
record OipParameters(boolean isRealtime, OptionalLong timeoutNanos) {
  /** The most parameters of one request. */
  static final int COUNT_MAX = 64;

  private static final String PRIORITY = "priority";
  private static final String TIMEOUT = "timeout";
  private static final String SEQUENCE_ID = "sequence_id";

  /**
   * Those of {@code request}.
   *
   * @throws ReasonException if one is out of range, of another kind, or not supported
   */
  static OipParameters of(ModelInferRequest request) {
    var parameters = request.getParametersMap();
    if (parameters.size() > COUNT_MAX) {
      throw invalid("", Integer.toString(parameters.size()), "at most " + COUNT_MAX);
    }
    if (asksForSequence(parameters)) {
      throw new ReasonException(
          Reason.REASON_UNSUPPORTED,
          "parameters[sequence_id]: set (expected: none; no model here keeps state)");
    }
    long priority = integer(parameters, PRIORITY);
    long timeoutMicros = integer(parameters, TIMEOUT);
    return new OipParameters(
        priority <= 1,
        timeoutMicros == 0
            ? OptionalLong.empty()
            : OptionalLong.of(TimeUnit.MICROSECONDS.toNanos(timeoutMicros)));
  }

  /** Clients write 0 or an empty name for "no sequence". */
  private static boolean asksForSequence(Map<String, InferParameter> parameters) {
    var id = parameters.get(SEQUENCE_ID);
    return id != null
        && (id.getInt64Param() != 0 || id.getUint64Param() != 0 || !id.getStringParam().isEmpty());
  }

  /** The value of {@code name}, at least 0; 0 if it is absent. */
  private static long integer(Map<String, InferParameter> parameters, String name) {
    var parameter = parameters.get(name);
    if (parameter == null) {
      return 0;
    }
    return switch (parameter.getParameterChoiceCase()) {
      case INT64_PARAM -> {
        if (parameter.getInt64Param() < 0) {
          throw invalid(name, Long.toString(parameter.getInt64Param()), ">= 0");
        }
        yield parameter.getInt64Param();
      }
      // What does not fit is longer than any wait, and later than any other priority.
      case UINT64_PARAM ->
          parameter.getUint64Param() < 0 ? Long.MAX_VALUE : parameter.getUint64Param();
      case BOOL_PARAM -> throw notAnInteger(name, "a bool_param");
      case STRING_PARAM -> throw notAnInteger(name, "a string_param");
      case DOUBLE_PARAM -> throw notAnInteger(name, "a double_param");
      case PARAMETERCHOICE_NOT_SET -> throw notAnInteger(name, "no value");
    };
  }

  private static ReasonException notAnInteger(String name, String value) {
    return invalid(name, value, "int64_param or uint64_param");
  }

  private static ReasonException invalid(String name, String value, String expected) {
    String label = name.isEmpty() ? "parameters" : "parameters[" + name + "]";
    return new ReasonException(
        Reason.REASON_TENSORS_INVALID, "%s: %s (expected: %s)".formatted(label, value, expected));
  }
}
