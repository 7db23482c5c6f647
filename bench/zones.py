# SPDX-License-Identifier: Apache-2.0
"""From a sample to the zone event of the live chain: an alarm that begins a scenario, and a wind that moves all that have begun.

    python3 bench/zones.py build/src/app/davy
"""
import http.client
import json
import os
import statistics
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "e2e"))
from harness import Daemon, eventually  # pylint: disable=wrong-import-position

ROUNDS = 12
PAUSE_S = 2.3  # a zone is not drawn anew more often than every two seconds
HEAD = """
site: {name: zones, location: [30.657, 104.066]}
weather: {wind_speed: WS/speed, wind_from: WS/from, radiation: WS/sun}
places:
  - {name: room, kind: building, outline: [[0, 0], [20, 0], [20, 10], [0, 10]], people: 12, air_changes: 0.5/h}
assets:
  - {name: WS, signals: [{name: speed, unit: m/s}, {name: from, unit: deg}, {name: sun, unit: W/m2}]}
"""
ASSET = """  - {{name: T-{0}, at: [{1}, 40], holds: {{chemical: {2}, amount: 20 t}}, signals: [{{name: p, limits: {{lo: 5}}}}]}}
"""
SCENARIO = """  - {{name: leak-{0}, asset: T-{0}, when: ["T-{0}/p:lo"], release: {{kind: liquid hole, hole: 20 mm, pressure: 8 bar,
     temperature: 20 Cel, head: 2 m, duration: 30 min}}}}
"""


def site(count):
    chemicals = ("chlorine", "ammonia", "propane")
    return (HEAD + "".join(ASSET.format(i, 10 * i, chemicals[i % 3]) for i in range(count)) + "scenarios:\n" +
            "".join(SCENARIO.format(i) for i in range(count)))


class Zones(threading.Thread):
    """Zone events with the moment at which they came."""

    def __init__(self, daemon):
        super().__init__(daemon=True)
        connection = http.client.HTTPConnection("127.0.0.1", daemon.port)
        connection.request("GET", "/api/v1/events", headers={"Authorization": "Bearer " + daemon.key})
        self.answer = connection.getresponse()
        self.seen = []

    def run(self):
        name = ""
        try:
            for line in self.answer:
                if line.startswith(b"event:"):
                    name = line[6:].strip()
                elif line.startswith(b"data:") and name == b"zone":
                    self.seen.append((time.monotonic(), json.loads(line[5:])))
        except (OSError, ValueError, http.client.HTTPException):
            pass  # the daemon was stopped

    def since(self, before, count, begun):
        """Seconds until `count` events have come; the first, and the last."""
        eventually(lambda: len(self.seen) >= before + count, f"{count} zone events", tries=4000)
        return self.seen[before][0] - begun, self.seen[before + count - 1][0] - begun


def line(name, what, values):
    print(f"{name:34} {what:28} median {statistics.median(values):7.3f} s   worst {max(values):7.3f} s", flush=True)


def measure(davy, count):
    with tempfile.TemporaryDirectory(prefix="davy-bench-zones-") as folder:
        daemon = Daemon(davy, folder, site(count)).start()
        zones = Zones(daemon)
        zones.start()
        daemon.write("WS speed=4,from=200,sun=500")
        begun = time.monotonic()
        daemon.write("".join(f"T-{i} p=3\n" for i in range(count)))
        first, last = zones.since(0, count, begun)
        line(f"{count} scenarios at once", "alarm to first, last event", [first, last])
        firsts, lasts = [], []
        for turn in range(ROUNDS):
            time.sleep(PAUSE_S)
            before, begun = len(zones.seen), time.monotonic()
            daemon.write(f"WS speed=4,from={200 if turn % 2 else 230},sun=500")
            first, last = zones.since(before, count, begun)
            firsts.append(first)
            lasts.append(last)
        line(f"{count} scenarios", "wind to first event", firsts)
        line(f"{count} scenarios", "wind to last event", lasts)
        text = daemon.call("GET", "/metrics")[1].decode()
        longest = next(row.split()[1] for row in text.splitlines() if row.startswith("davy_threat_longest_seconds "))
        size = len(daemon.call("GET", "/api/v1/zones")[1])
        print(f"{'':34} longest computation {float(longest) * 1000:.1f} ms, list of all {size / 1024:.0f} KiB", flush=True)
        daemon.stop()


for scenarios in (1, 10, 64):
    measure(sys.argv[1], scenarios)
