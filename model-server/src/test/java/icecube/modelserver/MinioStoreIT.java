// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import java.io.IOException;
import java.nio.file.Path;

/** The contract on the MinIO that is installed. */
final class MinioStoreIT extends S3StoreContract {
  @Override
  S3Store store(Path folder) throws IOException {
    return S3Store.minio(StoreProcess.require("minio"), folder);
  }
}
