# SPDX-License-Identifier: Apache-2.0
"""Requests that are wrong. Source: open-inference-protocol, inference_rest.md: an error status with {"error": text}."""
from wire import simple_request, tensor


def refused(server, request, model="simple"):
    answer = server.wire.infer(model, request)
    assert 400 <= answer.status < 500, (answer.status, answer.body)
    assert isinstance(answer.json["error"], str) and answer.json["error"], answer.body
    assert server.wire.is_live()
    return answer.json["error"]


def changed(**input0):
    request = simple_request()
    request["inputs"][0].update(input0)
    return request


def unknown_model(server):
    """MUST: a model that does not exist"""
    refused(server, simple_request(), "no_such_model")


def unknown_version(server):
    """MUST: a version that does not exist"""
    answer = server.wire.infer("simple", simple_request(), version="99")
    assert 400 <= answer.status < 500 and answer.json["error"], answer.body


def missing_input(server):
    """MUST: an input that is missing is named"""
    request = simple_request()
    del request["inputs"][1]
    assert "INPUT1" in refused(server, request)


def unknown_input(server):
    """MUST: an input that the model does not have is named"""
    request = simple_request()
    request["inputs"].append(tensor("INPUT7", "INT32", [1, 16], [0] * 16))
    assert "INPUT7" in refused(server, request)


def twice(server):
    """MUST: an input that stands there twice"""
    request = simple_request()
    request["inputs"].append(request["inputs"][0])
    refused(server, request)


def wrong_datatype(server):
    """MUST: an input of another datatype"""
    refused(server, changed(datatype="FP32"))


def unknown_datatype(server):
    """MUST: a datatype that does not exist"""
    refused(server, changed(datatype="INT33"))


def wrong_shape(server):
    """MUST: a shape that the model does not take"""
    refused(server, changed(shape=[1, 8], data=[0] * 8))


def wrong_rank(server):
    """MUST: a shape of another rank"""
    refused(server, changed(shape=[16]))


def fewer_elements(server):
    """MUST: fewer elements than the shape says"""
    refused(server, changed(data=[0] * 15))


def more_elements(server):
    """MUST: more elements than the shape says"""
    refused(server, changed(data=[0] * 17))


def ragged(server):
    """MUST: nested data of unlike lengths"""
    request = simple_request(2)
    request["inputs"][0]["data"] = [[0] * 15, [0] * 17]
    refused(server, request)


def text_for_number(server):
    """MUST: a text where a number belongs"""
    refused(server, changed(data=["a"] * 16))


def fraction_for_integer(server):
    """MUST: a fraction where a whole number belongs"""
    refused(server, changed(data=[0.5] * 16))


def beyond_the_type(server):
    """MUST: a number that the datatype does not hold"""
    refused(server, changed(data=[2**31] * 16))


def unknown_output(server):
    """MUST: an output that the model does not have is named"""
    assert "OUTPUT7" in refused(server, simple_request(outputs=[{"name": "OUTPUT7"}]))


def no_inputs(server):
    """MUST: a request without inputs"""
    refused(server, {"inputs": []})
    refused(server, {})


def without_keys(server):
    """MUST: an input without name, shape, datatype or data"""
    for key in ("name", "shape", "datatype", "data"):
        request = simple_request()
        del request["inputs"][0][key]
        refused(server, request)


def no_json(server):
    """MUST: a body that is no JSON, or none at all"""
    for body in (b"", b"{", b"no json", b"[1]", b'{"inputs": 7}', b'{"inputs": [7]}', b"\xff\xfe{}"):
        answer = server.wire.ask("POST", "/v2/models/simple/infer", body, {"Content-Type": "application/json"})
        assert 400 <= answer.status < 500 and answer.json["error"], (body, answer.status, answer.body)
    assert server.wire.is_live()


CHECKS = [unknown_model, unknown_version, missing_input, unknown_input, twice, wrong_datatype, unknown_datatype,
          wrong_shape, wrong_rank, fewer_elements, more_elements, ragged, text_for_number, fraction_for_integer,
          beyond_the_type, unknown_output, no_inputs, without_keys, no_json]
