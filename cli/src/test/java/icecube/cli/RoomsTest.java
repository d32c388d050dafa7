// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Holds the directions in which rooms may import each other; the picture is in ARCHITECTURE.md. */
@AnalyzeClasses(packages = "icecube", importOptions = DoNotIncludeTests.class)
final class RoomsTest {
  @ArchTest
  static final ArchRule physicsStandsOnTheJdkAlone =
      classes()
          .that()
          .resideInAPackage("icecube.physics..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("icecube.physics..", "java..", "org.jspecify.annotations..");

  @ArchTest
  static final ArchRule protoKnowsPhysicsOnly =
      onlyOurs("icecube.proto..", "icecube.proto..", "icecube.v1..", "icecube.physics..");

  @ArchTest
  static final ArchRule datasetKnowsPhysicsOnly =
      onlyOurs("icecube.dataset..", "icecube.dataset..", "icecube.physics..");

  @ArchTest
  static final ArchRule simulatorKnowsPhysicsOnly =
      onlyOurs("icecube.simulator..", "icecube.simulator..", "icecube.physics..");

  @ArchTest
  static final ArchRule otelKnowsNoneOfOurs = onlyOurs("icecube.otel..", "icecube.otel..");

  @ArchTest
  static final ArchRule streamKnowsProtoPhysicsAndTelemetry =
      onlyOurs(
          "icecube.stream..",
          "icecube.stream..",
          "icecube.otel..",
          "icecube.proto..",
          "icecube.v1..",
          "icecube.physics..");

  @ArchTest
  static final ArchRule chassisKnowsProtoAndTelemetry =
      onlyOurs(
          "icecube.chassis..",
          "icecube.chassis..",
          "icecube.otel..",
          "icecube.proto..",
          "icecube.v1..");

  @ArchTest
  static final ArchRule heartbeatKnowsNeitherPhysicsNorStream =
      onlyOurs(
          "icecube.heartbeat..",
          "icecube.heartbeat..",
          "icecube.chassis..",
          "icecube.otel..",
          "icecube.proto..",
          "icecube.v1..");

  @ArchTest
  static final ArchRule modelServerKnowsNoStream =
      onlyOurs(
          "icecube.modelserver..",
          "icecube.modelserver..",
          "icecube.chassis..",
          "icecube.otel..",
          "icecube.proto..",
          "icecube.v1..",
          "icecube.physics..");

  @ArchTest
  static final ArchRule loadKnowsTheContractsAndNoServer =
      onlyOurs(
          "icecube.load..",
          "icecube.load..",
          "icecube.proto..",
          "icecube.v1..",
          "icecube.physics..");

  @ArchTest
  static final ArchRule skyKnowsPhysicsOnly =
      onlyOurs("icecube.sky..", "icecube.sky..", "icecube.physics..");

  @ArchTest
  static final ArchRule evaluationKnowsPhysicsAndDataset =
      onlyOurs(
          "icecube.evaluation..", "icecube.evaluation..", "icecube.dataset..", "icecube.physics..");

  @ArchTest
  static final ArchRule sinksKnowTheStreamAndNoService =
      onlyOurs(
          "icecube.sinks..",
          "icecube.sinks..",
          "icecube.stream..",
          "icecube.proto..",
          "icecube.v1..",
          "icecube.physics..",
          "icecube.otel..");

  @ArchTest
  static final ArchRule servicesDoNotKnowEachOther =
      slices()
          .matching("icecube.(emitter|consumer|modelserver|heartbeat|sinks)..")
          .should()
          .notDependOnEachOther();

  @ArchTest
  static final ArchRule nobodyKnowsTheCommandLine =
      noClasses()
          .that()
          .resideOutsideOfPackage("icecube.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("icecube.cli..");

  @ArchTest
  static final ArchRule nobodyKnowsTheChaos =
      noClasses()
          .that()
          .resideOutsideOfPackage("icecube.chaos..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("icecube.chaos..");

  @ArchTest
  static final ArchRule lettuceStaysInTheStream =
      noClasses()
          .that()
          .resideOutsideOfPackage("icecube.stream..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.lettuce..");

  @ArchTest
  static final ArchRule onnxRuntimeStaysInTheModelServer =
      noClasses()
          .that()
          .resideOutsideOfPackage("icecube.modelserver..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.onnxruntime..");

  @ArchTest
  static final ArchRule parquetStaysInTheDataset =
      noClasses()
          .that()
          .resideOutsideOfPackage("icecube.dataset..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.parquet..");

  @ArchTest
  static final ArchRule fitsStaysInTheSky =
      noClasses()
          .that()
          .resideOutsideOfPackage("icecube.sky..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("nom.tam..");

  @ArchTest
  static final ArchRule onlyTheCommandLineEndsTheProcess =
      noClasses()
          .that()
          .resideOutsideOfPackage("icecube.cli..")
          .should()
          .callMethod(System.class, "exit", int.class);

  private static ArchRule onlyOurs(String room, String... allowed) {
    return noClasses()
        .that()
        .resideInAPackage(room)
        .should()
        .dependOnClassesThat(resideInAPackage("icecube..").and(resideOutsideOfPackages(allowed)));
  }
}
