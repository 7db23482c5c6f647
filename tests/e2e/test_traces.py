#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Traces to a collector: a server of OTLP over HTTP that looks at every byte, and one that is slow, ill or gone."""
import base64
import contextlib
import http.client
import http.server
import json
import os
import re
import socket
import sys
import threading
import time

from harness import eventually, run
from test_grpc import Client, start

MINE = "0af7651916cd43dd8448eb211c80319c"  # W3C Trace Context, section 3.2.3.3, and its parent
PARENT = "b7ad6b7169203331"
INFER = "/v2/models/simple/infer"
QUESTION = json.dumps({"inputs": [{"name": name, "shape": [1, 16], "datatype": "INT32", "data": list(range(16))}
                                  for name in ("INPUT0", "INPUT1")]})


def is_hex(text, digits):
    return isinstance(text, str) and re.fullmatch("[0-9a-f]{%d}" % digits, text) and set(text) != {"0"}


def plain(attributes):
    """Attributes as a dict; each value is of one kind, and a 64-bit integer is a text."""
    found = {}
    for one in attributes:
        assert set(one) == {"key", "value"} and len(one["value"]) == 1, one
        (kind, value), = one["value"].items()
        assert kind in ("stringValue", "intValue") and isinstance(value, str), one
        assert one["key"] not in found, one
        found[one["key"]] = int(value) if kind == "intValue" else value
    return found


def check_span(span):
    """trace.proto in OTLP's JSON: what a span must be whoever sent it."""
    known = {"traceId", "spanId", "parentSpanId", "flags", "name", "kind", "startTimeUnixNano", "endTimeUnixNano", "attributes",
             "status"}
    assert set(span) <= known, span
    assert is_hex(span["traceId"], 32) and is_hex(span["spanId"], 16), span
    assert "parentSpanId" not in span or is_hex(span["parentSpanId"], 16), span
    assert span["name"] and span["kind"] in (1, 2), span
    for key in ("startTimeUnixNano", "endTimeUnixNano"):
        assert isinstance(span[key], str) and abs(int(span[key]) / 1e9 - time.time()) < 600, span
    assert int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"]), span
    plain(span.get("attributes", []))
    return span


def check_body(body):
    """An ExportTraceServiceRequest of one resource and one scope; its spans."""
    request = json.loads(body)
    assert set(request) == {"resourceSpans"} and len(request["resourceSpans"]) == 1, request
    resource, = request["resourceSpans"]
    about = plain(resource["resource"]["attributes"])
    assert about["service.name"] == "davy" and about["service.version"], about
    assert re.fullmatch("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", about["service.instance.id"]), about
    scope, = resource["scopeSpans"]
    assert scope["scope"]["name"] == "davy" and scope["spans"], scope
    return [check_span(span) for span in scope["spans"]]


class Collector:
    """Takes traces on a port; `answers` are given first, in order, each (status, headers, body, wait)."""

    def __init__(self, port=0):
        self.spans, self.faults, self.requests, self.answers, self.open = [], [], [], [], []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                super().setup()
                outer.open.append(self.connection)

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.requests.append((time.monotonic(), self.path, dict(self.headers.items())))
                status, headers, answer, wait = outer.answers.pop(0) if outer.answers else (200, {}, b"{}", 0)
                time.sleep(wait)
                try:
                    spans = check_body(body)
                    assert self.headers["Content-Type"] == "application/json"
                    if status == 200:
                        outer.spans += spans
                except Exception as error:  # told by the test
                    outer.faults.append(repr(error))
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *arguments):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass  # the other side may have gone

        self.server = Server(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        for connection in self.open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        assert not self.faults, self.faults

    def served(self, route):
        return [span for span in list(self.spans) if span["kind"] == 2 and route in span["name"]]

    def one(self, route):
        """The only server span of a route, and its parts by name."""
        span = eventually(lambda: self.served(route), "the span of " + route)
        assert len(span) == 1, span
        parts = {part["name"]: part for part in self.spans if part.get("parentSpanId") == span[0]["spanId"]}
        for part in parts.values():
            assert part["kind"] == 1 and part["traceId"] == span[0]["traceId"], part
            assert int(part["startTimeUnixNano"]) >= int(span[0]["startTimeUnixNano"]), (part, span)
            assert int(part["endTimeUnixNano"]) <= int(span[0]["endTimeUnixNano"]), (part, span)
        return span[0], parts


def traced(folder, davy, collector, *more):
    os.environ["no_proxy"] = "*"
    return start(folder, davy, "--traces", collector if isinstance(collector, str) else collector.url, *more)


def metric(daemon, name):
    text = daemon.call("GET", "/metrics")[1].decode()
    return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(name))


