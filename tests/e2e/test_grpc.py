#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""gRPC as its own client for Python speaks it, and as a stranger does."""
import array
import base64
import gzip
import http.client
import http.server
import json
import os
import shutil
import socket
import sqlite3
import struct
import subprocess
import sys
import threading
import time

from harness import Daemon, Skip, eventually, run

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = os.path.join(HERE, os.pardir, os.pardir, "src", "serve", "grpc")
SITE = "site: {name: gRPC test, timezone: Asia/Shanghai}\nassets: []\n"
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS = b"\0\0\0\x04\0\0\0\0\0"
SERVICE = "/inference.GRPCInferenceService/"


def read(path):
    with open(path, "rb") as file:
        return file.read()


class Client:
    """A channel to a daemon, and the protocol's messages."""

    def __init__(self, folder, daemon, certificate=None, own=None):
        try:
            import grpc
        except ImportError:
            raise Skip("python3-grpcio is not installed") from None
        protoc = ["protoc", "-I" + SOURCES, "--python_out=" + folder, "inference.proto", "health.proto"]
        if subprocess.run(protoc, check=False).returncode != 0:
            raise Skip("protoc is not installed")
        sys.path.insert(0, folder)
        import health_pb2
        import inference_pb2
        self.grpc, self.pb, self.health = grpc, inference_pb2, health_pb2
        target, options = f"127.0.0.1:{daemon.grpc_port}", [("grpc.max_receive_message_length", -1)]
        if certificate:
            trusted = grpc.ssl_channel_credentials(*[read(path) for path in (certificate, *reversed(own or ()))])
            self.channel = grpc.secure_channel(target, trusted, options)
        else:
            self.channel = grpc.insecure_channel(target, options)
        self.key = daemon.key

    def call(self, path, request, answer, key=None, **more):
        ask = self.channel.unary_unary(path, lambda message: message.SerializeToString(), answer.FromString)
        metadata = [("authorization", "Bearer " + (self.key if key is None else key))] if key != "" else []
        return ask(request, timeout=20, metadata=metadata, **more)

    def ask(self, method, key=None, **fields):
        """One of the protocol's calls by its name."""
        return self.call(SERVICE + method, getattr(self.pb, method + "Request")(**fields),
                         getattr(self.pb, method + "Response"), key)

    def infer(self, model="simple", raw=None, key=None, **more):
        request = self.pb.ModelInferRequest(model_name=model, id="42", **more)
        for name in ("INPUT0", "INPUT1"):
            given = request.inputs.add(name=name, datatype="INT32", shape=[1, 16])
            if raw is None:
                given.contents.int_contents.extend(range(16))
        request.raw_input_contents.extend(raw or [])
        return self.call(SERVICE + "ModelInfer", request, self.pb.ModelInferResponse, key)

    def fails(self, code, ask):
        """The sentence of a call that must fail with this code."""
        try:
            ask()
        except self.grpc.RpcError as error:
            assert error.code() == getattr(self.grpc.StatusCode, code), (error.code(), error.details())
            return error.details()
        raise AssertionError("it did not fail with " + code)


def make_certificate(folder):
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    if not shutil.which("openssl"):
        raise Skip("openssl is not installed")
    paths = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "2", "-subj", "/CN=davy", "-addext",
                    "subjectAltName=IP:127.0.0.1", "-out", paths[0], "-keyout", paths[1]], check=True, capture_output=True)
    os.chmod(paths[1], 0o600)
    return paths


def start(folder, davy, *more):
    models = os.path.join(folder, "models")
    subprocess.run([sys.executable, os.path.join(HERE, os.pardir, "oip", "make_models.py"), models], check=True)
    daemon = Daemon(davy, folder, SITE).start("--repository", models, "--grpc", "127.0.0.1:0", *more)
    line = daemon.process.stdout.readline().decode()
    assert line.startswith("gRPC on 127.0.0.1:"), line
    daemon.grpc_port = int(line.rsplit(":", 1)[1])
    return daemon


def openssl(*words):
    if not shutil.which("openssl"):
        raise Skip("openssl is not installed")
    return subprocess.run(["openssl", *words], check=True, capture_output=True).stdout


