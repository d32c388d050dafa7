// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.dataset.DatasetException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * An output folder that belongs to one run: a second one would mix its files with those of the
 * first. The system takes the lock back from a process that dies, so none is ever left over.
 */
final class OutputLock implements AutoCloseable {
  /** How often the last owner may take the file away just when we have opened it. */
  private static final int ATTEMPTS_MAX = 100;

  private final Path file;
  private final FileChannel channel;

  private OutputLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes {@code folder}, which exists.
   *
   * @throws DatasetException of kind output if another run has it
   */
  static OutputLock of(Path folder) throws IOException {
    Path file = folder.resolve(".lock");
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        if (isLocked(channel) && isStillThere(file, channel)) {
          return new OutputLock(file, channel);
        }
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
      channel.close();
      if (Files.exists(file)) {
        break;
      }
    }
    throw DatasetException.output(
        folder
            + ": another run writes there (expected: one run a folder); wait for it or choose"
            + " another --output",
        null);
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // another run in this process
    }
  }

  /** Whether the path still leads to the file that is locked, and not to a newer one. */
  private static boolean isStillThere(Path file, FileChannel channel) throws IOException {
    String mark = UUID.randomUUID().toString();
    channel.truncate(0).write(ByteBuffer.wrap(mark.getBytes(StandardCharsets.UTF_8)));
    try {
      return Files.readString(file).equals(mark);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Removes the file while it is still ours, then lets go. */
  @Override
  public void close() {
    try (channel) {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      System.err.println("icecube: " + file + " is left behind: " + e);
    }
  }
}
