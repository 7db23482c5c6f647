#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The same samples in davy and in Prometheus, the same questions to both, the same answers.

    tests/oracle/prometheus.py build/src/app/davy FOLDER    FOLDER has prometheus and promtool

Debian's package prometheus (2.42) has both; `apt-get download prometheus` and `dpkg-deb -x` give them without a
service. Samples lie off whole seconds, because a window is open to the left since Prometheus 3.0, as in davy, and was
closed before; and counters begin far above zero, because the way to it was bounded in another order then.
promtool then asks davy by itself, as a client that davy did not write.
"""
import http.server
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from harness import Daemon  # noqa: E402

SITE = """
site: {name: Oracle}
assets:
  - name: A-1
    kind: pump
    signals: [{name: total, unit: m3}, {name: level, unit: '%'}]
  - name: B-1
    kind: pump
    signals: [{name: total, unit: m3}, {name: level, unit: '%'}]
"""
START, COUNT = 1767225600, 400


def samples():
    """(asset, signal, time in ms, value): irregular, with gaps and resets of the counters."""
    chance = random.Random(7)
    for asset in ("A-1", "B-1"):
        total, at = 5000.0, START * 1000 + 123
        for _ in range(COUNT):
            at += chance.choice([7000, 10000, 10000, 13000, 10000, 90000 if chance.random() < 0.1 else 10000])
            total = 4000.0 if chance.random() < 0.03 else round(total + chance.random() * 5, 2)
            yield asset, "total", at, total
            yield asset, "level", at, round(50 + 20 * chance.random(), 3)


QUERIES = [
    "davy_signal", 'davy_signal{asset="A-1"}', 'davy_signal{path=~".*/level",asset!="A-1"}', 'davy_signal{asset!~"A.*"}',
    *(f"{over}_over_time(davy_signal[{window}])" for over in ("avg", "min", "max", "sum", "count") for window in ("60s", "2m", "97s")),
    'rate(davy_signal{signal="total"}[2m])', 'rate(davy_signal{signal="total"}[5m])', 'rate(davy_signal{signal="total"}[1h] offset 10m)',
    "davy_signal offset 7m", "sum(davy_signal)", "avg by (asset) (davy_signal)", "max(davy_signal) by (signal, unit)",
    "min by (nothing) (davy_signal)", "count(davy_signal)", 'sum by (asset) (rate(davy_signal{signal="total"}[2m]))',
    'davy_signal{path=~"(A-1/level|B-1/total|C-1)"}', 'davy_signal{asset!~"(A-1|C-1)"}', 'davy_signal{unit=~"m3|",asset=~"A-1"}',
    r'davy_signal{path=~"A\\-1/level|B\\.1/level"}', r'davy_signal{unit=~"\\%|x\\|y"}',
    "sum(max_over_time(davy_signal[30s]))", "1+1-0.5", "count by (unit) (davy_signal offset 1h)",
]


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def fetch(url, key=None, form=None):
    request = urllib.request.Request(url, data=urllib.parse.urlencode(form).encode() if form else None)
    if key:
        request.add_header("Authorization", "Bearer " + key)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=30) as answer:
        return json.load(answer)["data"]


def series_of(data):
    if data["resultType"] == "scalar":
        return {"": [data["result"]]}
    return {json.dumps(one["metric"], sort_keys=True): one.get("values") or [one["value"]] for one in data["result"]}


def same(mine, theirs):
    return mine.keys() == theirs.keys() and all(
        len(mine[name]) == len(theirs[name]) and all(
            a[0] == b[0] and abs(float(a[1]) - float(b[1])) <= 1e-9 * max(1, abs(float(b[1])))
            for a, b in zip(mine[name], theirs[name])) for name in mine)


def write_lines(daemon):
    units = {"total": "m3", "level": "%"}
    body = "".join(f"{asset} {signal}={value} {at}\n" for asset, signal, at, value in samples())
    request = urllib.request.Request(f"http://127.0.0.1:{daemon.port}/api/v2/write?precision=ms", data=body.encode(),
                                     headers={"Authorization": "Bearer " + daemon.key})
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30).close()
    metrics = "# TYPE davy_signal gauge\n" + "".join(
        f'davy_signal{{asset="{asset}",path="{asset}/{signal}",signal="{signal}",unit="{units[signal]}"}} {value} {at / 1000:.3f}\n'
        for asset, signal, at, value in samples()) + "# EOF\n"
    return metrics


def start_prometheus(folder, programs, metrics):
    data, port = os.path.join(folder, "tsdb"), free_port()
    text, config = os.path.join(folder, "samples.txt"), os.path.join(folder, "prometheus.yml")
    with open(text, "w", encoding="utf-8") as file:
        file.write(metrics)
    with open(config, "w", encoding="utf-8") as file:
        file.write("scrape_configs: []\n")
    subprocess.run([os.path.join(programs, "promtool"), "tsdb", "create-blocks-from", "openmetrics", text, data], check=True,
                   stdout=subprocess.DEVNULL)
    server = subprocess.Popen([os.path.join(programs, "prometheus"), f"--config.file={config}", f"--storage.tsdb.path={data}",
                               "--storage.tsdb.retention.time=50y", f"--web.listen-address=127.0.0.1:{port}"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(400):
        try:
            fetch(f"http://127.0.0.1:{port}/api/v1/query?query=1")
            return server, port
        except OSError:
            time.sleep(0.05)
    raise SystemExit("prometheus does not answer")


def compare(daemon, port):
    asked = wrong = 0
    for query in QUERIES:
        for step, path in ((15, "query_range"), (30, "query_range"), (60, "query_range"), (0, "query")):
            form = {"query": query, "start": START + 600, "end": START + 4000, "step": step} if step else \
                {"query": query, "time": START + 1800}
            mine = series_of(fetch(f"http://127.0.0.1:{daemon.port}/api/v1/{path}", daemon.key, form))
            theirs = series_of(fetch(f"http://127.0.0.1:{port}/api/v1/{path}", None, form))
            asked += 1
            if not same(mine, theirs):
                wrong += 1
                print(f"differs: {query} step {step}\n  davy       {str(mine)[:400]}\n  prometheus {str(theirs)[:400]}")
    match = urllib.parse.urlencode({"match[]": 'davy_signal{asset!="B-1"}', "start": START, "end": START + 9000})
    more = urllib.parse.urlencode({"match[]": '{path=~"(B-1/level|X)"}'})
    for path in ("labels", "label/path/values", "label/__name__/values", "label/absent/values", "series", f"labels?{match}",
                 f"label/unit/values?{match}", f"series?{match}", f"series?{match}&{more}", f"label/path/values?{more}&{match}",
                 f"labels?{more}&{more}"):
        if path == "series":
            path += "?" + urllib.parse.urlencode({"match[]": "davy_signal", "start": START, "end": START + 9000})
        mine, theirs = (fetch(f"http://127.0.0.1:{at}/api/v1/{path}", key) for at, key in ((daemon.port, daemon.key), (port, None)))
        asked += 1
        if mine != theirs:
            wrong += 1
            print(f"differs: {path}\n  davy       {str(mine)[:400]}\n  prometheus {str(theirs)[:400]}")
    print(f"{asked} questions, {wrong} answers that differ")
    return wrong


def proxy_with_key(daemon):
    """promtool 2.42 cannot send a key: this puts it in."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            length = int(self.headers.get("Content-Length", 0))
            request = urllib.request.Request(f"http://127.0.0.1:{daemon.port}{self.path}", self.rfile.read(length) or None)
            request.add_header("Authorization", "Bearer " + daemon.key)
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
                body = answer.read()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"


def ask_with_promtool(daemon, programs):
    url, when = proxy_with_key(daemon), str(START + 1800)
    failed = 0
    for words in (["instant", f"--time={when}", url, "sum by (asset) (davy_signal)"],
                  ["range", f"--start={START + 600}", f"--end={when}", "--step=5m", url, 'rate(davy_signal{signal="total"}[5m])'],
                  ["series", "--match=davy_signal", url], ["labels", url, "asset"]):
        said = subprocess.run([os.path.join(programs, "promtool"), "query", *words], capture_output=True, text=True, check=False)
        print(f"promtool query {words[0]}: {said.returncode}\n  {(said.stdout + said.stderr).strip()[:300]}")
        failed += said.returncode != 0
    return failed


def main(davy, programs):
    with tempfile.TemporaryDirectory() as folder:
        daemon = Daemon(davy, folder, SITE).start()
        server, port = start_prometheus(folder, programs, write_lines(daemon))
        try:
            wrong = compare(daemon, port)
            wrong += ask_with_promtool(daemon, programs)
        finally:
            server.terminate()
            server.wait()
            daemon.stop()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(os.path.abspath(sys.argv[1]), sys.argv[2]))
