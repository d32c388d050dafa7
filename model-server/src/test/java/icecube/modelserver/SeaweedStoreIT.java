// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The contract on the SeaweedFS that is installed. */
@EnabledIfSystemProperty(named = "icecube.stores", matches = "true")
final class SeaweedStoreIT extends S3StoreContract {
  @Override
  S3Store store(Path folder) throws IOException {
    return S3Store.seaweed(StoreProcess.require("weed"), folder);
  }
}
