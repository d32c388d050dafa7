// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A file that is there only when it is whole: it is written beside its place as {@code .NAME.part}
 * and moved there at the end.
 */
final class WholeFile {
  private final Path target;
  private final Path part;

  private WholeFile(Path target, Path part) {
    this.target = target;
    this.part = part;
  }

  /** Makes the folders above and clears what an earlier attempt left. */
  static WholeFile at(Path target) {
    Path absolute = target.toAbsolutePath();
    Path part = absolute.resolveSibling("." + absolute.getFileName() + ".part");
    try {
      Files.createDirectories(part.getParent());
      Files.deleteIfExists(part);
    } catch (IOException e) {
      throw unwritable(target, e);
    }
    return new WholeFile(absolute, part);
  }

  /** What is written as text. */
  interface Lines {
    void writeTo(Writer out) throws IOException;
  }

  /** Writes a text file whole, or leaves nothing. */
  static void write(Path target, Lines lines) {
    WholeFile file = at(target);
    boolean whole = false;
    try (Writer out = Files.newBufferedWriter(file.part())) {
      lines.writeTo(out);
      whole = true;
    } catch (IOException e) {
      whole = false;
      throw unwritable(target, e);
    } finally {
      if (!whole) {
        file.abandon();
      }
    }
    file.complete();
  }

  /** Where the file will be. */
  Path target() {
    return target;
  }

  /** Where to write. */
  Path part() {
    return part;
  }

  /** The file is whole: moves it into place. */
  void complete() {
    try {
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  /**
   * The file will not become whole: removes what there is of it. What cannot be removed stays,
   * under a name that no reader looks for; the failure that led here is the one to be told.
   */
  void abandon() {
    part.toFile().delete();
  }

  static DatasetException unwritable(Path file, IOException cause) {
    return DatasetException.output(
        "%s: %s (expected: a place that can be written, with room); check rights and free space"
            .formatted(file, cause),
        cause);
  }
}
