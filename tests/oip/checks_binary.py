# SPDX-License-Identifier: Apache-2.0
"""The binary tensor data extension. Source: triton-inference-server, docs/protocol/extension_binary_data.md."""
import json
import struct

from wire import LENGTH, pack, simple_request, tensor

EXTENSION = "binary_tensor_data"
FIRST, SECOND = list(range(16)), [1] * 16
BLOBS = pack("INT32", FIRST) + pack("INT32", SECOND)


def binary_request(**more):
    request = {"inputs": [tensor("INPUT0", "INT32", [1, 16], binary_data_size=64),
                          tensor("INPUT1", "INT32", [1, 16], binary_data_size=64)]}
    request.update(more)
    return request


def binary_in(server):
    """EXT: inputs may follow the JSON, in their order; outputs are JSON unless asked otherwise"""
    server.needs(EXTENSION)
    answer = server.wire.infer("simple", binary_request(), blobs=BLOBS)
    assert answer.status == 200, answer.body
    assert answer.output("OUTPUT0")["data"][:3] in ([1, 2, 3], [[1, 2, 3]]), answer.body


def mixed(server):
    """EXT: one input in binary and one in JSON"""
    server.needs(EXTENSION)
    request = binary_request()
    request["inputs"][0] = tensor("INPUT0", "INT32", [1, 16], FIRST)
    answer = server.wire.infer("simple", request, blobs=pack("INT32", SECOND))
    assert answer.output("OUTPUT0")["data"][:3] == [1, 2, 3], answer.body


def binary_out(server):
    """EXT: binary_data_output puts all outputs behind the JSON, in their order"""
    server.needs(EXTENSION)
    answer = server.wire.infer("simple", simple_request(parameters={"binary_data_output": True}))
    assert LENGTH.lower() in answer.headers, answer.headers
    assert answer.headers["content-type"] == "application/octet-stream", answer.headers
    assert answer.output("OUTPUT0")["blob"] == struct.pack("<16i", *[n + 1 for n in FIRST])
    assert answer.output("OUTPUT1")["blob"] == struct.pack("<16i", *[n - 1 for n in FIRST])
    assert all("data" not in output for output in answer.json["outputs"]), answer.json


def one_binary_out(server):
    """EXT: binary_data of one output is for that output"""
    server.needs(EXTENSION)
    wanted = [{"name": "OUTPUT0", "parameters": {"binary_data": True}}, {"name": "OUTPUT1"}]
    answer = server.wire.infer("simple", simple_request(outputs=wanted))
    assert answer.output("OUTPUT0")["blob"] == struct.pack("<16i", *[n + 1 for n in FIRST])
    assert "data" in answer.output("OUTPUT1"), answer.json


def output_overrides(server):
    """EXT: binary_data of an output goes before binary_data_output"""
    server.needs(EXTENSION)
    wanted = [{"name": "OUTPUT0", "parameters": {"binary_data": False}}, {"name": "OUTPUT1"}]
    answer = server.wire.infer("simple", simple_request(outputs=wanted, parameters={"binary_data_output": True}))
    assert "data" in answer.output("OUTPUT0"), answer.json
    assert "blob" in answer.output("OUTPUT1"), answer.json


def both_ways(server):
    """EXT: binary in and out in one request"""
    server.needs(EXTENSION)
    answer = server.wire.infer("simple", binary_request(parameters={"binary_data_output": True}), blobs=BLOBS)
    assert answer.output("OUTPUT0")["blob"] == struct.pack("<16i", *[n + 1 for n in FIRST])


def large(server):
    """CLIENT: a picture of 1,024 x 1,024 floats"""
    server.needs(EXTENSION)
    blob = struct.pack("<f", 0.5) * (1024 * 1024 - 1) + struct.pack("<f", 7.25)
    given = tensor("INPUT0", "FP32", [1024, 1024], binary_data_size=len(blob))
    assert server.wire.infer("wide", {"inputs": [given]}, blobs=blob).output("OUTPUT0")["data"] in ([7.25], [[7.25]])


def raw(server):
    """CLIENT: a header length of 0 makes the body the one input, and the outputs binary"""
    server.needs(EXTENSION)
    blob = struct.pack("<f", 0.5) * (1024 * 1024)
    answer = server.wire.ask("POST", "/v2/models/wide/infer", blob,
                             {LENGTH: "0", "Content-Type": "application/octet-stream"})
    assert answer.status == 200, answer.body
    assert answer.output("OUTPUT0")["blob"] == struct.pack("<f", 0.5), answer.body


def refused(server, request, blobs, header=None):
    text = json.dumps(request).encode()
    headers = {LENGTH: header or str(len(text)), "Content-Type": "application/octet-stream"}
    answer = server.wire.ask("POST", "/v2/models/simple/infer", text + blobs, headers)
    assert 400 <= answer.status < 500 and answer.json["error"], (answer.status, answer.body)
    assert server.wire.is_live()


def wrong_size(server):
    """EXT: binary_data_size that the shape does not have is an error"""
    server.needs(EXTENSION)
    request = binary_request()
    request["inputs"][0]["parameters"]["binary_data_size"] = 60
    refused(server, request, BLOBS)


def too_few(server):
    """EXT: fewer bytes than were announced is an error"""
    server.needs(EXTENSION)
    refused(server, binary_request(), BLOBS[:100])


def too_many(server):
    """EXT: bytes that belong to no tensor are an error"""
    server.needs(EXTENSION)
    refused(server, binary_request(), BLOBS + b"12345678")


def data_and_binary(server):
    """EXT: data and binary_data_size in one tensor is an error"""
    server.needs(EXTENSION)
    request = binary_request()
    request["inputs"][0]["data"] = FIRST
    refused(server, request, BLOBS)


def header_lies(server):
    """EXT: a header length beyond the body, negative or no number is an error"""
    server.needs(EXTENSION)
    for header in ("99999999999", "-1", "12x", "18446744073709551617"):
        refused(server, binary_request(), BLOBS, header)


CHECKS = [binary_in, mixed, binary_out, one_binary_out, output_overrides, both_ways, large, raw, wrong_size, too_few,
          too_many, data_and_binary, header_lies]
