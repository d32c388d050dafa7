// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.otel.Meters;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The root of the command line; the only class that ends the process. */
@Command(
    name = "icecube",
    description = "From raw IceCube pulses to neutrino directions, in real time, exactly once.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {
      RunCommand.class,
      SimulateCommand.class,
      EmitCommand.class,
      ConsumeCommand.class,
      ServeCommand.class,
      RegistryCommand.class,
      SinkCommand.class,
      LoadCommand.class,
      EvaluateCommand.class,
      PrepareCommand.class,
      ScoreCommand.class,
      SkymapCommand.class,
      InspectCommand.class,
      ReconcileCommand.class,
      DoctorCommand.class,
      RedriveCommand.class,
      TrimCommand.class,
      LoadFunctionsCommand.class,
      HelpCommand.class,
      GenerateCompletion.class
    },
    footerHeading = "%nEvery flag may be set as an environment variable:%n",
    footer = {
      "  --model-server is ICECUBE_MODEL_SERVER; a flag wins over its variable.",
      "",
      "Example: ./icecube run --events 20000 --seed 1"
    })
public final class Main implements Runnable {
  @Spec private CommandSpec spec;

  /** For picocli. */
  @SuppressWarnings("NullAway.Init") // picocli injects the spec
  Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    Interruption interruption = Interruption.install(Thread.currentThread());
    int code;
    try {
      code = execute(System.getenv(), arguments);
    } finally {
      ConsoleLog.end();
      interruption.mainEnded();
    }
    System.exit(code);
  }

  /** Runs one command; its output goes to the process's own streams. */
  static int execute(Map<String, String> environment, String... arguments) {
    ConsoleLog.configure(arguments);
    return commandLine(environment).execute(arguments);
  }

  /** The whole command line, bound to an environment. */
  static CommandLine commandLine(Map<String, String> environment) {
    CommandLine commandLine =
        new CommandLine(new Main())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setUsageHelpAutoWidth(true)
            .setParameterExceptionHandler(
                (failure, given) -> explainUsage(failure, List.of(given), environment))
            .setExecutionExceptionHandler(Failures::explain);
    Numbers.register(commandLine);
    withAllSubcommands(commandLine)
        .map(command -> command.getCommandSpec().usageMessage())
        .forEach(usage -> usage.exitCodeListHeading("%nExit codes:%n").exitCodeList(exitCodes()));
    EnvironmentDefaults defaults = new EnvironmentDefaults(environment);
    commandLine.setDefaultValueProvider(defaults);
    commandLine.setExecutionStrategy(
        parsed -> {
          defaults.requireKnownNames(commandLine);
          return new CommandLine.RunLast().execute(parsed);
        });
    return commandLine;
  }

  private static Map<String, String> exitCodes() {
    Map<String, String> meanings = new LinkedHashMap<>();
    for (ExitCode exit : ExitCode.values()) {
      meanings.put(" " + exit.code(), exit.meaning());
    }
    return meanings;
  }

  private static Stream<CommandLine> withAllSubcommands(CommandLine commandLine) {
    return Stream.concat(
        Stream.of(commandLine),
        commandLine.getSubcommands().values().stream().flatMap(Main::withAllSubcommands));
  }

  private static int explainUsage(
      ParameterException failure, List<String> given, Map<String, String> environment) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("icecube: " + failure.getMessage() + source(failure, given, environment));
    if (failure instanceof UnmatchedArgumentException && !command.getSubcommands().isEmpty()) {
      err.println("Commands: " + String.join(", ", command.getSubcommands().keySet()));
    } else if (!UnmatchedArgumentException.printSuggestions(failure, err)) {
      err.println("See: icecube " + nameOf(command) + "--help");
    }
    return ExitCode.USAGE.code();
  }

  /** The variable that a wrong value came from, if it was not a flag. */
  private static String source(
      ParameterException failure, List<String> given, Map<String, String> environment) {
    if (failure.getArgSpec() instanceof OptionSpec option) {
      String variable = EnvironmentDefaults.variableOf(option);
      boolean isFlag =
          given.stream().anyMatch(word -> word.split("=", 2)[0].equals(option.longestName()));
      return !isFlag && environment.containsKey(variable) ? "; it is set by " + variable : "";
    }
    return "";
  }

  private static String nameOf(CommandLine command) {
    return command.getParent() == null ? "" : command.getCommandName() + " ";
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "command: none (expected: one of " + String.join(", ", commandNames()) + ")");
  }

  private List<String> commandNames() {
    return List.copyOf(spec.subcommands().keySet());
  }

  /** The version the jar was built as. */
  static final class Version implements IVersionProvider {
    /** Of icecube alone, such as {@code icecube 0.1.0}. */
    static String words() {
      String version = Main.class.getPackage().getImplementationVersion();
      return "icecube " + (version == null ? "(unpackaged)" : version);
    }

    /** Shows it among the metrics of a service. */
    static void show(Meters meters) {
      String[] labels = {
        "version", words().substring("icecube ".length()), "java", Runtime.version().toString()
      };
      meters.gauge("icecube_otel_build", words(), one -> 1, labels);
    }

    @Override
    public String[] getVersion() {
      return new String[] {
        words(), "Java " + Runtime.version() + " on " + System.getProperty("os.name")
      };
    }
  }
}
