// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.load.RequestShape;
import icecube.load.RowCounts;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the requests of a load look like. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class LoadRequestOptions {
  @Option(
      names = "--items",
      paramLabel = "N",
      defaultValue = "1",
      description = "events, or rows of the first axis, of a request (default: ${DEFAULT-VALUE})")
  private int items;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "length of all items along the model's variable axis (default: ragged)")
  private @Nullable Integer rows;

  @Option(
      names = "--rows-median",
      paramLabel = "N",
      defaultValue = "60",
      description = "median of ragged, log-normal lengths (default: ${DEFAULT-VALUE})")
  private int rowsMedian;

  @Option(
      names = "--rows-sigma",
      paramLabel = "S",
      defaultValue = "0.8",
      description = "standard deviation of their logarithm (default: ${DEFAULT-VALUE})")
  private double rowsSigma;

  @Option(
      names = "--rows-min",
      paramLabel = "N",
      defaultValue = "8",
      description = "shorter ones become this long (default: ${DEFAULT-VALUE})")
  private int rowsMin;

  @Option(
      names = "--rows-max",
      paramLabel = "N",
      defaultValue = "256",
      description = "longer ones become this long (default: ${DEFAULT-VALUE})")
  private int rowsMax;

  @Option(
      names = "--lengths-input",
      paramLabel = "NAME",
      defaultValue = "",
      description = "input that is told the lengths (default: an integer one called lengths)")
  private String lengthsInput;

  @Option(
      names = "--shape",
      paramLabel = "NAME:D,D",
      description = "whole shape of an input, for example pixels:1,3,224,224; may be repeated")
  private @Nullable List<String> shapes;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "seed of values, lengths and gaps (default: ${DEFAULT-VALUE})")
  private long seed;

  RequestShape shape() {
    return SettingException.checked(
        () ->
            new RequestShape(
                items,
                rows == null
                    ? new RowCounts.LogNormal(rowsMedian, rowsSigma, rowsMin, rowsMax)
                    : new RowCounts.Fixed(rows),
                lengthsInput,
                fixedShapes(),
                seed));
  }

  private Map<String, List<Long>> fixedShapes() {
    Map<String, List<Long>> byName = new TreeMap<>();
    for (String shape : shapes == null ? List.<String>of() : shapes) {
      int colon = shape.lastIndexOf(':');
      if (colon < 1 || !shape.substring(colon + 1).matches("\\d{1,9}(,\\d{1,9}){0,7}")) {
        throw new SettingException("--shape: " + shape + " (expected: NAME:D,D,...)");
      }
      byName.put(
          shape.substring(0, colon),
          Arrays.stream(shape.substring(colon + 1).split(",", -1)).map(Long::valueOf).toList());
    }
    return byName;
  }
}