def url64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Issuer:
    """An issuer of tokens on the loopback: its document, its one key, and tokens it signs (RFC 7515)."""

    def __init__(self, folder):
        self.key, self.name = os.path.join(folder, "issuer.pem"), os.path.join(folder, "claims")
        openssl("genrsa", "-out", self.key, "2048")
        modulus = bytes.fromhex(openssl("rsa", "-in", self.key, "-noout", "-modulus").decode().split("=")[1].strip())
        documents = {"/jwks": {"keys": [{"kty": "RSA", "kid": "one", "e": "AQAB", "n": url64(modulus)}]}}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # pylint: disable=invalid-name
                text = json.dumps(documents[self.path]).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        documents["/.well-known/openid-configuration"] = {"issuer": self.url, "jwks_uri": self.url + "/jwks"}
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def sign(self, **claims):
        body = {"iss": self.url, "aud": "davy", "sub": "ann", "exp": int(time.time()) + 600, "roles": ["viewer"], **claims}
        text = url64(json.dumps({"alg": "RS256", "kid": "one"}).encode()) + "." + url64(json.dumps(body).encode())
        with open(self.name, "w", encoding="ascii") as file:
            file.write(text)
        return text + "." + url64(openssl("dgst", "-sha256", "-sign", self.key, self.name))


def numbers(response, index=0):
    return array.array("i", response.raw_output_contents[index]).tolist()


def answers_the_calls_of_the_protocol(folder, davy):
    client = Client(folder, start(folder, davy))
    assert client.ask("ServerLive").live and client.ask("ServerReady").ready
    assert client.ask("ServerMetadata").name == "davy"
    assert client.ask("ModelReady", name="simple").ready
    assert not client.ask("ModelReady", name="no such model").ready
    told = client.ask("ModelMetadata", name="simple")
    assert [(port.name, port.datatype, list(port.shape)) for port in told.inputs] == [
        ("INPUT0", "INT32", [-1, 16]), ("INPUT1", "INT32", [-1, 16])], told
    answer = client.infer()
    assert answer.id == "42" and answer.model_name == "simple" and answer.model_version == "1"
    assert [output.name for output in answer.outputs] == ["OUTPUT0", "OUTPUT1"]
    assert numbers(answer) == [2 * n for n in range(16)] and numbers(answer, 1) == [0] * 16
    raw = array.array("i", range(16)).tobytes()
    assert numbers(client.infer(raw=[raw, raw])) == [2 * n for n in range(16)]


def answers_every_datatype(folder, davy):
    client = Client(folder, start(folder, davy))
    lists = {"BOOL": ("bool_contents", [True, False, True], "3?"), "UINT8": ("uint_contents", [0, 7, 255], "3B"),
             "UINT16": ("uint_contents", [0, 7, 65535], "3H"), "UINT32": ("uint_contents", [0, 7, 2**32 - 1], "3I"),
             "UINT64": ("uint64_contents", [0, 7, 2**64 - 1], "3Q"), "INT8": ("int_contents", [-128, 0, 127], "3b"),
             "INT16": ("int_contents", [-32768, 0, 32767], "3h"), "INT32": ("int_contents", [-2**31, 0, 2**31 - 1], "3i"),
             "INT64": ("int64_contents", [-2**63, 0, 2**63 - 1], "3q"), "FP32": ("fp32_contents", [-1.5, 0, 2.5], "3f"),
             "FP64": ("fp64_contents", [-1.5, 1e-300, 2.5], "3d")}
    for datatype, (field, values, form) in lists.items():
        request = client.pb.ModelInferRequest(model_name="identity_" + datatype.lower())
        given = request.inputs.add(name="INPUT0", datatype=datatype, shape=[1, 3])
        getattr(given.contents, field).extend(values)
        answer = client.call(SERVICE + "ModelInfer", request, client.pb.ModelInferResponse)
        assert list(struct.unpack("<" + form, answer.raw_output_contents[0])) == values, datatype
    request = client.pb.ModelInferRequest(model_name="identity_bytes")
    given = request.inputs.add(name="INPUT0", datatype="BYTES", shape=[1, 2])
    given.contents.bytes_contents.extend([b"gas", b""])
    answer = client.call(SERVICE + "ModelInfer", request, client.pb.ModelInferResponse)
    assert answer.raw_output_contents[0] == b"\x03\0\0\0gas\0\0\0\0"
    out_of_range = client.pb.ModelInferRequest(model_name="identity_int8")
    out_of_range.inputs.add(name="INPUT0", datatype="INT8", shape=[1, 1]).contents.int_contents.append(128)
    said = client.fails("INVALID_ARGUMENT", lambda: client.call(SERVICE + "ModelInfer", out_of_range,
                                                                client.pb.ModelInferResponse))
    assert "INPUT0" in said, said


