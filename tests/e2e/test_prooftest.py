# SPDX-License-Identifier: Apache-2.0
"""Proof tests on a real daemon: a marked deviation reaches those who are told, and nothing takes it for the plant."""
import http.server
import json
import math
import os
import random
import sys
import threading
import time

from harness import Daemon, eventually, run

SITE = """
site: {name: Proof}
sources:
  - {name: field, kind: lines}
assets:
  - name: T-101
    signals:
      - {name: pressure, unit: kPa, from: {source: field}, range: [0, 1600], limits: {lolo: 10, hi: 1000, hihi: 1200},
         on_delay: 30s, deadband: 5, deadline: 60s, rate_limit: 50/s, stuck: 10min, priority: high}
      - {name: level, unit: "%", limits: {hi: 90}}
"""

ROUTES = """
receivers:
  - {name: phone, kind: webhook, url: "http://127.0.0.1:%d/hook"}
routes:
  - {to: [phone]}
"""

DETECTOR = """
detectors:
  - {name: health, model: gone@champion, signals: ["T-101/*"]}
"""


def prove(daemon, *words, code=0):
    """The test as JSON; with a code the words of the failure."""
    out = daemon.cli("prooftest", *words, *(["--json"] if code == 0 else []), "--data", daemon.data, code=code)
    return json.loads(out) if code == 0 else out


def newest(daemon):
    return daemon.get(f"/api/v1/prooftests/{daemon.get('/api/v1/prooftests')['prooftests'][0]['id']}")


class Sink:
    """A webhook that keeps what it was told."""

    def __init__(self):
        sink = self
        self.messages = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # pylint: disable=invalid-name
                sink.messages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def every_condition_of_a_site_reaches_its_end(folder, davy):
    daemon = Daemon(davy, folder, SITE).start()
    daemon.write("T-101 pressure=500,level=50")
    test = prove(daemon)
    keys = {item["condition"] for item in test["items"]}
    assert keys == {"T-101/pressure:lolo", "T-101/pressure:hi", "T-101/pressure:hihi", "T-101/pressure:rate",
                    "T-101/pressure:stuck", "T-101/pressure:quality", "T-101/pressure:silence", "T-101/level:hi",
                    "T-101/level:quality", "source field:source"}, keys
    assert test["state"] == "finished" and test["failed"] == 0 and test["passed"] == len(keys), test
    for item in test["items"]:
        times = [item[name + "_ms"] for name in ("accepted", "durable", "found", "recorded", "announced")]
        known = [time_ms for time_ms in times if time_ms is not None]
        assert known == sorted(known) and len(known) >= 3, item
        assert item["text"].startswith("PROOF TEST: "), item
        assert item["receivers"] == [], item
    # Nothing of it is the plant's.
    assert daemon.alarms() == [], daemon.alarms()
    assert daemon.alarms("all") and all(alarm["occurrences"] == 0 for alarm in daemon.alarms("all"))
    assert daemon.get("/api/v1/alarms/history?from=0&to=4000000000")["transitions"] == []
    kpi = daemon.get("/api/v1/alarms/kpi")
    assert sum(position["alarms"] for position in kpi["positions"]) == 0, kpi
    samples = daemon.get("/api/v1/samples?signals=T-101/pressure&from=0&to=4000000000")
    assert "1201" not in json.dumps(samples) and "1212" not in json.dumps(samples), samples
    assert daemon.stop() == 0
    daemon.cli("verify", "--data", daemon.data)


def a_path_that_is_broken_fails_and_alarms_until_it_works(folder, davy):
    daemon = Daemon(davy, folder, SITE + DETECTOR).start()
    daemon.write("T-101 pressure=500,level=50")
    assert "davy:prooftest" in prove(daemon, "health", code=69)
    items = {item["condition"]: item for item in newest(daemon)["items"]}
    assert items["detector health:verdict"]["outcome"] == "passed", items
    assert items["detector health:model"]["outcome"] == "failed", items
    assert "gone" in items["detector health:model"]["why"], items

    def standing():
        return [alarm for alarm in daemon.alarms("active") if alarm["key"] == "davy:prooftest"]

    assert "detector health:model" in eventually(standing, "the alarm")[0]["reason"]["text"]
    prove(daemon, "T-101/pressure:hi")
    assert standing(), "another condition that works says nothing of this one"
    daemon.kill()
    daemon.start()
    time.sleep(1)
    assert standing(), "a restart repairs nothing"
    daemon.write_site(SITE)
    daemon.process.send_signal(1)
    eventually(lambda: not any(a["key"].startswith("detector") for a in daemon.alarms("active")), "the reload")
    prove(daemon, "T-101/pressure:hi")
    eventually(lambda: not standing(), "the end of the alarm")
    assert daemon.stop() == 0


PUMP = """
site: {name: Pump}
assets:
  - name: P-1
    signals: [{name: flow, unit: m3/h}, {name: current, unit: A}, {name: pressure, unit: bar}]
detectors:
  - {name: pump-watch, model: pump, signals: ["P-1/*"], on_delay: 20s}
"""


def rows_of_a_pump(count):
    """A load that current and pressure follow, with a little noise."""
    chance = random.Random(6)
    for row in range(count):
        flow = 30 + 5 * math.sin(row / 600) + 3 * math.sin(row / 47) + chance.gauss(0, 0.1)
        yield flow, 2 + 0.4 * flow + chance.gauss(0, 0.05), 8 - 0.05 * flow + chance.gauss(0, 0.01)


