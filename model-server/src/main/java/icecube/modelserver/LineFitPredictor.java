// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.physics.FeatureBuilder;
import icecube.physics.FeatureTable;
import icecube.physics.LineFit;
import java.util.concurrent.atomic.LongAdder;

/** The improved line fit as a model: no file, always ready. Thread-safe. */
final class LineFitPredictor implements Predictor {
  static final String NAME = "line-fit";
  static final String VERSION = "1";

  private final LongAdder runs = new LongAdder();

  @Override
  public Answers predict(FeatureTable table) {
    runs.increment();
    var answers = new Answers(table.eventCount());
    for (int event = 0; event < table.eventCount(); event++) {
      var direction = LineFit.improved().fit(table, event);
      if (direction.isPresent()) {
        var d = direction.get();
        answers.setVector(event, d.x(), d.y(), d.z());
      }
    }
    return answers;
  }

  @Override
  public int rowCountMax() {
    return FeatureBuilder.ROW_COUNT_MAX;
  }

  @Override
  public long runCount() {
    return runs.sum();
  }

  @Override
  public void close() {}
}