def ask_traced(daemon, traceparent, path=INFER, body=QUESTION, key=None):
    """(status, traceresponse)"""
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=30)
    headers = {"traceparent": traceparent} if traceparent else {}
    if key != "":
        headers["Authorization"] = "Bearer " + (key or daemon.key)
    connection.request("POST" if body else "GET", path, body=body, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.getheader("traceresponse")


def a_question_is_a_span_with_its_parts(folder, davy):
    collector = Collector()
    daemon = traced(folder, davy, collector)
    status, told = ask_traced(daemon, f"00-{MINE}-{PARENT}-01")
    assert status == 200
    span, parts = collector.one("/v2/models/{model}/infer")
    assert span["name"] == "POST /v2/models/{model}/infer" and span["traceId"] == MINE and span["parentSpanId"] == PARENT, span
    assert told == f"00-{MINE}-{span['spanId']}-01", told
    assert span["flags"] == 0x301, "sampled, and its parent is elsewhere"
    about = plain(span["attributes"])
    assert about == {"http.request.method": "POST", "http.route": "/v2/models/{model}/infer", "url.path": INFER,
                     "url.scheme": "http", "http.response.status_code": 200, "client.address": "127.0.0.1",
                     "davy.model.name": "simple", "davy.model.version": 1}, about
    assert list(parts) == ["decode", "queue", "run", "encode"], parts
    order = [int(parts[name][key]) for name in parts for key in ("startTimeUnixNano", "endTimeUnixNano")]
    assert order == sorted(order), order
    assert plain(parts["run"]["attributes"]) == {"davy.batch.size": 1}
    assert collector.requests[0][1] == "/v1/traces"
    assert eventually(lambda: metric(daemon, "davy_traces_sent_total"), "it is counted") >= 1
    assert daemon.stop() == 0
    collector.close()


def what_is_no_parent_begins_a_trace(folder, davy):
    """Section 3.2.2: any other spelling is no traceparent, and the trace begins here."""
    collector = Collector()
    daemon = traced(folder, davy, collector)
    for wrong in (None, "", "x" * 5000, f"00-{MINE}-{PARENT}", f"00-{MINE.upper()}-{PARENT}-01", f"ff-{MINE}-{PARENT}-01",
                  f"00-{'0' * 32}-{PARENT}-01", f"00-{MINE}-{'0' * 16}-01", f"00-{MINE}-{PARENT}-01-x", f"00-{MINE}-{PARENT}-0g"):
        status, told = ask_traced(daemon, wrong)
        assert status == 200 and re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-01", told) and MINE not in told, (wrong, told)
    spans = eventually(lambda: len(collector.served("infer")) == 10 and collector.served("infer"), "all came")
    assert all("parentSpanId" not in span and span["flags"] == 0x101 for span in spans), spans
    assert len({span["traceId"] for span in spans}) == 10 and len({span["spanId"] for span in spans}) == 10
    status, told = ask_traced(daemon, f"01-{MINE}-{PARENT}-01-later")  # a later version may have more
    assert told.startswith(f"00-{MINE}-"), told
    assert daemon.stop() == 0
    collector.close()


def a_caller_decides_and_a_stranger_does_not(folder, davy):
    collector = Collector()
    daemon = traced(folder, davy, collector, "--traces-sampler", "parentbased_always_off")
    assert ask_traced(daemon, f"00-{MINE}-{PARENT}-01", key="")[0] == 401
    assert ask_traced(daemon, f"00-{MINE}-{PARENT}-01", key="davy_wrong")[0] == 401
    assert ask_traced(daemon, f"00-{MINE}-{PARENT}-00")[1].endswith("-00")
    assert ask_traced(daemon, None)[1].endswith("-00")
    assert ask_traced(daemon, f"00-{MINE}-{PARENT}-01", path="/v2/models/simple", body=None)[1].endswith("-01")
    span, parts = collector.one("/v2/models/{model}")
    assert span["traceId"] == MINE and not parts, "a look at a model has no run"
    assert daemon.stop() == 0
    assert len(collector.spans) == 1, collector.spans
    collector.close()


def a_share_is_taken(folder, davy):
    """Of 400 traces a quarter, to within five standard deviations of a binomial (43); the ids decide, as OpenTelemetry has it."""
    collector = Collector()
    daemon = traced(folder, davy, collector, "--traces-sampler", "traceidratio", "--traces-sampler-arg", "0.25")
    for low, flag in (("ffffffffffffff", "01"), ("bfffffffffffff", "00"), ("c0000000000000", "01")):
        told = ask_traced(daemon, f"00-{MINE[:18]}{low}-{PARENT}-00")[1]
        assert told.endswith("-" + flag), (low, told)
    taken = sum(ask_traced(daemon, None)[1].endswith("-01") for _ in range(400))
    assert 100 - 43 < taken < 100 + 43, taken
    eventually(lambda: len(collector.served("infer")) == taken + 2, "those came, and no others")
    assert daemon.stop() == 0
    collector.close()


def faults_are_told_as_faults(folder, davy):
    collector = Collector()
    daemon = traced(folder, davy, collector)
    assert ask_traced(daemon, None, path="/v2/models/none/infer")[0] == 404
    assert ask_traced(daemon, None, body="{")[0] == 400
    assert ask_traced(daemon, None, path="/v2/no/such/path?secret=1", body=None)[0] == 404
    spans = eventually(lambda: len([s for s in collector.spans if s["kind"] == 2]) == 3 and collector.spans, "three")
    assert not any("status" in span for span in spans), "a client's fault is none of the server's"
    nowhere, = [span for span in spans if span["name"] == "GET"]
    about = plain(nowhere["attributes"])
    assert about["url.path"] == "/v2/no/such/path" and "http.route" not in about and "secret" not in json.dumps(spans), about
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=30)
    connection.request("BREW", "/v2", headers={"Authorization": "Bearer " + daemon.key})
    connection.getresponse().read()
    odd = eventually(lambda: [s for s in collector.spans if s["name"].startswith("HTTP")], "the odd method")[0]
    assert plain(odd["attributes"])["http.request.method"] == "_OTHER", odd
    assert plain(odd["attributes"])["http.request.method_original"] == "BREW", odd
    assert daemon.stop() == 0
    collector.close()


