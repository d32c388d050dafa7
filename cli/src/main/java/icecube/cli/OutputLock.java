// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.dataset.DatasetException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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
   * Takes {@code folder} and makes it if need be.
   *
   * @throws DatasetException of kind output if that cannot be, or another run has it
   */
  static OutputLock create(Path folder) {
    try {
      Files.createDirectories(folder);
      return of(folder);
    } catch (IOException e) {
      throw DatasetException.output(
          folder + ": " + e + " (expected: a folder that can be written); choose another --output",
          e);
    }
  }

  /**
   * Takes {@code folder}, which exists.
   *
   * @throws DatasetException of kind output if another run has it
   */
  static OutputLock of(Path folder) throws IOException {
    Path file = folder.resolve(".lock");
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      try {
        Object key = keyOf(file);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        if (!isLocked(channel)) {
          channel.close();
          break;
        }
        if (Objects.equals(key, keyOf(file))) {
          return new OutputLock(file, channel);
        }
        channel.close();
      } catch (NoSuchFileException e) {
        createIfAbsent(file);
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

  /**
   * Which file the path leads to; the one that is locked may have been replaced. Asked without
   * opening it, since on POSIX closing any descriptor of a file ends all locks on it.
   */
  private static @Nullable Object keyOf(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  private static void createIfAbsent(Path file) throws IOException {
    try {
      Files.createFile(file);
    } catch (FileAlreadyExistsException e) {
      // Another run was faster; its file is as good.
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
