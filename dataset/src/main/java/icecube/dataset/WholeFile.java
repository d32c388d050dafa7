// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import java.io.IOException;
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

  /** The file will not become whole: removes what there is of it. */
  void abandon() {
    try {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      throw unwritable(part, e);
    }
  }

  static DatasetException unwritable(Path file, IOException cause) {
    return DatasetException.output(
        file + ": " + cause + " (expected: a place that can be written, with room)", cause);
  }
}
