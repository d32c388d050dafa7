// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import io.grpc.netty.shaded.io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What this process holds after a collection of its garbage.
 *
 * @param residentBytes of all it has, ONNX Runtime's included; 0 where there is no /proc
 * @param directBytes in direct buffers, gRPC's included
 * @param heapBytes that survived the collection
 * @param threads that live
 * @param files that are open; 0 where there is no /proc
 */
record ProcessMemory(long residentBytes, long directBytes, long heapBytes, int threads, int files) {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path FILES = Path.of("/proc/self/fd");

  static ProcessMemory now() {
    System.gc();
    long direct = PlatformDependent.usedDirectMemory();
    for (var pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
      direct += pool.getName().equals("direct") ? pool.getMemoryUsed() : 0;
    }
    try {
      return new ProcessMemory(
          residentNow(),
          direct,
          ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
          ManagementFactory.getThreadMXBean().getThreadCount(),
          filesNow());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is more now than in {@code before}; what is less is negative. */
  ProcessMemory since(ProcessMemory before) {
    return new ProcessMemory(
        residentBytes - before.residentBytes,
        directBytes - before.directBytes,
        heapBytes - before.heapBytes,
        threads - before.threads,
        files - before.files);
  }

  /** Whether nothing of it is more than in {@code bound}. */
  boolean isWithin(ProcessMemory bound) {
    return residentBytes <= bound.residentBytes
        && directBytes <= bound.directBytes
        && heapBytes <= bound.heapBytes
        && threads <= bound.threads
        && files <= bound.files;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "resident %,d KiB, direct %,d KiB, heap %,d KiB, threads %d, files %d",
        residentBytes >> 10,
        directBytes >> 10,
        heapBytes >> 10,
        threads,
        files);
  }

  private static long residentNow() throws IOException {
    if (!Files.exists(STATUS)) {
      return 0;
    }
    try (var lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .sum();
    }
  }

  private static int filesNow() throws IOException {
    if (!Files.exists(FILES)) {
      return 0;
    }
    try (var files = Files.list(FILES)) {
      return (int) files.count();
    }
  }
}
