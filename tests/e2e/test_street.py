# SPDX-License-Identifier: Apache-2.0
"""From the wire to a durable alarm: limits, silence, reload, real protocols, a lost broker."""
import http.client
import json
import math
import os
import re
import signal
import subprocess
import sys
import threading
import time

from harness import Daemon, Skip, broker, eventually, free_port, run

TANK = """
site: {{name: Street test, timezone: Asia/Shanghai}}
assets:
  - name: T-101
    kind: tank
    at: [10, 20]
    holds: {{chemical: chlorine, amount: 20 t}}
    signals:
      - {{name: pressure, unit: kPa, range: [0, 1600], limits: {{hihi: 1200, hi: {hi}}}, deadband: 10, priority: high}}
      - {{name: level, unit: "%", range: [0, 100]{more}}}
"""


def tank(hi=1000, more=""):
    return TANK.format(hi=hi, more=more)


def alarm_of(daemon, key, state="all"):
    return next((alarm for alarm in daemon.alarms(state) if alarm["key"] == key), None)


def state_of(daemon, key):
    alarm = alarm_of(daemon, key)
    return alarm and alarm["state"]


class Events(threading.Thread):
    """Collects the events of a stream."""

    def __init__(self, daemon):
        super().__init__(daemon=True)
        self.connection = http.client.HTTPConnection("127.0.0.1", daemon.port)
        self.connection.request("GET", "/api/v1/events", headers={"Authorization": "Bearer " + daemon.key})
        self.answer = self.connection.getresponse()
        self.seen = []

    def run(self):
        event = ""
        try:
            for line in self.answer:
                if line.startswith(b"event:"):
                    event = line[6:].strip().decode()
                elif line.startswith(b"data:"):
                    self.seen.append((event, json.loads(line[5:])))
        except (OSError, ValueError, http.client.HTTPException):
            pass  # the daemon was killed


def a_limit_becomes_an_alarm_that_survives_a_crash(folder, davy):
    daemon = Daemon(davy, folder, tank()).start()
    events = Events(daemon)
    events.start()
    assert daemon.write("T-101 pressure=900") == (204, b"")
    assert daemon.alarms() == []

    daemon.write("T-101 pressure=1100")
    eventually(lambda: state_of(daemon, "T-101/pressure:hi") == "unacknowledged", "the hi alarm")
    alarm = alarm_of(daemon, "T-101/pressure:hi")
    assert alarm["signal"] == "T-101/pressure" and alarm["asset"] == "T-101", alarm
    assert alarm["priority"] == "high" and alarm["active"] is True, alarm
    assert alarm["reason"]["value"] == 1100 and alarm["reason"]["limit"] == 1000, alarm
    assert "1100" in alarm["reason"]["text"] and "1000" in alarm["reason"]["text"], alarm
    eventually(lambda: any(name == "alarm" and item["key"] == "T-101/pressure:hi" for name, item in events.seen),
               "the event of the alarm")
    assert state_of(daemon, "T-101/pressure:hihi") in (None, "normal")

    daemon.cli("alarms", "acknowledge", str(alarm["id"]), "--comment", "on my way", "--data", daemon.data)
    assert state_of(daemon, "T-101/pressure:hi") == "acknowledged", alarm_of(daemon, "T-101/pressure:hi")
    daemon.kill()
    daemon.start()
    alarm = alarm_of(daemon, "T-101/pressure:hi")
    assert alarm["state"] == "acknowledged" and alarm["comment"] == "on my way" and alarm["by"] == "admin", alarm

    daemon.write("T-101 pressure=995")  # inside the deadband of 10: still active
    time.sleep(0.5)
    assert state_of(daemon, "T-101/pressure:hi") == "acknowledged", alarm_of(daemon, "T-101/pressure:hi")
    daemon.write("T-101 pressure=985")
    eventually(lambda: state_of(daemon, "T-101/pressure:hi") == "normal", "the return to normal")
    history = daemon.get("/api/v1/alarms/history?from=0&to=9000000000")["transitions"]
    assert [item["transition"] for item in history] == ["raised", "acknowledged", "returned"], history
    assert daemon.stop() == 0
    assert "as they were written" in daemon.cli("verify", "--data", daemon.data)


def shelving_ends_by_itself_and_out_of_service_does_not(folder, davy):
    daemon = Daemon(davy, folder, tank()).start()
    daemon.write("T-101 pressure=1300")
    eventually(lambda: len(daemon.alarms()) == 2, "hi and hihi")
    alarm = alarm_of(daemon, "T-101/pressure:hihi")
    daemon.cli("alarms", "shelve", str(alarm["id"]), "--for", "2s", "--data", daemon.data)
    assert state_of(daemon, "T-101/pressure:hihi") == "shelved"
    eventually(lambda: state_of(daemon, "T-101/pressure:hihi") == "unacknowledged", "the end of the shelf")
    said = daemon.cli("alarms", "shelve", str(alarm["id"]), "--for", "13h", "--data", daemon.data, code=65)
    assert "12" in said, said
    daemon.cli("alarms", "out-of-service", str(alarm["id"]), "--reason", "calibration", "--for", "8h", "--data", daemon.data)
    daemon.kill()
    daemon.start()
    assert state_of(daemon, "T-101/pressure:hihi") == "out-of-service"
    daemon.cli("alarms", "return-to-service", str(alarm["id"]), "--data", daemon.data)
    assert state_of(daemon, "T-101/pressure:hihi") == "unacknowledged"
    daemon.stop()


