// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A command line typed into this process, and what it said. */
abstract class CommandFixture {
  @TempDir Path folder;
  final StringWriter out = new StringWriter();
  final StringWriter err = new StringWriter();

  /** The exit code. */
  final int execute(Map<String, String> environment, String... arguments) {
    CommandLine commandLine = Main.commandLine(environment);
    commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return commandLine.execute(arguments);
  }

  final int execute(String... arguments) {
    return execute(Map.of(), arguments);
  }
}