def calls_of_grpc_are_spans(folder, davy):
    collector = Collector()
    daemon = traced(folder, davy, collector)
    client = Client(folder, daemon)
    channel = client.grpc.insecure_channel(f"127.0.0.1:{daemon.grpc_port}")
    method = "inference.GRPCInferenceService/ModelInfer"
    ask = channel.unary_unary("/" + method, lambda m: m.SerializeToString(), client.pb.ModelInferResponse.FromString)
    request = client.pb.ModelInferRequest(model_name="simple")
    for name in ("INPUT0", "INPUT1"):
        request.inputs.add(name=name, datatype="INT32", shape=[1, 16]).contents.int_contents.extend(range(16))
    metadata = (("authorization", "Bearer " + daemon.key), ("traceparent", f"00-{MINE}-{PARENT}-01"))
    _, call = ask.with_call(request, metadata=metadata, timeout=20)
    span, parts = collector.one(method)
    assert dict(call.initial_metadata())["traceresponse"] == f"00-{MINE}-{span['spanId']}-01"
    assert span["traceId"] == MINE and span["parentSpanId"] == PARENT and span["name"] == method, span
    assert plain(span["attributes"]) == {
        "rpc.system.name": "grpc", "rpc.method": method, "rpc.response.status_code": "OK", "client.address": "127.0.0.1",
        "davy.model.name": "simple", "davy.model.version": 1}, span
    assert list(parts) == ["decode", "queue", "run", "encode"], parts
    client.fails("NOT_FOUND", lambda: client.infer(model="none"))
    client.fails("UNIMPLEMENTED", lambda: client.call("/none.Such/Call", client.pb.ServerLiveRequest(), client.pb.ServerLiveResponse))
    spans = {}

    def three():
        spans.update((plain(s["attributes"])["rpc.response.status_code"], s) for s in collector.spans if s["kind"] == 2)
        return len(spans) == 3

    eventually(three, "both failures")
    assert "status" not in spans["NOT_FOUND"], "a client's fault"
    about = plain(spans["UNIMPLEMENTED"]["attributes"])
    assert spans["UNIMPLEMENTED"]["status"] == {"code": 2} and about["error.type"] == "UNIMPLEMENTED", spans
    assert about["rpc.method"] == "_OTHER" and about["rpc.method_original"] == "none.Such/Call", about
    assert daemon.stop() == 0
    collector.close()


def an_ill_collector_is_asked_again_when_it_says(folder, davy):
    """OTLP: 429 and 503 are tried again after Retry-After; 400 never; what a partial success refuses is told."""
    collector = Collector()
    collector.answers = [(503, {"Retry-After": "2"}, b"", 0), (429, {}, b"", 0), (200, {}, b"{}", 0)]
    daemon = traced(folder, davy, collector)
    ask_traced(daemon, f"00-{MINE}-{PARENT}-01")
    span, _ = collector.one("infer")
    assert span["traceId"] == MINE
    times = [at for at, _, _ in collector.requests]
    assert times[1] - times[0] >= 2, "not before it may"
    assert f"{collector.url}/v1/traces: it answered 503" in daemon.log_text()
    eventually(lambda: "takes them again" in daemon.log_text(), "the end is told")
    collector.answers = [(400, {}, b"{}", 0)]
    ask_traced(daemon, None)
    eventually(lambda: metric(daemon, 'davy_traces_dropped_total{reason="refused"}') >= 1, "it is counted")
    collector.answers = [(200, {}, b'{"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}}', 0)] * 2
    ask_traced(daemon, None)
    eventually(lambda: "it answered 400" in daemon.log_text(), "it is told")
    assert daemon.stop() == 0
    collector.close()


