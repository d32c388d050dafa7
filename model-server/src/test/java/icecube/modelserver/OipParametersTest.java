// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import icecube.proto.ReasonException;
import icecube.v1.Reason;
import inference.InferParameter;
import inference.ModelInferRequest;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a request may ask beside its tensors. */
final class OipParametersTest {
  @Test
  void withoutParametersARequestIsRealtimeAndHasNoTimeoutOfItsOwn() {
    var none = OipParameters.of(ModelInferRequest.getDefaultInstance());

    assertThat(none.isRealtime()).isTrue();
    assertThat(none.timeoutNanos()).isEmpty();
  }

  @Test
  void priorityAndTimeoutMayBeAnyKindOfInteger() {
    assertThat(with("priority", p -> p.setUint64Param(1)).isRealtime()).isTrue();
    assertThat(with("priority", p -> p.setInt64Param(0)).isRealtime()).isTrue();
    assertThat(with("priority", p -> p.setInt64Param(2)).isRealtime()).isFalse();
    assertThat(with("priority", p -> p.setUint64Param(-1)).isRealtime()).isFalse();
    assertThat(with("timeout", p -> p.setInt64Param(1_500)).timeoutNanos()).hasValue(1_500_000);
    assertThat(with("timeout", p -> p.setUint64Param(1_500)).timeoutNanos()).hasValue(1_500_000);
    assertThat(with("timeout", p -> p.setInt64Param(0)).timeoutNanos()).isEmpty();
    assertThat(with("timeout", p -> p.setUint64Param(-1)).timeoutNanos()).hasValue(Long.MAX_VALUE);
  }

  @Test
  void whatIsNoSuchIntegerIsRefused() {
    assertRefused(
        "priority", p -> p.setInt64Param(-1), "parameters[priority]: -1 (expected: >= 0)");
    assertRefused("timeout", p -> p.setInt64Param(-5), "parameters[timeout]: -5 (expected: >= 0)");
    assertRefused(
        "timeout",
        p -> p.setStringParam("1s"),
        "parameters[timeout]: a string_param (expected: int64_param or uint64_param)");
    assertRefused(
        "priority",
        p -> p.setDoubleParam(1),
        "parameters[priority]: a double_param (expected: int64_param or uint64_param)");
    assertRefused(
        "priority",
        p -> {},
        "parameters[priority]: no value (expected: int64_param or uint64_param)");
  }

  @Test
  void aSequenceIsNotSupportedButNoSequenceIs() {
    for (Consumer<InferParameter.Builder> id :
        List.<Consumer<InferParameter.Builder>>of(
            p -> p.setInt64Param(7), p -> p.setUint64Param(7), p -> p.setStringParam("a"))) {
      var refused = catchThrowableOfType(ReasonException.class, () -> with("sequence_id", id));
      assertThat(refused.reason()).isEqualTo(Reason.REASON_UNSUPPORTED);
    }
    assertThat(with("sequence_id", p -> p.setInt64Param(0)).isRealtime()).isTrue();
    assertThat(with("sequence_id", p -> p.setStringParam("")).isRealtime()).isTrue();
  }

  @Test
  void parametersThatAreLeftToModelsArePassedOver() {
    assertThat(with("content_type", p -> p.setStringParam("np")).timeoutNanos()).isEmpty();
  }

  @Test
  void thereAreAsManyParametersAsTheLimitAllows() {
    var request = ModelInferRequest.newBuilder();
    for (int index = 0; index < OipParameters.COUNT_MAX; index++) {
      request.putParameters("p" + index, InferParameter.getDefaultInstance());
    }
    assertThat(OipParameters.of(request.build()).isRealtime()).isTrue();

    request.putParameters("one-more", InferParameter.getDefaultInstance());
    assertThat(catchThrowableOfType(ReasonException.class, () -> OipParameters.of(request.build())))
        .hasMessage("parameters: 65 (expected: at most 64)");
  }

  private static OipParameters with(String name, Consumer<InferParameter.Builder> value) {
    var parameter = InferParameter.newBuilder();
    value.accept(parameter);
    return OipParameters.of(
        ModelInferRequest.newBuilder().putParameters(name, parameter.build()).build());
  }

  private static void assertRefused(
      String name, Consumer<InferParameter.Builder> value, String message) {
    var refused = catchThrowableOfType(ReasonException.class, () -> with(name, value));
    assertThat(refused).hasMessage(message);
    assertThat(refused.reason()).isEqualTo(Reason.REASON_TENSORS_INVALID);
  }
}
