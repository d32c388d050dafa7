// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What opens sessions on the device that was asked for, or on the processors from the moment that
 * device turns out not to be there. Confined to one thread at a time.
 */
final class OnnxSessions {
  private static final Logger LOG = LoggerFactory.getLogger(OnnxSessions.class);

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private Device device;

  OnnxSessions(Device wanted) {
    device = wanted;
  }

  OrtEnvironment environment() {
    return environment;
  }

  /** What the next session will run on, as far as is known. */
  Device device() {
    return device;
  }

  /** A session over {@code graph}, the bytes of an ONNX file. */
  OrtSession open(byte[] graph) throws OrtException {
    if (device == Device.CPU) {
      return openOnCpu(graph);
    }
    try {
      return openOnGpu(graph);
    } catch (OrtException e) {
      // A graph that no device can run says nothing about this one.
      var session = openOnCpu(graph);
      LOG.warn(
          "device: gpu cannot be used: {} (expected: a CUDA device, its libraries, and a build"
              + " with -Pgpu); graphs run on the processors",
          e.getMessage());
      device = Device.CPU;
      return session;
    }
  }

  private OrtSession openOnCpu(byte[] graph) throws OrtException {
    try (var options = options()) {
      return environment.createSession(graph, options);
    }
  }

  private OrtSession openOnGpu(byte[] graph) throws OrtException {
    if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
      throw new OrtException("this build has no CUDA provider");
    }
    try (var options = options()) {
      options.addCUDA();
      return environment.createSession(graph, options);
    }
  }

  /** One thread a run, no spinning: the workers are the parallelism. */
  private static OrtSession.SessionOptions options() throws OrtException {
    var options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(1);
    options.setInterOpNumThreads(1);
    options.setCPUArenaAllocator(true);
    options.addConfigEntry("session.intra_op.allow_spinning", "0");
    options.addConfigEntry("session.inter_op.allow_spinning", "0");
    return options;
  }
}