def silence_is_an_alarm(folder, davy):
    daemon = Daemon(davy, folder, tank(more=", deadline: 1s")).start()
    daemon.write("T-101 level=50")
    eventually(lambda: any(alarm["kind"] == "silence" and alarm["signal"] == "T-101/level"
                           for alarm in daemon.alarms("active")), "the alarm of silence")
    daemon.write("T-101 level=51")
    eventually(lambda: not daemon.alarms("active"), "the signal is back")
    daemon.stop()


def a_reload_keeps_what_did_not_change(folder, davy):
    daemon = Daemon(davy, folder, tank()).start()
    daemon.write("T-101 pressure=1100")
    eventually(lambda: state_of(daemon, "T-101/pressure:hi") == "unacknowledged", "the hi alarm")
    occurrences = alarm_of(daemon, "T-101/pressure:hi")["occurrences"]

    daemon.write_site(tank(more=", limits: {hi: 80}"))
    daemon.process.send_signal(signal.SIGHUP)
    signals = lambda: {item["signal"]: item for item in daemon.get("/api/v1/signals")["signals"]}
    eventually(lambda: (signals()["T-101/level"]["limits"] or {}).get("hi") == 80, "the new limit")
    assert alarm_of(daemon, "T-101/pressure:hi")["state"] == "unacknowledged"
    assert alarm_of(daemon, "T-101/pressure:hi")["occurrences"] == occurrences
    daemon.write("T-101 level=81")
    eventually(lambda: state_of(daemon, "T-101/level:hi") == "unacknowledged", "the alarm of the new limit")

    daemon.write_site(tank(hi=1300))  # hi above hihi: a fault
    daemon.process.send_signal(signal.SIGHUP)
    eventually(lambda: "not reloaded" in daemon.log_text(), "the refusal of the faulty site")
    assert signals()["T-101/pressure"]["limits"]["hi"] == 1000
    daemon.stop()


def keys_and_roles_hold(folder, davy):
    daemon = Daemon(davy, folder, tank()).start()
    viewer = daemon.cli("key", "create", "guest", "--role", "viewer", "--data", daemon.data).strip()
    status, _ = daemon.call("GET", "/api/v1/alarms", key=viewer)
    assert status == 200, status  # at once: a key that is not known is looked for on disk
    status, _ = daemon.call("POST", "/api/v2/write", body=b"T-101 level=1", key=viewer)
    assert status == 403, status
    status, _ = daemon.call("GET", "/api/v1/alarms", key="davy_" + "x" * 43)
    assert status == 401, status
    daemon.cli("key", "revoke", "guest", "--data", daemon.data)
    eventually(lambda: daemon.call("GET", "/api/v1/alarms", key=viewer)[0] == 401, "the revoked key is refused")
    daemon.stop()


def simulator(davy):
    program = os.path.join(os.path.dirname(davy), "..", "..", "sim", "davy-sim")
    if not os.path.exists(program):
        raise Skip("davy-sim is not built")
    return program


