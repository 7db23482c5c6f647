# SPDX-License-Identifier: Apache-2.0
"""A client of the Open Inference Protocol as plain as it can be: what is sent is what a check says."""
import gzip
import http.client
import json
import socket
import struct
import urllib.parse
import zlib

# Datatype: letter of struct, and three values that a text of JSON carries without loss.
NUMBERS = {"BOOL": ("?", [True, False, True]), "UINT8": ("B", [0, 7, 255]), "UINT16": ("H", [0, 7, 65535]),
           "UINT32": ("I", [0, 7, 4294967295]), "UINT64": ("Q", [0, 7, 18446744073709551615]),
           "INT8": ("b", [-128, 0, 127]), "INT16": ("h", [-32768, 0, 32767]),
           "INT32": ("i", [-2147483648, 0, 2147483647]),
           "INT64": ("q", [-9223372036854775808, 0, 9223372036854775807]),
           "FP16": ("e", [-65504.0, 0.5, 6.103515625e-05]), "FP32": ("f", [-1.5, 0.0, 3.4028234663852886e38]),
           "FP64": ("d", [-1.5, 1e-300, 1.7976931348623157e308])}
LENGTH = "Inference-Header-Content-Length"


class Skip(Exception):
    """Raised with the reason when a check does not apply."""


class Answer:
    """Status, headers and body of an answer."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = {name.lower(): value for name, value in headers}
        self.raw = body
        self.body = self._unpack(body)

    def _unpack(self, body):
        coding = self.headers.get("content-encoding", "")
        if coding == "gzip":
            return gzip.decompress(body)
        return zlib.decompress(body) if coding == "deflate" else body

    @property
    def json(self):
        length = self.headers.get(LENGTH.lower())
        return json.loads(self.body[:int(length)] if length else self.body)

    @property
    def blobs(self):
        """The bytes behind the JSON."""
        return self.body[int(self.headers[LENGTH.lower()]):]

    def output(self, name):
        """An output by name, its bytes as "blob" when it came in binary."""
        at = 0
        for output in self.json["outputs"]:
            size = output.get("parameters", {}).get("binary_data_size")
            if size is not None:
                output["blob"] = self.blobs[at:at + size]
                at += size
            if output["name"] == name:
                return output
        raise AssertionError(f"there is no output {name}: {self.json}")


class Wire:
    """One server: how to reach it, and the key it wants."""

    def __init__(self, url, key=None, seconds=20):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            raise SystemExit(f"'{url}' is no http://HOST:PORT")
        self.host, self.port, self.prefix = parts.hostname, parts.port or 80, parts.path.rstrip("/")
        self.key, self.seconds = key, seconds

    def headers(self, more=None):
        headers = {"Authorization": "Bearer " + self.key} if self.key else {}
        headers.update(more or {})
        return headers

    def ask(self, method, path, body=None, headers=None):
        """One request on a connection of its own. A dict is sent as JSON; an iterable in chunks."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=self.seconds)
        sent = self.headers(headers)
        if isinstance(body, dict):
            body = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        try:
            connection.request(method, self.prefix + path, body, sent,
                               encode_chunked=body is not None and not isinstance(body, (bytes, str)))
            answer = connection.getresponse()
            return Answer(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()

    def get(self, path, **more):
        return self.ask("GET", path, **more)

    def post(self, path, body=None, **more):
        return self.ask("POST", path, {} if body is None else body, **more)

    def infer(self, model, request, headers=None, blobs=b"", version=None):
        """An inference; with blobs, they follow the JSON."""
        path = f"/v2/models/{urllib.parse.quote(model, safe='')}"
        path += (f"/versions/{version}" if version else "") + "/infer"
        if not blobs:
            return self.post(path, request, headers=headers)
        text = json.dumps(request).encode()
        sent = {LENGTH: str(len(text)), "Content-Type": "application/octet-stream"}
        sent.update(headers or {})
        return self.ask("POST", path, text + blobs, sent)

    def send_raw(self, data):
        """Bytes as they are on a bare socket; the first line of what comes back, "" for nothing."""
        with socket.create_connection((self.host, self.port), self.seconds) as bare:
            try:
                bare.sendall(data)
                return bare.recv(65536).decode("latin-1").partition("\r\n")[0]
            except (ConnectionError, socket.timeout):
                return ""

    def is_live(self):
        return self.get("/v2/health/live").status == 200


def tensor(name, datatype, shape, data=None, **parameters):
    made = {"name": name, "datatype": datatype, "shape": shape}
    if data is not None:
        made["data"] = data
    if parameters:
        made["parameters"] = parameters
    return made


def simple_request(rows=1, **more):
    """A request for the model `simple`: INPUT0 counts up, INPUT1 is 1 throughout."""
    count = list(range(16 * rows))
    request = {"inputs": [tensor("INPUT0", "INT32", [rows, 16], count),
                          tensor("INPUT1", "INT32", [rows, 16], [1] * len(count))]}
    request.update(more)
    return request


def pack(datatype, values):
    """Values as the binary extension has them: little-endian; texts behind their length."""
    if datatype == "BYTES":
        return b"".join(struct.pack("<I", len(value)) + value for value in values)
    return struct.pack(f"<{len(values)}{NUMBERS[datatype][0]}", *values)
