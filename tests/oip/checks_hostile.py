# SPDX-License-Identifier: Apache-2.0
"""What an attacker sends. Every one is refused with a status, and the server lives.

Source: the cases that triton-inference-server's qa/L0_http names; RFC 9112, section 11.2 (request smuggling).
"""
import gzip
import json

from wire import simple_request, tensor

PATH = "/v2/models/simple/infer"


def refused(server, body, headers=None):
    if isinstance(body, dict):
        body = json.dumps(body).encode()
    answer = server.wire.ask("POST", PATH, body, {"Content-Type": "application/json", **(headers or {})})
    assert 400 <= answer.status < 500 and answer.json["error"], (answer.status, answer.body[:200])
    assert server.wire.is_live()


def with_shape(shape, data=()):
    request = simple_request()
    request["inputs"][0] = tensor("INPUT0", "INT32", shape, list(data))
    return request


def negative_shape(server):
    """CLIENT: a negative dimension"""
    refused(server, with_shape([-1, 16], range(16)))


def overflowing_shape(server):
    """CLIENT: dimensions whose product overflows"""
    refused(server, with_shape([2**32, 2**32]))
    refused(server, with_shape([2**62, 16]))
    refused(server, with_shape([2**63, 2]))
    refused(server, with_shape([10**30, 1]))


def many_dimensions(server):
    """CLIENT: a thousand dimensions"""
    refused(server, with_shape([1] * 1000, [1]))


def not_a_number(server):
    """CLIENT: NaN, which JSON does not have"""
    text = json.dumps(simple_request()).replace("[0, 1, 2", "[NaN, 1, 2")
    refused(server, text.encode())


def null_characters(server):
    """CLIENT: names with a zero inside"""
    request = simple_request()
    request["inputs"][0]["name"] = "INPUT0\0"
    refused(server, request)


def duplicate_outputs(server):
    """CLIENT: an output that is asked for twice"""
    refused(server, simple_request(outputs=[{"name": "OUTPUT0"}, {"name": "OUTPUT0"}]))


def deep(server):
    """CLIENT: JSON nested 100,000 deep"""
    refused(server, b'{"inputs":' + b"[" * 100000)
    refused(server, b'{"parameters":' + b'{"a":' * 100000)


def small_chunks(server):
    """CLIENT: 3 MB in chunks of 6 bytes"""
    body = json.dumps(simple_request()).encode() + b" " * 3_000_000
    answer = server.wire.ask("POST", PATH, (body[at:at + 6] for at in range(0, len(body), 6)),
                             {"Transfer-Encoding": "chunked"})
    assert answer.status == 200, answer.body[:200]


def bomb(server):
    """CLIENT: a gzip of 1000:1"""
    refused(server, gzip.compress(b" " * 200_000_000, 9), {"Content-Encoding": "gzip"})


def smuggled(server):
    """MUST: Content-Length beside Transfer-Encoding is refused"""
    head = "POST /v2/models/simple/infer HTTP/1.1\r\nHost: kit\r\nContent-Length: 5\r\n"
    for coding in ("chunked", "xchunked", "chunked, identity", "identity, chunked"):
        line = server.wire.send_raw(f"{head}Transfer-Encoding: {coding}\r\n\r\n0\r\n\r\n".encode())
        assert line == "" or line.split()[1].startswith("4") or line.split()[1] == "501", (coding, line)
    assert server.wire.is_live()


def two_lengths(server):
    """MUST: two Content-Length that differ are refused"""
    head = b"POST /v2/models/simple/infer HTTP/1.1\r\nHost: kit\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} "
    line = server.wire.send_raw(head)
    assert line == "" or line.split()[1].startswith("4"), line
    assert server.wire.is_live()


def paths(server):
    """CLIENT: names of models that lead out of the repository"""
    for name in ("..", "%2e%2e", "..%2f..%2fetc%2fpasswd", "simple%2f1%2fmodel.onnx", "simple%00", "%ff"):
        answer = server.wire.get(f"/v2/models/{name}")
        assert 400 <= answer.status < 500, (name, answer.status)
    assert server.wire.is_live()


CHECKS = [negative_shape, overflowing_shape, many_dimensions, not_a_number, null_characters, duplicate_outputs, deep,
          small_chunks, bomb, smuggled, two_lengths, paths]
