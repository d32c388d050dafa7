// SPDX-License-Identifier: Apache-2.0
package icecube.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.TextFormat;
import icecube.v1.Events;
import icecube.v1.HeartbeatServiceOuterClass;
import icecube.v1.ModelServiceOuterClass;
import icecube.v1.Stream;
import inference.GrpcService;
import inference.ModelConfigOuterClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The contracts against their golden copy: whoever changes them is told what an old peer sees. */
final class ContractGoldenTest {
  private static final Path GOLDEN =
      Path.of("src/test/resources/icecube/proto/contracts.golden.txtpb");
  private static final String ACCEPT =
      "accept with: ./mvnw -pl proto -am test -Dtest=ContractGoldenTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dicecube.golden=accept"
          + " (adding is safe; a lost line breaks every peer that is not updated with this one)";

  @Test
  void theContractsAreThoseOfTheGoldenCopy() throws IOException {
    var now = contracts();
    if (System.getProperty("icecube.golden", "").equals("accept")) {
      Files.writeString(GOLDEN, TextFormat.printer().printToString(now));
    }
    var golden = FileDescriptorSet.newBuilder();
    TextFormat.merge(Files.readString(GOLDEN), golden);

    assertThat(missing(facts(golden.build()), facts(now))).as("lost; " + ACCEPT).isEmpty();
    assertThat(missing(facts(now), facts(golden.build()))).as("new; " + ACCEPT).isEmpty();
    assertThat(now).as("changed beyond fields and methods; " + ACCEPT).isEqualTo(golden.build());
  }

  @Test
  void aLostAndARenumberedFieldAreNamed() {
    var before = facts(contracts());
    var after = new TreeSet<>(before);
    String line = "field icecube.v1.EventBatch.batch_id = 1 LABEL_OPTIONAL TYPE_STRING";
    assertThat(after.remove(line)).isTrue();
    after.add(line.replace("= 1", "= 2"));

    assertThat(missing(before, after)).containsExactly(line);
  }

  private static FileDescriptorSet contracts() {
    return FileDescriptorSet.newBuilder()
        .addFile(Events.getDescriptor().toProto())
        .addFile(ModelServiceOuterClass.getDescriptor().toProto())
        .addFile(Stream.getDescriptor().toProto())
        .addFile(HeartbeatServiceOuterClass.getDescriptor().toProto())
        .addFile(ModelConfigOuterClass.getDescriptor().toProto())
        .addFile(GrpcService.getDescriptor().toProto())
        .build();
  }

  private static Set<String> missing(Set<String> wanted, Set<String> there) {
    var missing = new TreeSet<>(wanted);
    missing.removeAll(there);
    return missing;
  }

  /** One line per thing a peer depends on. */
  private static Set<String> facts(FileDescriptorSet contracts) {
    var facts = new TreeSet<String>();
    for (FileDescriptorProto file : contracts.getFileList()) {
      file.getMessageTypeList().forEach(type -> addMessage(facts, file.getPackage(), type));
      file.getEnumTypeList().forEach(type -> addEnum(facts, file.getPackage(), type));
      for (var service : file.getServiceList()) {
        for (var method : service.getMethodList()) {
          facts.add(
              "rpc %s.%s/%s(%s%s) returns %s%s"
                  .formatted(
                      file.getPackage(),
                      service.getName(),
                      method.getName(),
                      method.getClientStreaming() ? "stream " : "",
                      method.getInputType(),
                      method.getServerStreaming() ? "stream " : "",
                      method.getOutputType()));
        }
      }
    }
    return facts;
  }

  private static void addMessage(Set<String> facts, String scope, DescriptorProto type) {
    String name = scope + "." + type.getName();
    for (FieldDescriptorProto field : type.getFieldList()) {
      facts.add(
          "field %s.%s = %d %s %s%s"
              .formatted(
                  name,
                  field.getName(),
                  field.getNumber(),
                  field.getLabel(),
                  field.getType(),
                  field.getTypeName().isEmpty() ? "" : " " + field.getTypeName()));
    }
    type.getNestedTypeList().forEach(nested -> addMessage(facts, name, nested));
    type.getEnumTypeList().forEach(nested -> addEnum(facts, name, nested));
  }

  private static void addEnum(Set<String> facts, String scope, EnumDescriptorProto type) {
    for (var value : type.getValueList()) {
      facts.add(
          "value %s.%s.%s = %d"
              .formatted(scope, type.getName(), value.getName(), value.getNumber()));
    }
  }
}
