// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class ChildrenTest {
  @TempDir private Path folder;

  @Test
  void nobodyOutlivesTheEnd() throws Exception {
    Child child;
    try (var children = Children.guarded()) {
      child = sleeper(children);
      assertThat(child.isAlive()).isTrue();
    }
    assertThat(child.isAlive()).isFalse();
  }

  @Test
  void oneThatIsStoppedCanBeKilled() throws Exception {
    try (var children = Children.guarded()) {
      Child child = sleeper(children);
      child.freeze();
      assertThat(child.isAlive()).isTrue();
      child.kill();
      assertThat(child.exitCode()).isPresent();
    }
  }

  @Test
  void whoeverKillsTheirParentKillsThemAll() throws Exception {
    try (var children = Children.guarded()) {
      Child child = sleeper(children);
      var end = ProcessHandle.of(child.pid()).orElseThrow().onExit();
      children.abandon();
      assertThat(end).succeedsWithin(Duration.ofSeconds(10));
    }
  }

  private Child sleeper(Children children) throws Exception {
    return children.start("sleeper", List.of("sleep", "60"), Map.of(), folder.resolve("log"));
  }
}
