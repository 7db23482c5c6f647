# SPDX-License-Identifier: Apache-2.0
"""Metadata. Source: open-inference-protocol, inference_rest.md, "Server Metadata", "Model Metadata"."""
from wire import NUMBERS, Skip

DATATYPES = [*NUMBERS, "BF16", "BYTES"]


def server_metadata(server):
    """MUST: GET /v2 names the server, its version and its extensions"""
    told = server.wire.get("/v2").json
    assert isinstance(told["name"], str) and told["name"], told
    assert isinstance(told["version"], str), told
    assert all(isinstance(word, str) for word in told["extensions"]), told


def check_ports(ports, names):
    assert sorted(port["name"] for port in ports) == names, ports
    for port in ports:
        assert port["datatype"] in DATATYPES, port
        assert all(isinstance(size, int) and size >= -1 for size in port["shape"]), port


def model_metadata(server):
    """MUST: GET /v2/models/{m} describes every input and output; -1 where a dimension is free"""
    told = server.wire.get("/v2/models/simple").json
    assert told["name"] == "simple", told
    assert isinstance(told["platform"], str), told
    check_ports(told["inputs"], ["INPUT0", "INPUT1"])
    check_ports(told["outputs"], ["OUTPUT0", "OUTPUT1"])
    assert told["inputs"][0]["shape"] == [-1, 16] and told["inputs"][0]["datatype"] == "INT32", told


def versions(server):
    """MUST: versions, when they are told, are texts that may be asked for"""
    told = server.wire.get("/v2/models/simple").json.get("versions")
    if told is None:
        raise Skip("the server tells no versions")
    for version in told:
        assert isinstance(version, str), version
        assert server.wire.get(f"/v2/models/simple/versions/{version}").status == 200


def unknown_model(server):
    """MUST: an unknown model is an error with {"error": text}"""
    answer = server.wire.get("/v2/models/no_such_model")
    assert answer.status >= 400 and isinstance(answer.json["error"], str), answer.status


def unknown_version(server):
    """MUST: an unknown version is one too"""
    answer = server.wire.get("/v2/models/simple/versions/99")
    assert answer.status >= 400 and isinstance(answer.json["error"], str), answer.status


CHECKS = [server_metadata, model_metadata, versions, unknown_model, unknown_version]