def says_what_is_wrong(folder, davy):
    client = Client(folder, start(folder, davy))
    short = array.array("i", range(15)).tobytes()
    assert "no such model" in client.fails("NOT_FOUND", lambda: client.infer("no such model"))
    client.fails("NOT_FOUND", lambda: client.infer(model_version="99"))
    client.fails("INVALID_ARGUMENT", lambda: client.infer(raw=[short, short]))
    client.fails("INVALID_ARGUMENT", lambda: client.infer(raw=[short]))
    client.fails("NOT_FOUND", lambda: client.infer(
        outputs=[client.pb.ModelInferRequest.InferRequestedOutputTensor(name="OUTPUT7")]))
    client.fails("UNAUTHENTICATED", lambda: client.infer(key=""))
    client.fails("UNAUTHENTICATED", lambda: client.infer(key="davy_wrong"))
    client.fails("UNIMPLEMENTED", lambda: client.call(SERVICE + "ModelStreamInfer", client.pb.ServerLiveRequest(),
                                                      client.pb.ServerLiveResponse))
    text = client.fails("NOT_FOUND", lambda: client.infer("安全 100%"))
    assert "安全 100%" in text, text
    assert client.ask("ServerLive", key="").live


def tells_its_health_without_a_key(folder, davy):
    client = Client(folder, start(folder, davy))
    path, messages = "/grpc.health.v1.Health/Check", client.health
    for service in ("", "inference.GRPCInferenceService"):
        told = client.call(path, messages.HealthCheckRequest(service=service), messages.HealthCheckResponse, "")
        assert told.status == messages.HealthCheckResponse.SERVING
    client.fails("NOT_FOUND", lambda: client.call(path, messages.HealthCheckRequest(service="other"),
                                                  messages.HealthCheckResponse, ""))


def takes_large_and_packed_messages(folder, davy):
    client = Client(folder, start(folder, davy))
    request = client.pb.ModelInferRequest(model_name="wide")
    request.inputs.add(name="INPUT0", datatype="FP32", shape=[1024, 1024])
    request.raw_input_contents.append(struct.pack("<f", 0.5) * (1024 * 1024 - 1) + struct.pack("<f", 7.25))
    for compression in (client.grpc.Compression.NoCompression, client.grpc.Compression.Gzip):
        answer = client.call(SERVICE + "ModelInfer", request, client.pb.ModelInferResponse, compression=compression)
        assert answer.raw_output_contents[0] == struct.pack("<f", 7.25)


def speaks_tls_with_the_certificate_of_http(folder, davy):
    certificate, key = make_certificate(folder)
    daemon = start(folder, davy, "--tls-cert", certificate, "--tls-key", key)
    assert numbers(Client(folder, daemon, certificate).infer()) == [2 * n for n in range(16)]
    assert send(daemon, PREFACE + SETTINGS + frame(1, 5, 1, headers())).find(b"grpc-status") < 0
    plain = Client(folder, daemon)
    plain.fails("UNAVAILABLE", lambda: plain.ask("ServerLive"))
    assert Client(folder, daemon, certificate).ask("ServerLive").live


def takes_the_tokens_of_an_issuer(folder, davy):
    issuer = Issuer(folder)
    daemon = start(folder, davy, "--oidc-issuer", issuer.url, "--oidc-audience", "davy")
    client = Client(folder, daemon)
    token = issuer.sign()

    def known():
        try:
            return bool(client.infer(key=token))
        except client.grpc.RpcError as error:
            assert error.code() == client.grpc.StatusCode.UNAVAILABLE, error  # its keys are not fetched yet
            return False

    eventually(known, "the token is believed")
    assert numbers(client.infer(key=token)) == [2 * n for n in range(16)]
    for wrong in (issuer.sign(aud="other"), issuer.sign(exp=int(time.time()) - 600), token[:-8] + "AAAAAAAA"):
        client.fails("UNAUTHENTICATED", lambda wrong=wrong: client.infer(key=wrong))
    said = client.fails("PERMISSION_DENIED", lambda: client.infer(key=issuer.sign(roles=["guest"])))
    assert "may not" in said, said


def takes_a_client_certificate_as_a_key(folder, davy):
    certificate, key = make_certificate(folder)
    own = os.path.join(folder, "own.pem"), os.path.join(folder, "own.key")
    openssl("req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "2", "-subj", "/CN=gateway", "-addext",
            "extendedKeyUsage=clientAuth", "-out", own[0], "-keyout", own[1])
    shown = openssl("x509", "-in", own[0], "-noout", "-fingerprint", "-sha256").decode().split("=")[1].strip()
    daemon = start(folder, davy, "--tls-cert", certificate, "--tls-key", key, "--tls-client-ca", own[0])
    client = Client(folder, daemon, certificate, own)
    client.fails("UNAUTHENTICATED", lambda: client.infer(key=""))
    subprocess.run([davy, "key", "create", "gateway", "--role", "viewer", "--certificate", shown, "--models", "simple",
                    "--data", daemon.data], check=True, capture_output=True)
    client.infer()  # a key that is said: the file of keys is looked at
    eventually(lambda: works(client), "the certificate is known")
    assert "gateway" in client.fails("PERMISSION_DENIED", lambda: client.infer("wide", key=""))
    stranger = Client(folder, daemon, certificate)
    stranger.fails("UNAVAILABLE", lambda: stranger.infer())


