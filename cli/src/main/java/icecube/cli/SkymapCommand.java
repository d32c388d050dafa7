// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.dataset.DatasetException;
import icecube.dataset.PredictionReader;
import icecube.dataset.PredictionRow;
import icecube.physics.Direction;
import icecube.sky.EventTime;
import icecube.sky.MapLabel;
import icecube.sky.SkyFits;
import icecube.sky.SkyMap;
import icecube.sky.SkyPicture;
import icecube.sky.SkyPoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Draws where on the sky one event may have come from. */
@Command(
    name = "skymap",
    description =
        "Write one event's probability map of the sky: multi-order HEALPix as FITS, a picture, and"
            + " with a date a notice in the form of GCN. Without a date the map is in the"
            + " detector's own coordinates.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./icecube skymap 1 --predictions out/predictions.parquet --mjd 61365.5 --output out/sky",
      "  ./icecube skymap 24 --predictions out/run/predictions.parquet --time 2026-11-21T12:00:00Z"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class SkymapCommand implements Callable<Integer> {
  /** Ids named when the one asked for is not there. */
  private static final int EXAMPLES_MAX = 3;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "EVENT", description = "id of the event")
  private long eventId;

  @Option(
      names = "--predictions",
      paramLabel = "FILE",
      required = true,
      description = "predictions.parquet of a model with kappa or radii")
  private Path predictions;

  @Option(
      names = "--mjd",
      paramLabel = "MJD",
      description = "when the event was: modified Julian date, UTC (default: unknown)")
  private @Nullable Double mjd;

  @Option(
      names = "--time",
      paramLabel = "ISO-8601",
      description = "the same as date and time with a zone, 2026-11-21T12:00:00Z")
  private @Nullable String time;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      defaultValue = "out/sky",
      description = "folder for the files (default: ${DEFAULT-VALUE})")
  private Path output;

  @Option(names = "--json", description = "one JSON object on standard output, for scripts")
  private boolean json;

  @Override
  public Integer call() {
    Optional<EventTime> when = eventTime();
    PredictionRow row = find();
    PredictedProfile profile = PredictedProfile.of(row, predictions);
    Direction direction = Direction.ofAngles(row.azimuthRad(), row.zenithRad());
    SkyPoint best =
        when.map(moment -> moment.equatorial(direction))
            .orElseGet(() -> SkyPoint.ofDetector(direction));
    SkyMap map = SkyMap.of(best, profile.profile());
    MapLabel label =
        new MapLabel(eventId, (row.modelName() + " " + row.modelVersion()).strip(), when);
    List<Path> written = writeFiles(map, label);
    SkyReport report = SkyReport.of(map, label, direction, profile.source(), written);
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? Json.pretty(report) + "\n" : report.toTable());
    out.flush();
    return ExitCode.OK.code();
  }

  private Optional<EventTime> eventTime() {
    if (mjd != null && time != null) {
      throw new SettingException(
          "--mjd: " + mjd + ", --time: " + time + " (expected: one of the two)");
    }
    if (mjd != null) {
      double days = mjd;
      return Optional.of(SettingException.checked(() -> new EventTime(days)));
    }
    String text = time;
    return text == null
        ? Optional.empty()
        : Optional.of(SettingException.checked(() -> EventTime.parse(text)));
  }

  private PredictionRow find() {
    List<String> examples = new ArrayList<>();
    try (PredictionReader reader = PredictionReader.open(predictions)) {
      for (PredictionRow row = reader.next(); row != null; row = reader.next()) {
        if (row.eventId() == eventId) {
          return row;
        }
        if (examples.size() < EXAMPLES_MAX) {
          examples.add(String.valueOf(row.eventId()));
        }
      }
    }
    throw new SettingException(
        "EVENT: %d is not in %s (expected: an id from there%s)"
            .formatted(
                eventId,
                predictions,
                examples.isEmpty() ? "; it has none" : ", such as " + String.join(", ", examples)));
  }

  private List<Path> writeFiles(SkyMap map, MapLabel label) {
    List<Path> written = new ArrayList<>();
    Path fits = output.resolve("skymap_" + eventId + ".fits");
    write(fits, SkyFits.bytes(map, label));
    written.add(fits);
    picture(() -> SkyPicture.png(map, label), spec.commandLine().getErr())
        .ifPresent(
            png -> {
              Path picture = output.resolve("skymap_" + eventId + ".png");
              write(picture, png);
              written.add(picture);
            });
    if (label.time().isPresent()) {
      Path notice = output.resolve("notice_" + eventId + ".json");
      String text = Json.pretty(SkyNotice.of(map, label, label.time().get(), fits)) + "\n";
      write(notice, text.getBytes(StandardCharsets.UTF_8));
      written.add(notice);
    }
    return List.copyOf(written);
  }

  /** Empty on a Java without fonts, as slim images have it: the map itself is worth having. */
  static Optional<byte[]> picture(Supplier<byte[]> drawing, PrintWriter err) {
    // No screen is needed; without this, a DISPLAY that leads nowhere would be asked.
    System.setProperty("java.awt.headless", "true");
    try {
      return Optional.of(drawing.get());
    } catch (LinkageError | InternalError e) {
      err.println(
          "icecube: no picture: "
              + e
              + " (expected: a Java with fonts); install fontconfig and a font");
      return Optional.empty();
    }
  }

  private static void write(Path file, byte[] bytes) {
    Path target = file.toAbsolutePath();
    Path part = target.resolveSibling("." + target.getFileName() + ".part");
    try {
      Files.createDirectories(target.getParent());
      Files.write(part, bytes);
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw DatasetException.output(
          file + ": " + e + " (expected: a folder that can be written); choose another --output",
          e);
    }
  }
}