def write_rows(daemon, rows, end):
    status, body = daemon.write("\n".join(
        f"P-1 flow={flow},current={current},pressure={pressure} {end - len(rows) + row}"
        for row, (flow, current, pressure) in enumerate(rows)), precision="s")
    assert status == 204, body


def a_model_is_proved_with_the_newest_rows(folder, davy):
    rows = list(rows_of_a_pump(50000))
    history = os.path.join(folder, "history.csv")
    with open(history, "w", encoding="utf-8") as file:
        file.write("time,P-1/flow,P-1/current,P-1/pressure\n")
        for row, values in enumerate(rows):
            file.write(",".join([str(1700000000 + row)] + [f"{value:.5f}" for value in values]) + "\n")
    daemon = Daemon(davy, folder, PUMP)
    daemon.cli("train", "pump", "--model", "pca", "--csv", history, "--time", "time", "--budget", "1/day", "--data", daemon.data)
    daemon.start()
    assert "no values of late" in prove(daemon, "pump-watch", code=69) + newest(daemon)["items"][0]["why"]
    write_rows(daemon, rows[:600], int(time.time()))
    item = prove(daemon, "detector pump-watch:model")["items"][0]
    assert item["outcome"] == "passed" and item["model"] == "pump@1", item
    assert item["value"] > 1 and item["durable_ms"] <= item["found_ms"] <= item["recorded_ms"], item
    detector = daemon.get("/api/v1/detectors/pump-watch")
    assert not [alarm for alarm in daemon.alarms("active") if alarm["kind"] == "model"], "the detector at work saw nothing of it"
    assert detector["score"] is None or detector["score"] < 1, detector
    assert daemon.stop() == 0
    assert "prooftest/" not in daemon.cli("train", "again", "--signals", "**", "--from", "-1h", "--budget", "1/day", "--data", daemon.data)


def nobody_is_told_unless_asked_for(folder, davy):
    sink = Sink()
    daemon = Daemon(davy, folder, SITE + ROUTES % sink.port).start()
    test = prove(daemon, "T-101/pressure:hihi")
    assert test["items"][0]["receivers"] == [{"name": "phone", "state": "not told", "confirmed_ms": None}], test
    assert sink.messages == []
    test = prove(daemon, "T-101/pressure:hihi", "--notify")
    assert test["items"][0]["receivers"][0]["state"] == "confirmed", test
    assert len(sink.messages) == 1 and sink.messages[0]["exercise"] is True, sink.messages
    assert sink.messages[0]["data"]["key"] == "prooftest T-101/pressure:hihi", sink.messages
    assert sink.messages[0]["text"].startswith("PROOF TEST: "), sink.messages
    assert sink.messages[0]["data"]["reason"]["proof"] is True, sink.messages
    # A real alarm is no exercise.
    daemon.write("T-101 level=95")
    eventually(lambda: len(sink.messages) == 2, "the real alarm")
    assert sink.messages[1]["exercise"] is False and "PROOF" not in sink.messages[1]["text"], sink.messages
    sink.close()
    assert "confirmed within" in prove(daemon, "T-101/pressure:hihi", "--notify", code=69) or \
        "has not confirmed" in newest(daemon)["items"][0]["why"]
    assert daemon.stop() == 0


def a_real_excursion_during_a_test_alarms(folder, davy):
    daemon = Daemon(davy, folder, SITE).start()
    daemon.write("T-101 pressure=500,level=50")
    for _ in range(5):
        status, body = daemon.call("POST", "/api/v1/prooftests", body=b"{}",
                                   headers={"Content-Type": "application/json"})
        assert status == 201, body
        identity = json.loads(body)["id"]
        daemon.write("T-101 level=95")
        eventually(lambda: [a["key"] for a in daemon.alarms("active")] == ["T-101/level:hi"], "the real alarm")
        eventually(lambda: daemon.get(f"/api/v1/prooftests/{identity}")["state"] == "finished", "the test's end")
        assert daemon.get(f"/api/v1/prooftests/{identity}")["failed"] == 0
        assert [a["key"] for a in daemon.alarms("active")] == ["T-101/level:hi"], "a test ends no real alarm"
        daemon.write("T-101 level=50")
        eventually(lambda: daemon.alarms("active") == [], "the real end")
    assert daemon.stop() == 0


def a_kill_during_a_test_leaves_nothing_behind(folder, davy):
    daemon = Daemon(davy, folder, SITE).start()
    for pause in (0, 0.01, 0.03, 0.1, 0.2):
        daemon.write("T-101 pressure=500,level=50")
        status, body = daemon.call("POST", "/api/v1/prooftests", body=b"{}",
                                   headers={"Content-Type": "application/json"})
        assert status == 201, body
        identity = json.loads(body)["id"]
        time.sleep(pause)
        daemon.kill()
        daemon.start()
        assert daemon.get(f"/api/v1/prooftests/{identity}")["state"] in ("interrupted", "finished")
        assert daemon.alarms("active") == [], daemon.alarms("active")
    daemon.write("T-101 pressure=500,level=50")
    assert prove(daemon)["failed"] == 0, "and the next one works"
    assert daemon.get("/api/v1/alarms/history?from=0&to=4000000000")["transitions"] == []
    assert daemon.stop() == 0
    daemon.cli("verify", "--data", daemon.data)


run([every_condition_of_a_site_reaches_its_end, a_path_that_is_broken_fails_and_alarms_until_it_works,
     a_model_is_proved_with_the_newest_rows,
     nobody_is_told_unless_asked_for, a_real_excursion_during_a_test_alarms,
     a_kill_during_a_test_leaves_nothing_behind], sys.argv[1])
