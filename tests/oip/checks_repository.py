# SPDX-License-Identifier: Apache-2.0
"""Repository, configuration and statistics.

Source: triton-inference-server, docs/protocol/extension_model_repository.md, extension_model_configuration.md,
extension_statistics.md.
"""
from wire import simple_request

STATES = {"READY", "LOADING", "UNLOADING", "UNAVAILABLE", "UNKNOWN"}


def index(server):
    """EXT: POST /v2/repository/index lists models with version, state and reason"""
    server.needs("model_repository")
    entries = server.wire.post("/v2/repository/index").json
    found = [entry for entry in entries if entry["name"] == "simple"]
    assert found and found[0].get("state", "READY") == "READY", entries
    assert all(entry.get("state", "READY") in STATES for entry in entries), entries


def index_ready(server):
    """EXT: {"ready": true} lists those that are ready"""
    server.needs("model_repository")
    entries = server.wire.post("/v2/repository/index", {"ready": True}).json
    assert all(entry.get("state", "READY") == "READY" for entry in entries), entries


def load_unknown(server):
    """EXT: loading a model that does not exist is an error"""
    server.needs("model_repository")
    answer = server.wire.post("/v2/repository/models/no_such_model/load")
    assert answer.status >= 400 and answer.json["error"], answer.body


def configuration(server):
    """EXT: GET .../config tells name, inputs and outputs"""
    server.needs("model_configuration")
    told = server.wire.get("/v2/models/simple/config").json
    assert told["name"] == "simple", told
    assert sorted(port["name"] for port in told["input"]) == ["INPUT0", "INPUT1"], told


def found_configuration(server):
    """CLIENT: a model without a configuration file tells what its file says"""
    server.needs("model_configuration")
    told = server.wire.get("/v2/models/wide/config").json
    assert told["name"] == "wide", told
    assert [port["name"] for port in told["input"]] == ["INPUT0"], told


def statistics_of(server):
    return server.wire.get("/v2/models/simple/stats").json["model_stats"][0]


def statistics(server):
    """EXT: GET .../stats counts requests and their inferences"""
    server.needs("statistics")
    before = statistics_of(server)
    assert server.wire.infer("simple", simple_request(3)).status == 200
    after = statistics_of(server)
    assert after["inference_count"] - before["inference_count"] == 3, (before, after)
    assert after["execution_count"] - before["execution_count"] == 1, (before, after)
    counts = [told["inference_stats"]["success"]["count"] for told in (before, after)]
    assert counts[1] - counts[0] == 1, (before, after)


def all_statistics(server):
    """EXT: GET /v2/models/stats tells of all models"""
    server.needs("statistics")
    told = server.wire.get("/v2/models/stats").json["model_stats"]
    assert "simple" in [model["name"] for model in told], told


CHECKS = [index, index_ready, load_unknown, configuration, found_configuration, statistics, all_statistics]
