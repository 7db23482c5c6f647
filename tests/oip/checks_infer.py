# SPDX-License-Identifier: Apache-2.0
"""Inference in JSON. Source: open-inference-protocol, inference_rest.md, "Inference" and "Tensor Data"."""
from wire import simple_request, tensor


def flat_sum(rows):
    return [n + 1 for n in range(16 * rows)]


def flatten(data):
    return [n for item in data for n in flatten(item)] if data and isinstance(data[0], list) else data


def answers(server):
    """MUST: POST .../infer answers name, shape, datatype and data of every output"""
    answer = server.wire.infer("simple", simple_request())
    assert answer.status == 200, answer.body
    assert answer.json["model_name"] == "simple"
    total, difference = answer.output("OUTPUT0"), answer.output("OUTPUT1")
    assert total["datatype"] == "INT32" and total["shape"] == [1, 16], total
    assert flatten(total["data"]) == flat_sum(1), total
    assert flatten(difference["data"]) == [n - 1 for n in range(16)], difference


def content_type(server):
    """MUST: the answer is application/json"""
    answer = server.wire.infer("simple", simple_request())
    assert answer.headers["content-type"].split(";")[0] == "application/json", answer.headers


def batch(server):
    """MUST: a batch is a larger first dimension, and every row has its own answer"""
    answer = server.wire.infer("simple", simple_request(3))
    assert answer.output("OUTPUT0")["shape"] == [3, 16], answer.body
    assert flatten(answer.output("OUTPUT0")["data"]) == flat_sum(3)


def nested(server):
    """MUST: data may be nested as the shape says"""
    request = simple_request(2)
    for given in request["inputs"]:
        given["data"] = [given["data"][:16], given["data"][16:]]
    assert flatten(server.wire.infer("simple", request).output("OUTPUT0")["data"]) == flat_sum(2)


def returns_id(server):
    """MUST: the id of a request is returned"""
    assert server.wire.infer("simple", simple_request(id="42")).json["id"] == "42"


def odd_id(server):
    """MUST: an id is any text, also one that JSON must escape"""
    text = 'a "quoted" \\ id, 安全 \u0001'
    assert server.wire.infer("simple", simple_request(id=text)).json["id"] == text


def by_version(server):
    """MUST: the version may stand in the path"""
    answer = server.wire.infer("simple", simple_request(), version="1")
    assert answer.json.get("model_version", "1") == "1", answer.body
    assert flatten(answer.output("OUTPUT0")["data"]) == flat_sum(1)


def chosen_outputs(server):
    """MUST: only the outputs that are asked for are returned"""
    answer = server.wire.infer("simple", simple_request(outputs=[{"name": "OUTPUT1"}]))
    assert [output["name"] for output in answer.json["outputs"]] == ["OUTPUT1"], answer.body


def order_of_inputs(server):
    """MUST: inputs are told by name, in any order"""
    request = simple_request()
    request["inputs"].reverse()
    assert flatten(server.wire.infer("simple", request).output("OUTPUT1")["data"]) == [n - 1 for n in range(16)]


def order_of_keys(server):
    """CLIENT: keys of an input come in any order, data before shape and datatype too"""
    request = simple_request()
    request["inputs"] = [dict(reversed(list(given.items()))) for given in request["inputs"]]
    assert flatten(server.wire.infer("simple", request).output("OUTPUT0")["data"]) == flat_sum(1)


def unknown_parameters(server):
    """CLIENT: parameters that the server does not know are left aside"""
    request = simple_request(parameters={"x_kit": 1, "x_text": "a"})
    request["inputs"][0]["parameters"] = {"x_kit": True}
    assert flatten(server.wire.infer("simple", request).output("OUTPUT0")["data"]) == flat_sum(1)


def extremes(server):
    """MUST: the ends of INT32 come back as they are"""
    low, high = -2**31, 2**31 - 1
    request = {"inputs": [tensor("INPUT0", "INT32", [1, 16], [low, high] * 8),
                          tensor("INPUT1", "INT32", [1, 16], [0] * 16)]}
    assert flatten(server.wire.infer("simple", request).output("OUTPUT0")["data"]) == [low, high] * 8


CHECKS = [answers, content_type, batch, nested, returns_id, odd_id, by_version, chosen_outputs, order_of_inputs,
          order_of_keys, unknown_parameters, extremes]
