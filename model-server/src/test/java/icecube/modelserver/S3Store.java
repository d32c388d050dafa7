// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A real S3 server with one key that may do all, on loopback. */
final class S3Store implements AutoCloseable {
  static final String ACCESS_KEY = "icecube-test";
  static final String SECRET_KEY = "s3cret/of+the=test";

  private final StoreProcess process;
  private final URI endpoint;

  private S3Store(StoreProcess process, URI endpoint) {
    this.process = process;
    this.endpoint = endpoint;
  }

  /** MinIO, of any version. */
  static S3Store minio(Path program, Path folder) throws IOException {
    var ports = StoreProcess.freePorts(2);
    int port = ports.get(0);
    var endpoint = URI.create("http://127.0.0.1:" + port);
    var command =
        List.of(
            program.toString(),
            "server",
            "--quiet",
            "--address",
            "127.0.0.1:" + port,
            "--console-address",
            "127.0.0.1:" + ports.get(1),
            Files.createDirectories(folder.resolve("data")).toString());
    var environment =
        Map.of(
            "MINIO_ROOT_USER",
            ACCESS_KEY,
            "MINIO_ROOT_PASSWORD",
            SECRET_KEY,
            "MINIO_BROWSER",
            "off",
            "MINIO_UPDATE",
            "off");
    var ready = endpoint.resolve("/minio/health/ready");
    return new S3Store(new StoreProcess(command, environment, folder, ready), endpoint);
  }

  /** SeaweedFS with its S3 gateway: master, volume, filer and gateway in one process. */
  static S3Store seaweed(Path program, Path folder) throws IOException {
    var identities = folder.resolve("s3.json");
    Files.writeString(
        identities,
        """
        {"identities": [{"name": "test", "actions": ["Admin"],
          "credentials": [{"accessKey": "%s", "secretKey": "%s"}]}]}
        """
            .formatted(ACCESS_KEY, SECRET_KEY));
    var further =
        List.of(
            "master.port",
            "master.port.grpc",
            "volume.port",
            "volume.port.grpc",
            "filer.port",
            "filer.port.grpc",
            "s3.port.grpc");
    var ports = StoreProcess.freePorts(further.size() + 1);
    int port = ports.get(further.size());
    var command =
        new ArrayList<>(
            List.of(
                program.toString(),
                "server",
                "-ip=127.0.0.1",
                "-ip.bind=127.0.0.1",
                "-dir=" + Files.createDirectories(folder.resolve("data")),
                "-master.telemetry=false",
                "-master.volumeSizeLimitMB=64",
                "-volume.max=100",
                "-filer",
                "-filer.localSocket=" + folder.resolve("filer.sock"),
                "-s3",
                "-s3.port=" + port,
                "-s3.config=" + identities,
                "-s3.localSocket=" + folder.resolve("s3.sock"),
                "-s3.port.iceberg=0",
                "-s3.port.lance=0"));
    for (int each = 0; each < further.size(); each++) {
      command.add("-" + further.get(each) + "=" + ports.get(each));
    }
    var endpoint = URI.create("http://127.0.0.1:" + port);
    return new S3Store(new StoreProcess(command, Map.of(), folder, endpoint), endpoint);
  }

  void start() throws IOException, InterruptedException {
    process.start();
  }

  void kill() {
    process.kill();
  }

  S3Writer writer() {
    return new S3Writer(endpoint, ACCESS_KEY, SECRET_KEY);
  }

  /** What a user has in the environment who may read it. */
  Map<String, String> environment() {
    return environment(ACCESS_KEY, SECRET_KEY);
  }

  Map<String, String> environment(String accessKey, String secretKey) {
    return Map.of(
        "AWS_ENDPOINT_URL_S3", endpoint.toString(),
        "AWS_ACCESS_KEY_ID", accessKey,
        "AWS_SECRET_ACCESS_KEY", secretKey);
  }

  @Override
  public void close() {
    process.close();
  }
}
