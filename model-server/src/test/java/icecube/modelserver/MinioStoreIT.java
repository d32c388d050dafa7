// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The contract on the MinIO that is installed. */
@EnabledIfSystemProperty(named = "icecube.stores", matches = "true")
final class MinioStoreIT extends S3StoreContract {
  @Override
  S3Store store(Path folder) throws IOException {
    return S3Store.minio(StoreProcess.require("minio"), folder);
  }
}
