# SPDX-License-Identifier: Apache-2.0
"""Holds proto/src/main/protobuf/inference to the descriptors inside tritonclient.

Ours may leave things out; what stands there must have Triton's name, number, type and label. Ours is
read from the golden copy, which ContractGoldenTest holds equal to what is compiled.
"""

import pathlib
import unittest

from google.protobuf import descriptor_pb2, text_format
from tritonclient.grpc import model_config_pb2, service_pb2

GOLDEN = pathlib.Path(__file__).resolve().parents[4] / (
    "proto/src/test/resources/icecube/proto/contracts.golden.txtpb"
)
REQUIRED_METHODS = {
    "ServerLive", "ServerReady", "ServerMetadata", "ModelReady", "ModelMetadata", "ModelInfer",
    "ModelStreamInfer", "ModelConfig", "ModelStatistics", "RepositoryIndex", "RepositoryModelLoad",
    "RepositoryModelUnload",
}


def fields_of(facts, scope, message):
    name = f"{scope}.{message.name}"
    for field in message.field:
        oneof = ""
        if field.HasField("oneof_index"):
            oneof = message.oneof_decl[field.oneof_index].name
        facts.add(
            f"field {name}.{field.name} = {field.number} label {field.label} type {field.type}"
            f" {field.type_name} {oneof}"
        )
    for nested in message.nested_type:
        fields_of(facts, name, nested)
    for enum in message.enum_type:
        values_of(facts, name, enum)


def values_of(facts, scope, enum):
    for value in enum.value:
        facts.add(f"value {scope}.{enum.name}.{value.name} = {value.number}")


def facts_of(files):
    """One line for each thing that two peers must agree on."""
    facts = set()
    for file in files:
        for message in file.message_type:
            fields_of(facts, file.package, message)
        for enum in file.enum_type:
            values_of(facts, file.package, enum)
        for service in file.service:
            for method in service.method:
                facts.add(
                    f"rpc {file.package}.{service.name}/{method.name}"
                    f" {method.input_type} {method.client_streaming}"
                    f" {method.output_type} {method.server_streaming}"
                )
    return facts


def ours():
    golden = text_format.Parse(GOLDEN.read_text(), descriptor_pb2.FileDescriptorSet())
    return [file for file in golden.file if file.package == "inference"]


def tritons():
    files = []
    for module in (service_pb2, model_config_pb2):
        file = descriptor_pb2.FileDescriptorProto()
        module.DESCRIPTOR.CopyToProto(file)
        files.append(file)
    return files


class ContractTest(unittest.TestCase):
    def test_every_name_and_number_of_ours_is_tritons(self):
        mine = facts_of(ours())
        self.assertGreater(len(mine), 100)
        self.assertEqual(set(), mine - facts_of(tritons()))

    def test_every_method_that_clients_rely_on_is_there(self):
        methods = {m.name for file in ours() for service in file.service for m in service.method}
        self.assertEqual(REQUIRED_METHODS, methods)

    def test_messages_of_inference_are_whole(self):
        """Of what carries tensors nothing is left out, or a client's field would be lost."""
        whole = ("ModelInferRequest", "ModelInferResponse", "ModelStreamInferResponse",
                 "InferParameter", "InferTensorContents", "InferStatistics")
        wanted = {
            fact for fact in facts_of(tritons())
            if fact.startswith(tuple(f"field inference.{name}." for name in whole))
        }
        self.assertGreater(len(wanted), 30)
        self.assertEqual(set(), wanted - facts_of(ours()))


if __name__ == "__main__":
    unittest.main()
