// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How numbers are read from flags, and what is said when they are none. */
final class Numbers {
  private Numbers() {}

  /** Makes the command and its subcommands read numbers this way. */
  static void register(CommandLine commandLine) {
    ITypeConverter<Long> whole = converter(Long::valueOf, "a whole number");
    ITypeConverter<Integer> small = converter(Integer::valueOf, "a whole number below 2^31");
    ITypeConverter<Double> any = converter(Double::valueOf, "a number");
    commandLine.registerConverter(Long.class, whole).registerConverter(long.class, whole);
    commandLine.registerConverter(Integer.class, small).registerConverter(int.class, small);
    commandLine.registerConverter(Double.class, any).registerConverter(double.class, any);
  }

  private static <T> ITypeConverter<T> converter(Function<String, T> parse, String expected) {
    return text -> {
      try {
        return parse.apply(text);
      } catch (NumberFormatException e) {
        throw new TypeConversionException(text + " (expected: " + expected + ")");
      }
    };
  }
}
