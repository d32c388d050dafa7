// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder that is ours alone, until closed or until this process ends: two Redis over the same
 * files would destroy them. Thread-safe.
 */
final class FolderLock implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(FolderLock.class);

  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the folder, which is created if need be.
   *
   * @throws EventLogException if another has it, or it cannot be written to
   */
  static FolderLock of(Path folder) {
    try {
      Files.createDirectories(folder);
      var channel =
          FileChannel.open(
              folder.resolve("redis.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (isTaken(channel)) {
        channel.close();
        throw new EventLogException(
            folder + ": in use by another icecube (expected: one at a time); take another folder");
      }
      return new FolderLock(channel);
    } catch (IOException e) {
      throw notWritable(folder, e);
    }
  }

  static EventLogException notWritable(Path folder, IOException cause) {
    return new EventLogException(
        folder + ": not writable (expected: a folder for Redis' files)", cause);
  }

  /** The lock lives as long as the channel. */
  private static boolean isTaken(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() == null;
    } catch (OverlappingFileLockException e) {
      return true; // by another thread of this process
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      logger.debug("closing the lock", e);
    }
  }
}
