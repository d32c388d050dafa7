// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.proto.Reasons;
import icecube.v1.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Holds {@code docs/FAILURES.md} to the reasons there are and to the tests that make them, and
 * {@code docs/HOSTILE.md} to its tests.
 */
final class FailuresPageTest {
  private static final Path ROOT = root();
  private static final Map<String, String> SOURCES = testSources();
  private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT|Contract))\\.(\\w+)`");
  private static final Pattern HEADING = Pattern.compile("(?m)^### (.+)$");

  /** Words that a paragraph has at least; fewer would only repeat its heading. */
  private static final int WORDS_MIN = 20;

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.exists(folder.resolve("docs/FAILURES.md"))) {
      folder = folder.getParent();
    }
    return Objects.requireNonNull(folder, "docs/FAILURES.md, in no folder above");
  }

  /** Source of every test class by its name, in all rooms. */
  private static Map<String, String> testSources() {
    Map<String, String> sources = new HashMap<>();
    try (Stream<Path> rooms = Files.list(ROOT)) {
      for (Path tests : rooms.map(room -> room.resolve("src/test/java")).toList()) {
        if (Files.isDirectory(tests)) {
          readInto(sources, tests);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sources;
  }

  private static void readInto(Map<String, String> sources, Path tests) throws IOException {
    try (Stream<Path> files = Files.walk(tests)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        String name = String.valueOf(file.getFileName());
        sources.put(name.substring(0, name.length() - ".java".length()), Files.readString(file));
      }
    }
  }

  /** The text under each heading of the third level. */
  private static Map<String, String> sections() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/FAILURES.md"));
    List<MatchResult> headings = HEADING.matcher(page).results().toList();
    Map<String, String> sections = new LinkedHashMap<>();
    for (int i = 0; i < headings.size(); i++) {
      int end = i + 1 < headings.size() ? headings.get(i + 1).start() : page.length();
      sections.put(headings.get(i).group(1), page.substring(headings.get(i).end(), end));
    }
    return sections;
  }

  static Stream<Reason> reasons() {
    return Arrays.stream(Reason.values())
        .filter(each -> each != Reason.UNRECOGNIZED && each != Reason.REASON_UNSPECIFIED);
  }

  private static String section(Reason reason) throws IOException {
    return sections().getOrDefault(Reasons.nameOf(reason), "");
  }

  private static List<MatchResult> testsIn(String section) {
    return TEST.matcher(section).results().toList();
  }

  private static String source(MatchResult test) {
    return SOURCES.getOrDefault(test.group(1), "no such class");
  }

  /** The method that is named, up to the next one. */
  private static String body(MatchResult test) {
    String[] parts = source(test).split("void " + test.group(2) + "\\(", 2);
    return parts.length == 1 ? "" : parts[1].split("\n  (@|void |private |/\\*\\*)", 2)[0];
  }

  @ParameterizedTest
  @MethodSource("reasons")
  void everyReasonHasItsParagraph(Reason reason) throws IOException {
    assertThat(section(reason).split("\\s+")).hasSizeGreaterThan(WORDS_MIN);
  }

  @ParameterizedTest
  @MethodSource("reasons")
  void everyReasonHasATestThatMakesIt(Reason reason) throws IOException {
    List<MatchResult> tests = testsIn(section(reason));
    assertThat(tests).as("tests under ### " + Reasons.nameOf(reason)).isNotEmpty();
    assertThat(tests)
        .extracting(FailuresPageTest::body)
        .as("one of the tests makes it")
        .anyMatch(body -> body.contains(Reasons.nameOf(reason)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"docs/FAILURES.md", "docs/HOSTILE.md"})
  void everyTestThatIsNamedIsThere(String file) throws IOException {
    String page = Files.readString(ROOT.resolve(file));
    List<MatchResult> tests = testsIn(page);
    assertThat(tests).hasSizeGreaterThan(20);
    for (MatchResult test : tests) {
      assertThat(source(test)).as(test.group()).containsPattern("void " + test.group(2) + "\\(");
    }
  }

  @Test
  void everyFaultOfTheStreamNamesATest() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/FAILURES.md"));
    int begin = page.indexOf("## Something is wrong with the stream");
    int end = page.indexOf("## An event or a request has a reason");
    assertThat(begin).isNotNegative().isLessThan(end);
    for (String heading :
        HEADING.matcher(page.substring(begin, end)).results().map(m -> m.group(1)).toList()) {
      assertThat(testsIn(sections().getOrDefault(heading, ""))).as(heading).isNotEmpty();
    }
  }

  @Test
  void noHeadingNamesAReasonThatThereIsNot() throws IOException {
    List<String> names = reasons().map(Reasons::nameOf).toList();
    assertThat(sections().keySet().stream().filter(name -> name.matches("[A-Z]+(_[A-Z]+)*")))
        .containsExactlyElementsOf(names);
  }
}