def works(client):
    try:
        return bool(client.infer(key=""))
    except client.grpc.RpcError:
        return False


def counts_wrong_keys_on_both_ports_together(folder, davy):
    daemon = start(folder, davy, "--audit-inference")
    client = Client(folder, daemon)
    client.fails("UNAUTHENTICATED", lambda: client.infer(key="davy_wrong"))
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=10)
    for _ in range(20):
        connection.request("GET", "/api/v1/me", headers={"Authorization": "Bearer davy_wrong"})
        connection.getresponse().read()
    connection.close()
    client.fails("RESOURCE_EXHAUSTED", lambda: client.infer(key="davy_wrong"))
    assert client.infer()  # a right key is always taken
    daemon.stop()
    records = sqlite3.connect(os.path.join(daemon.data, "records.db")).execute(
        "select subject, body from record").fetchall()
    assert any(subject == "simple" and '"inference"' in body for subject, body in records), records
    assert any(subject == "POST " + SERVICE + "ModelInfer" and '"denied: wrong key"' in body for subject, body in records), records


def explains_its_answers_and_tells_its_doubts(folder, davy):
    """A plane is explained exactly: the shares and the base add up to the answer, as over HTTP."""
    daemon, table = start(folder, davy), os.path.join(folder, "pump.csv")
    with open(table, "w", encoding="ascii") as file:
        file.write("current,pressure,flow\n")
        file.writelines(f"{a},{b},{3 * a - 2 * b + 7 + (a * b % 3) / 100}\n" for a in range(20) for b in range(20))
    subprocess.run([davy, "train", "pump", "--model", "linear", "--task", "regress", "--csv", table, "--label", "flow", "--models",
                    os.path.join(folder, "models")], check=True, capture_output=True)
    client = Client(folder, daemon)
    eventually(lambda: client.ask("ModelReady", name="pump").ready, "the model is served")

    def ask(rows, explain=None, top=None):
        request = client.pb.ModelInferRequest(model_name="pump")
        given = request.inputs.add(name="sample", datatype="FP32", shape=[len(rows), 1, 2])
        given.contents.fp32_contents.extend(number for row in rows for number in row)
        if explain is not None:
            field = "bool_param" if isinstance(explain, bool) else "string_param"
            setattr(request.parameters["explain"], field, explain)
        if top is not None:
            request.parameters["explain_top_k"].int64_param = top
        return client.call(SERVICE + "ModelInfer", request, client.pb.ModelInferResponse)

    for explain in ("auto", True, "sums"):
        told = ask([[5, 9]], explain, 2)
        parts = {output.name: raw for output, raw in zip(told.outputs, told.raw_output_contents)}
        value, = struct.unpack("<f", parts["value"])
        shares = struct.unpack("<2d", parts["value.explain"])
        base, = struct.unpack("<d", parts["value.explain_base_value"])
        assert abs(base + sum(shares) - value) < 1e-3, (base, shares, value)
        assert parts["value.explain_name"][4:].startswith((b"current", b"pressure")), parts
        assert not told.parameters
    assert len(ask([[5, 9]], False).outputs) == len(ask([[5, 9]]).outputs)
    told = ask([[5, 9], [500, 9], [5, float("nan")]])
    assert told.parameters["abstain"].bool_param
    assert told.parameters["doubt"].string_param == (
        "sample 1: outside: current 500 above 19; sample 2: missing: pressure"), told.parameters
    client.fails("INVALID_ARGUMENT", lambda: ask([[5, 9]], "nope"))
    client.fails("INVALID_ARGUMENT", lambda: ask([[5, 9]], "auto", -1))