def real_protocols_fill_the_store_and_a_lost_peer_is_told(folder, davy):
    sim = simulator(davy)
    with broker(folder) as mqtt:
        modbus = free_port()
        plant = subprocess.Popen([sim, "run", "--modbus", f"127.0.0.1:{modbus}", "--mqtt", f"127.0.0.1:{mqtt}"],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        try:
            site = subprocess.run([sim, "site", "--modbus-port", str(modbus), "--mqtt-port", str(mqtt)],
                                  capture_output=True, text=True, check=True).stdout
            daemon = Daemon(davy, folder, site).start()

            def missing():
                return [item["signal"] for item in daemon.get("/api/v1/signals")["signals"]
                        if item["asset"] and not (item["latest"] and item["latest"]["quality"] == "good")]
            eventually(lambda: not missing(), "a good sample of every signal", tries=1200)
            states = {item["name"]: item["state"] for item in daemon.get("/api/v1/sources")["sources"]}
            assert set(states.values()) == {"running"}, states

            plant.terminate()
            plant.wait()
            source = next(item["name"] for item in daemon.get("/api/v1/sources")["sources"] if item["kind"] == "modbus")
            eventually(lambda: any(alarm["kind"] == "source" and alarm["source"] == source
                                   for alarm in daemon.alarms("active")), "the alarm of the lost device", tries=1200)
            polled = re.search(r"- \{?name: (\S+?),? kind: modbus", site)
            assert polled or "modbus" in site
            now = time.time()
            answer = daemon.get(f"/api/v1/samples?signals=**&from={now - 60}&to={now + 60}")
            gaps = [item["signal"] for item in answer["signals"] if 2 in item["quality"]]
            assert gaps, "a gap is a recorded quality"
            assert all(value is None for item in answer["signals"]
                       for value, quality in zip(item["values"], item["quality"]) if quality == 2
                       and item["signal"] in gaps and not item["signal"].endswith("/score"))
            daemon.stop()
        finally:
            if plant.poll() is None:
                plant.terminate()
                plant.wait()


def history_csv(path, rows, start, fault_at=None):
    """Two pumps that share a load: current follows flow. A fault lifts the current, inside its limits."""
    noise = 12345
    with open(path, "w", encoding="utf-8") as file:
        file.write("time,P-1/flow,P-1/current,P-1/pressure\n")
        for row in range(rows):
            parts = []
            for _ in range(3):
                noise = (1103515245 * noise + 12345) % 2**31
                parts.append(noise / 2**31 - 0.5)
            flow = 30 + 5 * math.sin(row / 600) + 3 * math.sin(row / 47) + 0.2 * parts[0]
            current = 2 + 0.4 * flow + 0.1 * parts[1]
            pressure = 8 - 0.05 * flow + 0.02 * parts[2]
            if fault_at is not None and row >= fault_at:
                current += 0.8
            file.write(f"{start + row},{flow:.3f},{current:.3f},{pressure:.4f}\n")


PUMP = """
site: {{name: Pump}}
sources:
  - {{name: recording, kind: replay, files: ["{file}"], time: time, speed: max}}
assets:
  - name: P-1
    kind: pump
    signals:
      - {{name: flow, unit: m3/h, from: {{source: recording, column: P-1/flow}}}}
      - {{name: current, unit: A, from: {{source: recording, column: P-1/current}}}}
      - {{name: pressure, unit: bar, from: {{source: recording, column: P-1/pressure}}}}
detectors:
  - {{name: P-1-watch, model: P-1-health, signals: ["P-1/*"], budget: 1/day, priority: high}}
"""


def a_trained_detector_names_the_signal_that_moved(folder, davy):
    history, live = os.path.join(folder, "history.csv"), os.path.join(folder, "live.csv")
    history_csv(history, 200000, 1700000000)
    history_csv(live, 4000, 1750000000, fault_at=3000)
    daemon = Daemon(davy, folder, PUMP.format(file=live))
    daemon.cli("train", "P-1-health", "--model", "pca", "--task", "anomaly", "--csv", history, "--time", "time",
               "--budget", "1/day", "--data", daemon.data)
    daemon.start()
    alarm = eventually(lambda: next((alarm for alarm in daemon.alarms() if alarm["kind"] == "model"), None),
                       "the alarm of the detector", tries=1200)
    assert alarm["detector"] == "P-1-watch", alarm
    assert alarm["reason"]["model"].startswith("P-1-health@1"), alarm
    assert alarm["reason"]["causes"][0]["signal"] == "P-1/current", alarm
    assert alarm["since"] >= "2025-06-15T15:56:40", alarm  # 1750000000 + 3000 s, the onset

    watched = daemon.get("/api/v1/detectors/P-1-watch")
    assert watched["contributions"][0]["signal"] == "P-1/current", watched
    assert watched["contributions"][0]["value"] > watched["contributions"][0]["expected"] + 0.3, watched

    # What the daemon kept of the scores is what a replay of the same rows computes.
    eventually(lambda: any(item["state"] == "finished" for item in daemon.get("/api/v1/sources")["sources"]),
               "the end of the recording")
    time.sleep(1.0)
    scores = daemon.get("/api/v1/samples?signals=P-1-watch/score&from=1750000000&to=1750010000")["signals"][0]
    kept = {time_ns: value for time_ns, value in zip(scores["times"], scores["values"]) if value is not None}
    answers = os.path.join(folder, "answers.csv")
    daemon.cli("infer", "P-1-health", "--csv", live, "--time", "time", "--out", answers, "--data", daemon.data)
    compared = 0
    with open(answers, encoding="utf-8") as file:
        header = file.readline().strip().split(",")
        assert header == ["time", "score", "limit", "verdict"], header
        for line in file:
            stamp, score, limit, verdict = line.strip().split(",")
            assert limit == "1", line
            when = time.strptime(stamp[:19], "%Y-%m-%dT%H:%M:%S")
            ns = (int(time.mktime(when)) - time.timezone) * 10**9
            if ns in kept and verdict != "abstain":
                assert float(score) == kept[ns], (stamp, score, kept[ns])
                compared += 1
    assert compared > 3500, compared
    told = json.loads(daemon.cli("replay", "P-1-watch", "--csv", live, "--time", "time", "--site", daemon.site,
                                 "--data", daemon.data, "--json"))
    assert len(told["alarms"]) == 1 and told["alarms"][0]["causes"][0]["signal"] == "P-1/current", told
    daemon.stop()


run([a_limit_becomes_an_alarm_that_survives_a_crash, shelving_ends_by_itself_and_out_of_service_does_not,
     silence_is_an_alarm, a_reload_keeps_what_did_not_change, keys_and_roles_hold,
     real_protocols_fill_the_store_and_a_lost_peer_is_told, a_trained_detector_names_the_signal_that_moved],
    sys.argv[1])
