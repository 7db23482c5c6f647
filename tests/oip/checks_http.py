# SPDX-License-Identifier: Apache-2.0
"""HTTP as clients of the protocol use it.

Source: the client libraries of triton-inference-server (compression, query parameters, escaped names) and RFC 9110, 9112.
"""
import gzip
import json
import zlib

from wire import simple_request

PATH = "/v2/models/simple/infer"


def body():
    return json.dumps(simple_request()).encode()


def is_right(answer):
    assert answer.status == 200, (answer.status, answer.body)
    assert answer.output("OUTPUT0")["data"][:3] == [1, 2, 3], answer.body


def pieces(data, size):
    return (data[at:at + size] for at in range(0, len(data), size))


def chunked(server):
    """CLIENT: a body in chunks, without Content-Length"""
    is_right(server.wire.ask("POST", PATH, pieces(body(), 6), {"Transfer-Encoding": "chunked"}))


def gzip_in(server):
    """CLIENT: a body packed with gzip"""
    is_right(server.wire.ask("POST", PATH, gzip.compress(body()), {"Content-Encoding": "gzip"}))


def deflate_in(server):
    """CLIENT: a body packed with deflate (zlib)"""
    is_right(server.wire.ask("POST", PATH, zlib.compress(body()), {"Content-Encoding": "deflate"}))


def packed_out(server):
    """CLIENT: an answer is packed only as the client accepts it"""
    for coding in ("gzip", "deflate"):
        answer = server.wire.ask("POST", PATH, body(), {"Accept-Encoding": coding})
        assert answer.headers.get("content-encoding", coding) == coding, answer.headers
        is_right(answer)
    answer = server.wire.ask("POST", PATH, body())
    assert "content-encoding" not in answer.headers, answer.headers


def broken_gzip(server):
    """CLIENT: a body that says gzip and is none is an error"""
    answer = server.wire.ask("POST", PATH, body(), {"Content-Encoding": "gzip"})
    assert 400 <= answer.status < 500 and answer.json["error"], answer.body
    assert server.wire.is_live()


def unknown_query(server):
    """CLIENT: query parameters that the server does not know are left aside"""
    is_right(server.wire.ask("POST", PATH + "?test_1=1&test_2=2", body()))


def escaped_name(server):
    """CLIENT: a model's name may be escaped in the path"""
    is_right(server.wire.ask("POST", "/v2/models/oip%20kit%2B1/infer", body()))
    is_right(server.wire.ask("POST", "/v2/models/%73imple/infer", body()))


def wrong_verb(server):
    """CLIENT: another method than the path has is 405"""
    assert server.wire.get(PATH).status == 405
    assert server.wire.post("/v2/models/simple").status == 405


def unknown_path(server):
    """MUST: a path that does not exist is an error"""
    assert 400 <= server.wire.get("/v2/no/such/path").status < 500


CHECKS = [chunked, gzip_in, deflate_in, packed_out, broken_gzip, unknown_query, escaped_name, wrong_verb, unknown_path]
