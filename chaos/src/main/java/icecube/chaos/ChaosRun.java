// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The suite: runs seed after seed and says what came of it.
 *
 * <p>A seed decides which faults are thrown when. What the processes are doing at that moment is up
 * to the machine: a seed run again throws the same faults, but is not the same run, bit by bit.
 */
public final class ChaosRun {
  private static final int WRONG_ARGUMENTS = 2;

  private final ChaosArguments arguments;
  private final PrintStream out;

  private ChaosRun(ChaosArguments arguments, PrintStream out) {
    this.arguments = arguments;
    this.out = out;
  }

  /** Exit code 0 if every promise was kept; 1 if not; 2 if it was asked for nonsense. */
  public static void main(String[] words) throws IOException, InterruptedException {
    System.exit(execute(System.out, words));
  }

  static int execute(PrintStream out, String... words) throws IOException, InterruptedException {
    if (List.of(words).contains("--help")) {
      out.print(ChaosArguments.USAGE);
      return 0;
    }
    ChaosArguments arguments;
    Workplace place;
    try {
      arguments = ChaosArguments.parse(words);
      place = Workplace.of(arguments.home(), arguments.work());
    } catch (IllegalArgumentException e) {
      out.println(e.getMessage());
      out.print(ChaosArguments.USAGE);
      return WRONG_ARGUMENTS;
    }
    try (var children = Children.guarded()) {
      return new ChaosRun(arguments, out).run(place, children) ? 0 : 1;
    }
  }

  private boolean run(Workplace place, Children children) throws IOException, InterruptedException {
    List<SeedReport> reports = new ArrayList<>();
    boolean isAsExpected = true;
    for (SeedPlan plan : arguments.plans()) {
      var reference = Reference.prepare(place, children, plan.events());
      Path folder = place.emptyFolder(plan.name());
      boolean isExpected = false;
      try {
        var report = SeedRun.run(place, children, folder, plan, reference, arguments.breakage());
        reports.add(report);
        out.println(report.toLine());
        isExpected = arguments.breakage().isAsExpected(report);
      } catch (IOException e) {
        out.printf("%s seed %d: could not be run to its end: %s%n", plan.group(), plan.seed(), e);
      }
      isAsExpected &= isExpected;
      if (isExpected) {
        Workplace.remove(folder);
      } else {
        out.println("  kept: " + folder);
        out.println("  again: " + plan.command());
      }
    }
    out.println();
    out.print(ReportTable.of(reports));
    out.flush();
    return isAsExpected;
  }
}
