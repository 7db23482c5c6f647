# SPDX-License-Identifier: Apache-2.0
"""From a pressure alarm to a zone in the wind of the moment: begun, moved, restarted, ended, computed again."""
import http.client
import json
import sys
import threading
import time

from harness import Daemon, eventually, run

SITE = """
site: {name: zones, location: [30.657, 104.066], timezone: Asia/Shanghai}
assets:
  - name: T-101
    at: [120, 40]
    holds: {chemical: chlorine, amount: 20 t}
    signals:
      - {name: pressure, unit: bar, limits: {lo: 5, lolo: 4}, priority: critical}
  - name: WS
    signals: [{name: speed, unit: m/s}, {name: from, unit: deg}, {name: sun, unit: W/m2}]
weather: {wind_speed: WS/speed, wind_from: WS/from, radiation: WS/sun}
places:
  - {name: control-room, kind: building, outline: [[0, 0], [20, 0], [20, 10], [0, 10]], people: {day: 12, night: 4}, air_changes: 0.5/h}
  - {name: village, kind: open, at: [900, 400], people: 1500, outside: true}
scenarios:
  - name: T-101-leak
    asset: T-101
    when: ["T-101/pressure:lolo"]
    release: {kind: liquid hole, hole: 20 mm, height: 1 m, pressure: 6.8 bar, temperature: 20 Cel, head: 2 m, duration: 30 min}
    endpoints: [AEGL-2]
"""


def zones(daemon):
    return daemon.get("/api/v1/zones")["zones"]


def wind(daemon, speed, direction):
    assert daemon.write(f"WS speed={speed},from={direction},sun=500") == (204, b"")


def events_of(events):
    return [(at, data) for at, name, data in events.seen if name == "zone"]


class Timed(threading.Thread):
    """Events with the moment at which they came."""

    def __init__(self, daemon):
        super().__init__(daemon=True)
        connection = http.client.HTTPConnection("127.0.0.1", daemon.port)
        connection.request("GET", "/api/v1/events", headers={"Authorization": "Bearer " + daemon.key})
        self.answer = connection.getresponse()
        self.seen = []

    def run(self):
        event = ""
        try:
            for line in self.answer:
                if line.startswith(b"event:"):
                    event = line[6:].strip().decode()
                elif line.startswith(b"data:"):
                    self.seen.append((time.monotonic(), event, json.loads(line[5:])))
        except (OSError, ValueError, http.client.HTTPException):
            pass  # the daemon was stopped


def from_of(daemon):
    shown = zones(daemon)
    return shown and shown[0].get("weather") and shown[0]["weather"]["wind_from"]


def an_alarm_becomes_a_zone_that_follows_the_wind(folder, davy):
    daemon = Daemon(davy, folder, SITE).start()
    events = Timed(daemon)
    events.start()
    wind(daemon, 4, 225)
    assert daemon.write("T-101 pressure=6.8") == (204, b"")
    assert zones(daemon) == []

    begun = time.monotonic()
    assert daemon.write("T-101 pressure=3.5") == (204, b"")
    eventually(lambda: len(events_of(events)) == 1, "a zone event")
    at, told = events_of(events)[0]
    print(f"# sample to event: {at - begun:.3f} s", flush=True)
    assert told["live"]["alarms"] == ["T-101/pressure:lolo"] and told["weather"]["wind_from"] == 225
    assert any(zone["effect"] == "toxic" for zone in told["zones"])

    shown = zones(daemon)[0]
    toxic = next(zone for zone in shown["zones"] if zone["effect"] == "toxic")
    # The wind blows from the south-west: the far end of the ring lies to the north-east of the tank.
    far = max(toxic["ring"], key=lambda point: (point[0] - 120) ** 2 + (point[1] - 40) ** 2)
    assert far[0] > 120 and far[1] > 40, far
    assert {name["silent"] for name in shown["live"]["assumed"]} - {"cloud"} == {"temperature", "humidity"}  # cloud: by night

    time.sleep(2.1)
    begun = time.monotonic()
    wind(daemon, 4, 45)  # it turns right round
    eventually(lambda: len(events_of(events)) == 2, "a second zone event")
    print(f"# wind to event: {events_of(events)[1][0] - begun:.3f} s", flush=True)
    toxic = next(zone for zone in zones(daemon)[0]["zones"] if zone["effect"] == "toxic")
    far = max(toxic["ring"], key=lambda point: (point[0] - 120) ** 2 + (point[1] - 40) ** 2)
    assert far[0] < 120 and far[1] < 40, far

    daemon.kill()
    daemon.start()
    wind(daemon, 4, 45)
    eventually(lambda: from_of(daemon) == 45, "the zone after a kill")
    shown = zones(daemon)[0]
    assert shown["live"]["state"] == "active" and shown["live"]["alarms"] == ["T-101/pressure:lolo"]

    # The frozen inputs give the same bits, and a changed site file is not what was computed.
    record = str(shown["live"]["record"])
    again = daemon.cli("impact", "--record", record, "--data", daemon.data)
    shown.pop("live")
    assert json.loads(again) == shown
    for other in ("1", "0", "1000000"):  # the daemon's start, and none
        assert "none of an impact" in daemon.cli("impact", "--record", other, "--data", daemon.data, code=66)

    order = json.dumps({"scenario": "T-101-leak", "action": "end", "comment": "the valve is shut"})
    status, body = daemon.call("POST", "/api/v1/zones", order, headers={"Content-Type": "application/json"})
    assert (status, json.loads(body)["zones"]) == (200, []), body
    daemon.stop()
    daemon.start()
    time.sleep(1)
    assert zones(daemon) == []  # the same alarm does not begin it again
    daemon.stop()


def a_chemical_that_is_none_is_told_at_the_start(folder, davy):
    daemon = Daemon(davy, folder, SITE.replace("chlorine", "clorine")).start()
    eventually(lambda: "has no 'clorine'" in daemon.log_text(), "the log tells it")
    assert "'Chlorine'" in daemon.log_text(), daemon.log_text()
    assert daemon.stop() == 0  # pressure is watched all the same


run([an_alarm_becomes_a_zone_that_follows_the_wind, a_chemical_that_is_none_is_told_at_the_start], sys.argv[1])
