# SPDX-License-Identifier: Apache-2.0
"""An incident from its first alarm to the evidence: live zones, a public alert, kill -9, replay, a changed byte."""
import json
import os
import re
import sys

from harness import Daemon, eventually, run
from receivers import Hook

SITE = """
site: {{name: harbour, title: Harbour Park, location: [30.657, 104.066], timezone: Asia/Shanghai}}
assets:
  - name: T-101
    at: [120, 40]
    holds: {{chemical: chlorine, amount: 20 t}}
    signals: [{{name: pressure, unit: bar, limits: {{lolo: 4}}, priority: critical}}]
  - name: WS
    signals: [{{name: speed, unit: m/s}}, {{name: from, unit: deg}}, {{name: sun, unit: W/m2}}]
weather: {{wind_speed: WS/speed, wind_from: WS/from, radiation: WS/sun}}
places:
  - {{name: village, kind: open, at: [900, 400], people: 1500, outside: true}}
scenarios:
  - name: T-101-leak
    asset: T-101
    when: ["T-101/pressure:lolo"]
    release: {{kind: liquid hole, hole: 20 mm, height: 1 m, pressure: 6.8 bar, temperature: 20 Cel, head: 2 m, duration: 30 min}}
    endpoints: [AEGL-2]
receivers:
  - {{name: town, kind: webhook, url: "http://127.0.0.1:{port}/", format: cap}}
"""

ORDER = """scenario: {name: drill, asset: T-101, release: {kind: gas hole, hole: 20 mm, height: 1 m, pressure: 7 bar, temperature: 20 Cel, duration: 30 min}}
weather: {wind: 3 m/s, wind_from: 225, stability: D, temperature: 20 Cel, humidity: 60 %}
"""


def post(daemon, path, body, code=201):
    status, answer = daemon.call("POST", path, json.dumps(body), headers={"Content-Type": "application/json"})
    assert status == code, (status, answer)
    return json.loads(answer)


def event(daemon, number, body, code=201):
    return post(daemon, f"/api/v1/incidents/{number}/events", body, code)


def alerts(hook):
    return [body.decode() for _, body in list(hook.messages) if b"<alert" in body]


def export(daemon, folder, number):
    path = os.path.join(folder, f"incident-{number}.json")
    daemon.cli("incidents", "export", str(number), "--out", path, "--data", daemon.data)
    return path


def an_incident_goes_from_its_alarm_to_the_evidence(folder, davy):
    hook = Hook()
    daemon = Daemon(davy, folder, SITE.format(port=hook.port)).start()
    assert daemon.write("WS speed=4,from=225,sun=500") == (204, b"")
    assert daemon.write("T-101 pressure=6.8") == (204, b"")
    assert daemon.write("T-101 pressure=3.5") == (204, b"")
    eventually(lambda: daemon.get("/api/v1/zones")["zones"], "the scenario has begun")
    eventually(lambda: daemon.get("/api/v1/zones")["zones"][0].get("zones"), "its zones")
    alarm = next(a for a in daemon.alarms() if a["key"] == "T-101/pressure:lolo")

    number = post(daemon, "/api/v1/incidents",
                  {"name": "T-101 leaks", "alarms": [alarm["id"]], "asset": "T-101", "at": [120, 40],
                   "scenario": "T-101-leak"})["id"]
    event(daemon, number, {"type": "impact", "scenario": "T-101-leak"})
    event(daemon, number, {"type": "person", "name": "Li Wei", "state": "missing"})
    event(daemon, number, {"type": "task", "what": "search", "resources": ["engine-1"], "due": "2026-01-01T00:00:00Z"})
    event(daemon, number, {"type": "publish", "message": "Alert", "text": "Shut doors and windows."})
    eventually(lambda: alerts(hook), "the alert has arrived")
    assert "<status>Actual</status>" in alerts(hook)[0] and "<polygon>30.6" in alerts(hook)[0], alerts(hook)[0]
    event(daemon, number, {"type": "close", "text": "x"}, 409)

    before = daemon.get(f"/api/v1/incidents/{number}")
    daemon.kill()
    daemon.start()
    assert daemon.get(f"/api/v1/incidents/{number}") == before
    event(daemon, number, {"type": "publish", "message": "Cancel"})
    eventually(lambda: any("<msgType>Cancel" in text for text in alerts(hook)), "the end has arrived")
    # What a kill left in doubt may come twice, and always as the same alert.
    identifiers = [re.search("<identifier>(.*?)</identifier>", text)[1] for text in alerts(hook)]
    assert len(set(identifiers)) == 2, identifiers

    path = export(daemon, folder, number)
    found = json.loads(daemon.cli("verify", path, "--json"))
    assert found["intact"] and found["given"] == 0 and found["missing"] == 0, found
    # The one that was attached, and what davy computed for itself in that time.
    assert found["impacts"] >= 2 and found["events"] == 6, found
    text = open(path, encoding="utf-8").read()
    evidence = json.loads(text)["payload"]
    assert evidence["response"]["late"] == 1, evidence["response"]
    kinds = {record["kind"] for record in evidence["records"]}
    assert kinds == {1, 5, 6}, kinds
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace("Li Wei", "Li Wen"))
    assert "did not sign it" in daemon.cli("verify", path, code=65)


def a_drill_says_so_everywhere(folder, davy):
    hook = Hook()
    daemon = Daemon(davy, folder, SITE.format(port=hook.port)).start()
    number = post(daemon, "/api/v1/incidents", {"name": "drill of T-101", "drill": True})["id"]
    event(daemon, number, {"type": "impact", "order": ORDER})
    event(daemon, number, {"type": "publish", "message": "Alert"})
    eventually(lambda: alerts(hook), "the alert has arrived")
    assert "<status>Exercise</status>" in alerts(hook)[0], alerts(hook)[0]
    status, page = daemon.call("GET", f"/api/v1/incidents/{number}/forms/201")
    assert status == 200 and b"EXERCISE" in page and b"<polygon" in page
    event(daemon, number, {"type": "impact", "order": "scenario: {name: x}"}, 400)
    # a chemical that is none must not take the place of an impact that has zones
    answer = event(daemon, number, {"type": "impact", "order": ORDER.replace("T-101,", "T-101, chemical: hexane,")}, 400)
    assert "n-Hexane" in answer["detail"], answer
    text = daemon.cli("incidents", "list", "--data", daemon.data)
    assert "EXERCISE" in text and "drill of T-101" in text, text
    text = daemon.cli("verify", export(daemon, folder, number))
    assert "EXERCISE drill of T-101" in text and "1 impacts were computed again" in text, text


run([an_incident_goes_from_its_alarm_to_the_evidence, a_drill_says_so_everywhere], sys.argv[1])
