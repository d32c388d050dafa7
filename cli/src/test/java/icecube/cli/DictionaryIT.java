// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import icecube.emitter.Emitter;
import icecube.emitter.EmitterSettings;
import icecube.emitter.SimulatedSource;
import icecube.otel.MetricDictionary;
import icecube.otel.MetricEntry;
import icecube.physics.IceCube86;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds the dictionary of metrics to what the code names and to what a running mesh shows, both
 * ways.
 */
@Timeout(120)
final class DictionaryIT {
  private static final Pattern NAME_IN_CODE = Pattern.compile("\"(icecube_[a-z]+_[a-z0-9_]+)\"");
  private static final Pattern DESCRIBED = Pattern.compile("# (HELP|TYPE) (\\S+) (.*)");
  private static final Pattern SAMPLE = Pattern.compile("([a-z][a-z0-9_]*)(?:\\{(.*)\\})? \\S+");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"(?:[^\"\\\\]|\\\\.)*\"");
  private static final List<String> PARTS = List.of("_bucket", "_count", "_sum", "_max");

  private final MetricDictionary dictionary = MetricDictionary.ofThisBuild();

  @TempDir private Path folder;

  @Test
  void theCodeNamesWhatStandsInTheDictionaryAndNothingElse() {
    assertThat(namesInCode())
        .containsExactlyInAnyOrderElementsOf(
            dictionary.entries().stream()
                .map(MetricEntry::name)
                .filter(name -> name.startsWith("icecube_"))
                .toList());
  }

  @Test
  void aMeshShowsWhatStandsInTheDictionaryAndNothingElse() throws Exception {
    Map<String, Family> shown = shownByAMesh();

    assertThat(shown.keySet()).allSatisfy(name -> assertThat(dictionary.entry(name)).isNotNull());
    for (Family family : shown.values()) {
      MetricEntry entry = dictionary.entry(family.name);
      assertThat(family.type)
          .as(family.name)
          .isEqualTo(entry.type().name().toLowerCase(Locale.ROOT));
      assertThat(family.labels).as(family.name).containsExactlyInAnyOrderElementsOf(entry.labels());
      if (family.name.startsWith("icecube_")) {
        assertThat(family.help).isEqualTo(entry.meaning());
      }
    }
    assertThat(shown.keySet())
        .containsAll(
            dictionary.entries().stream()
                .filter(entry -> entry.appears().isEmpty())
                .map(MetricEntry::name)
                .toList());
  }

  private Map<String, Family> shownByAMesh() throws Exception {
    Map<String, Family> shown = new TreeMap<>();
    Path models = Path.of("../models").toAbsolutePath().normalize();
    Mesh.Settings settings =
        new Mesh.Settings(
            folder.resolve("redis"), Optional.of(models), "direction", IceCube86.geometry(), 1);
    try (Mesh mesh = Mesh.start(settings)) {
      Emitter emitter =
          new Emitter(
              SimulatedSource.of(1, 200, IceCube86.geometry(), 1),
              mesh.log(),
              EmitterSettings.DEFAULT,
              mesh.emitterTelemetry());
      assertThat(emitter.run().isComplete()).isTrue();
      long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      // The emitter begins to read the account, and is found by Prometheus, when it has beaten.
      while (!shown.containsKey("icecube_stream_emitted_events") || targets(mesh).size() < 4) {
        assertThat(System.nanoTime()).as("shown: %s", shown.keySet()).isLessThan(deadline);
        targets(mesh).forEach(target -> addTo(shown, get("http://" + target + "/metrics")));
      }
      targets(mesh).forEach(target -> addTo(shown, get("http://" + target + "/metrics")));
    }
    return shown;
  }

  private static List<String> targets(Mesh mesh) {
    List<String> targets = new ArrayList<>();
    try {
      for (JsonNode each : new ObjectMapper().readTree(get(mesh.targetsUri().toString()))) {
        targets.add(each.at("/targets/0").asText());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return targets;
  }

  private static String get(String uri) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(uri)).timeout(Duration.ofSeconds(10)).build();
    return HttpClient.newHttpClient()
        .sendAsync(request, HttpResponse.BodyHandlers.ofString())
        .join()
        .body();
  }

  /** What the text of one scrape says of every metric; parts of a histogram count as it. */
  private void addTo(Map<String, Family> shown, String text) {
    Map<String, Map<String, String>> said = new HashMap<>();
    for (String line : text.lines().toList()) {
      var described = DESCRIBED.matcher(line);
      if (described.matches()) {
        said.computeIfAbsent(described.group(2), name -> new HashMap<>())
            .put(described.group(1), described.group(3));
        continue;
      }
      var sample = SAMPLE.matcher(line);
      assertThat(sample.matches()).as(line).isTrue();
      String name = nameOf(sample.group(1));
      Map<String, String> words = said.getOrDefault(name, Map.of());
      Family family =
          shown.computeIfAbsent(
              name,
              each ->
                  new Family(
                      each,
                      words.getOrDefault("TYPE", "none"),
                      words.getOrDefault("HELP", "none"),
                      new TreeSet<>()));
      LABEL
          .matcher(Objects.requireNonNullElse(sample.group(2), ""))
          .results()
          .map(label -> label.group(1))
          .filter(label -> !label.equals("le"))
          .forEach(family.labels::add);
    }
  }

  private String nameOf(String sample) {
    Set<String> known =
        dictionary.entries().stream().map(MetricEntry::name).collect(Collectors.toSet());
    return PARTS.stream()
        .filter(sample::endsWith)
        .map(part -> sample.substring(0, sample.length() - part.length()))
        .filter(known::contains)
        .findFirst()
        .orElse(sample);
  }

  private static Set<String> namesInCode() {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> rooms = Files.list(Path.of(".."))) {
      for (Path sources : rooms.map(room -> room.resolve("src/main/java")).toList()) {
        if (Files.isDirectory(sources)) {
          try (Stream<Path> files = Files.walk(sources)) {
            files
                .filter(file -> file.toString().endsWith(".java"))
                .map(DictionaryIT::textOf)
                .flatMap(text -> NAME_IN_CODE.matcher(text).results())
                .forEach(name -> names.add(name.group(1)));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return names;
  }

  private static String textOf(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Family(String name, String type, String help, Set<String> labels) {}
}
