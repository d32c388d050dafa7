// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.dataset.GeometryCsv;
import icecube.physics.DetectorGeometry;
import icecube.physics.IceCube86;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The detector, where a person names one. */
final class GeometryOption {
  @Option(
      names = "--geometry",
      paramLabel = "FILE",
      description =
          "sensor_geometry.csv of the detector (default: the data set's own, else the nominal"
              + " icecube-86)")
  private @Nullable Path file;

  /** The geometry of the file, if one was named. */
  Optional<DetectorGeometry> named() {
    return Optional.ofNullable(file).map(GeometryCsv::read);
  }

  DetectorGeometry orBuiltIn() {
    return named().orElseGet(IceCube86::geometry);
  }
}
