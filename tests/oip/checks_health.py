# SPDX-License-Identifier: Apache-2.0
"""Health. Source: open-inference-protocol, inference_rest.md, "Health"; clients compare with 200 alone."""


def live(server):
    """MUST: GET /v2/health/live is 200 when the server can take requests"""
    assert server.wire.get("/v2/health/live").status == 200


def ready(server):
    """MUST: GET /v2/health/ready is 200 when its models can"""
    assert server.wire.get("/v2/health/ready").status == 200


def model_ready(server):
    """MUST: GET /v2/models/{m}/ready is 200 for a model that is served"""
    assert server.wire.get("/v2/models/simple/ready").status == 200


def version_ready(server):
    """MUST: so it is with the version"""
    assert server.wire.get("/v2/models/simple/versions/1/ready").status == 200


def unknown_not_ready(server):
    """MUST: a model that does not exist is not ready"""
    assert server.wire.get("/v2/models/no_such_model/ready").status != 200
    assert server.wire.get("/v2/models/simple/versions/99/ready").status != 200


CHECKS = [live, ready, model_ready, version_ready, unknown_not_ready]
