// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.load.Connections;
import icecube.load.Protocol;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whom the load is for and how it is asked. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class LoadTargetOptions {
  @Option(
      names = "--target",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:8470",
      description = "the server's gRPC port (default: ${DEFAULT-VALUE})")
  private String target;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      defaultValue = "line-fit",
      description = "the model that is asked (default: ${DEFAULT-VALUE})")
  private String model;

  @Option(
      names = "--model-version",
      paramLabel = "V",
      defaultValue = "",
      description = "its version (default: the one the server chooses)")
  private String version;

  @Option(
      names = "--protocol",
      paramLabel = "HOW",
      defaultValue = "INFER",
      description =
          "infer (ModelInfer), infer_stream (ModelStreamInfer), predict or predict_stream"
              + " (icecube.v1, events as features) (default: infer)")
  private Protocol protocol;

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "1",
      description = "connections, used in turn; a stream each (default: ${DEFAULT-VALUE})")
  private int connections;

  @Mixin private LoadSecurityOptions security;

  String target() {
    ServiceOptions.requireTarget("--target", target);
    return target;
  }

  String model() {
    return model;
  }

  String version() {
    return version;
  }

  Protocol protocol() {
    return protocol;
  }

  Connections connect() {
    var credentials = security.credentials();
    return SettingException.checked(() -> Connections.open(target(), connections, credentials));
  }
}