def nobody_waits_for_a_collector(folder, davy):
    """One that never answers, one that is not there: questions are answered as without, what is too much is dropped and
    counted, and the end comes all the same."""
    hole = socket.create_server(("127.0.0.1", 0))
    daemon = traced(folder, davy, f"http://127.0.0.1:{hole.getsockname()[1]}")
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=30)
    headers = {"Authorization": "Bearer " + daemon.key}
    slowest = 0
    for _ in range(5000):
        begun = time.monotonic()
        connection.request("GET", "/v2/health/live", headers=headers)
        connection.getresponse().read()
        slowest = max(slowest, time.monotonic() - begun)
    print(f"# the slowest of 5000: {slowest * 1000:.1f} ms")
    assert metric(daemon, 'davy_traces_dropped_total{reason="full"}') > 0
    assert metric(daemon, "davy_traces_waiting") == 2048
    begun = time.monotonic()
    assert daemon.stop() == 0
    print(f"# the end took {time.monotonic() - begun:.1f} s")
    assert re.search(r"\d+ were not sent before the end", daemon.log_text()), daemon.log_text()
    hole.close()


def a_collector_that_comes_back_gets_what_was_missed(folder, davy):
    first = Collector()
    daemon = traced(folder, davy, first)
    ask_traced(daemon, None)
    first.one("infer")
    first.close()
    told = ask_traced(daemon, f"00-{MINE}-{PARENT}-01")
    assert told[0] == 200
    eventually(lambda: "/v1/traces: " in daemon.log_text(), "it is told")
    assert daemon.log_text().count("/v1/traces: ") == 1, daemon.log_text()
    second = Collector(first.port)
    span, _ = second.one("infer")
    assert span["traceId"] == MINE
    assert daemon.stop() == 0
    second.close()


def what_waits_is_sent_before_the_end(folder, davy):
    collector = Collector()
    daemon = traced(folder, davy, collector)
    for _ in range(300):  # more than one request to the collector holds
        assert ask_traced(daemon, None)[0] == 200
    assert daemon.stop() == 0
    assert len(collector.served("infer")) == 300
    assert "not sent" not in daemon.log_text()
    collector.close()


def a_password_goes_to_the_collector_and_nowhere_else(folder, davy):
    collector = Collector()
    daemon = traced(folder, davy, f"http://meter:se%3Acret@127.0.0.1:{collector.port}/in?token=hidden")
    ask_traced(daemon, None)
    collector.one("infer")
    _, path, headers = collector.requests[0]
    assert path == "/in?token=hidden" and headers["Authorization"] == "Basic " + base64.b64encode(b"meter:se:cret").decode()
    collector.answers = [(503, {}, b"", 0)]
    ask_traced(daemon, None)
    eventually(lambda: "it answered 503" in daemon.log_text(), "the trouble is told")
    text = daemon.log_text()
    for secret in ("meter", "cret", "hidden"):
        assert secret not in text, text
    assert daemon.stop() == 0
    for wrong in ("http://meter:secret@collector.example", "ftp://127.0.0.1", "nothing at all", ""):
        failed(daemon, wrong, "--traces")
    failed(daemon, "http://127.0.0.1:1", "--traces-sampler", "--traces-sampler", "sometimes")
    failed(daemon, "http://127.0.0.1:1", "--traces-sampler-arg", "--traces-sampler", "traceidratio", "--traces-sampler-arg", "2")
    collector.close()


def failed(daemon, url, words, *more):
    told = daemon.cli("run", daemon.site, "--data", daemon.data + "2", "--listen", "127.0.0.1:0", "--traces", url, *more,
                      code=REFUSED)
    assert words in told and "secret" not in told, told


REFUSED = 65

if __name__ == "__main__":
    run([a_question_is_a_span_with_its_parts, what_is_no_parent_begins_a_trace, a_caller_decides_and_a_stranger_does_not,
         a_share_is_taken, faults_are_told_as_faults, calls_of_grpc_are_spans, an_ill_collector_is_asked_again_when_it_says,
         nobody_waits_for_a_collector, a_collector_that_comes_back_gets_what_was_missed, what_waits_is_sent_before_the_end,
         a_password_goes_to_the_collector_and_nowhere_else], sys.argv[1])
