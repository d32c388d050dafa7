// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;

/** The JVM's memory, collections, threads, classes, processor, files and uptime as metrics. */
final class JvmMetrics implements AutoCloseable {
  private final JvmGcMetrics collections;

  private JvmMetrics(JvmGcMetrics collections) {
    this.collections = collections;
  }

  static JvmMetrics bind(MeterRegistry metrics) {
    new JvmMemoryMetrics().bindTo(metrics);
    new JvmThreadMetrics().bindTo(metrics);
    new ClassLoaderMetrics().bindTo(metrics);
    new ProcessorMetrics().bindTo(metrics);
    new FileDescriptorMetrics().bindTo(metrics);
    new UptimeMetrics().bindTo(metrics);
    JvmGcMetrics collections = new JvmGcMetrics();
    collections.bindTo(metrics);
    return new JvmMetrics(collections);
  }

  /** Ends listening to the collector. */
  @Override
  public void close() {
    collections.close();
  }
}