def answers_many_at_a_time(folder, davy):
    client = Client(folder, start(folder, davy))
    wrong = []

    def ask(k):
        for n in range(50):
            raw = [array.array("i", [k * 1000 + n] * 16).tobytes(), array.array("i", [0] * 16).tobytes()]
            if numbers(client.infer(raw=raw)) != [k * 1000 + n] * 16:
                wrong.append((k, n))

    threads = [threading.Thread(target=ask, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, wrong


def send(daemon, data):
    """Bytes on a bare socket; what comes back until it closes or is silent for a moment."""
    with socket.create_connection(("127.0.0.1", daemon.grpc_port), 10) as bare:
        bare.settimeout(0.5)
        back = b""
        try:
            bare.sendall(data)
            while piece := bare.recv(65536):
                back += piece
        except (socket.timeout, ConnectionError):
            pass
        return back


def frame(kind, flags, stream, payload):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def headers(**more):
    """A header block without indexing or Huffman codes (RFC 7541, 6.2.2)."""
    fields = {":method": "POST", ":scheme": "http", ":path": SERVICE + "ServerLive", ":authority": "x",
              "content-type": "application/grpc", "te": "trailers", **more}
    return b"".join(b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()
                    for name, value in fields.items())


def survives_what_strangers_send(folder, davy):
    daemon = start(folder, davy)
    hello = PREFACE + SETTINGS
    message = gzip.compress(b" " * 200_000_000, 9)
    bomb = headers(**{"grpc-encoding": "gzip"})
    hostile = {
        "no preface": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "noise": os.urandom(4096),
        "a frame of 16 MB": hello + b"\xff\xff\xff\0\0\0\0\0\1",
        "data of no stream": hello + frame(0, 1, 1, b"abc"),
        "an even stream": hello + frame(1, 5, 2, headers()),
        "broken headers": hello + frame(1, 5, 1, b"\xff" * 200),
        "headers without end": hello + frame(1, 0, 1, headers()) + frame(9, 0, 1, b"\0\1a\1b" * 4000) * 20,
        "no message": hello + frame(1, 5, 1, headers()),
        "half a message": hello + frame(1, 4, 1, headers()) + frame(0, 1, 1, b"\0\0\0\0\5ab"),
        "a message that lies": hello + frame(1, 4, 1, headers()) + frame(0, 1, 1, b"\0\xff\xff\xff\xffab"),
        "no such coding": hello + frame(1, 4, 1, headers()) + frame(0, 1, 1, b"\2\0\0\0\0"),
        "noise as a message": hello + frame(1, 4, 1, headers()) + frame(0, 1, 1, b"\0\0\0\0\4\xff\xff\xff\xff"),
        "a flood of resets": hello + b"".join(frame(1, 4, n, headers()) + frame(3, 0, n, b"\0\0\0\x08")
                                              for n in range(1, 4001, 2)),
        "a flood of pings": hello + frame(6, 0, 0, b"12345678") * 5000,
        "a bomb": hello + frame(1, 4, 1, bomb) + b"".join(
            frame(0, 0, 1, piece) for piece in [b"\1" + struct.pack(">I", len(message))] +
            [message[at:at + 16000] for at in range(0, len(message), 16000)]) + frame(0, 1, 1, b""),
        "another method": hello + frame(1, 5, 1, headers(**{":method": "GET"})),
        "another type": hello + frame(1, 5, 1, headers(**{"content-type": "text/plain"})),
    }
    for name, data in hostile.items():
        back = send(daemon, data)
        assert daemon.process.poll() is None, f"the daemon died of {name}"
        if name == "no message":
            assert b"grpc-status" in back or b"\x0bgrpc-" in back or len(back) > 40, back
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=10)
    connection.request("GET", "/health/live")
    assert connection.getresponse().status == 200
    connection.close()
    assert Client(folder, daemon).ask("ServerLive").live


def forgets_a_client_that_went_away(folder, davy):
    daemon = start(folder, davy)
    hello = PREFACE + SETTINGS + frame(1, 4, 1, headers())

    def open_sockets():
        return sum(os.readlink(f"/proc/{daemon.process.pid}/fd/{fd}").startswith("socket:")
                   for fd in os.listdir(f"/proc/{daemon.process.pid}/fd"))

    before = open_sockets()
    for _ in range(50):
        with socket.create_connection(("127.0.0.1", daemon.grpc_port), 10) as bare:
            bare.sendall(hello)
    eventually(lambda: open_sockets() <= before, "the connections are closed")


if __name__ == "__main__":
    run([answers_the_calls_of_the_protocol, answers_every_datatype, says_what_is_wrong, tells_its_health_without_a_key,
         takes_large_and_packed_messages, speaks_tls_with_the_certificate_of_http, takes_the_tokens_of_an_issuer,
         takes_a_client_certificate_as_a_key, counts_wrong_keys_on_both_ports_together,
         explains_its_answers_and_tells_its_doubts, answers_many_at_a_time, survives_what_strangers_send,
         forgets_a_client_that_went_away], sys.argv[1])
