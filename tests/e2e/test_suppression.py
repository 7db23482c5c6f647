# SPDX-License-Identifier: Apache-2.0
"""Suppression by design on the running program: over the value of a signal, and over another alarm's condition."""
import json
import sys
import time

from harness import Daemon, eventually, run
from receivers import Hook

SITE = """
site: {{name: Suppression}}
assets:
  - name: P-301
    signals:
      - {{name: current, unit: A, deadline: {deadline}}}
      - {{name: flow, unit: kg/h, limits: {{lo: 10}}}}
  - name: T-101
    signals:
      - {{name: level, unit: "%", limits: {{hi: 90}}, deadline: 1h}}
      - {{name: pressure, unit: kPa, limits: {{hi: 1000}}, priority: high}}
alarms:
  - {{match: ["P-301/flow:lo"], suppress_when: "P-301/current < 0.2"}}
  - {{match: ["T-101/pressure:hi"], suppress_when: "T-101/level:hi"}}
receivers:
  - {{name: hook, kind: webhook, url: "http://127.0.0.1:{port}/"}}
routes:
  - {{to: [hook]}}
"""
LO = "P-301/flow:lo"
HI = "T-101/pressure:hi"


def alarm(daemon, key):
    return next(alarm for alarm in daemon.alarms("all") if alarm["key"] == key)


def reaches(daemon, key, state, active):
    def holds():
        found = alarm(daemon, key)
        return found if (found["state"], found["active"]) == (state, active) else None
    return eventually(holds, f"{key} is {state}, {'active' if active else 'not active'}")


def moves(daemon, key):
    return [move["transition"] for move in
            daemon.get(f"/api/v1/alarms/history?from=0&to={2 * time.time_ns()}")["transitions"] if move["key"] == key]


def figures(daemon):
    return daemon.get("/api/v1/alarms/kpi")["positions"][0]


def unauthorised(daemon):
    return next(f["value"] for f in figures(daemon)["figures"] if f["name"] == "unauthorised_suppression")


def told(hook, key):
    """What the receiver was told of an alarm."""
    return [message["type"] for message in hook.alarms() if message["data"]["key"] == key]


def a_signal_suppresses_and_only_while_it_is_known(folder, davy):
    hook = Hook()
    daemon = Daemon(davy, folder, SITE.format(deadline="3s", port=hook.port)).start()
    daemon.write("P-301 flow=5")  # nothing is known of the current
    reaches(daemon, LO, "unacknowledged", True)
    daemon.write("P-301 current=0.1")
    found = reaches(daemon, LO, "suppressed", True)
    assert found["suppressed_by"] == "P-301/current < 0.2" and found["evaluated"] == "unacknowledged", found
    reaches(daemon, LO, "unacknowledged", True)  # the current has grown older than its deadline
    daemon.write("P-301 current=0.1")
    reaches(daemon, LO, "suppressed", True)
    daemon.write("P-301 current=12")
    found = reaches(daemon, LO, "unacknowledged", True)
    assert found["suppressed_by"] is None, found
    assert moves(daemon, LO) == ["raised", "suppressed", "unsuppressed", "suppressed", "unsuppressed"], moves(daemon, LO)
    assert daemon.stop() == 0
    hook.stop()


def what_is_suppressed_is_kept_counted_listed_and_comes_back(folder, davy):
    hook = Hook()
    daemon = Daemon(davy, folder, SITE.format(deadline="1h", port=hook.port)).start()
    daemon.write("T-101 level=95,pressure=900")
    reaches(daemon, HI, "suppressed", False)
    daemon.write("T-101 pressure=1100")
    reaches(daemon, HI, "suppressed", True)
    daemon.write("T-101 pressure=900")
    reaches(daemon, HI, "suppressed", False)
    daemon.write("T-101 pressure=1200")
    found = reaches(daemon, HI, "suppressed", True)
    assert found["occurrences"] == 2 and found["evaluated"] == "unacknowledged", found
    assert [(one["key"], one["state"]) for one in daemon.alarms()] == [("T-101/level:hi", "unacknowledged"),
                                                                       (HI, "suppressed")], "behind what calls"
    page = json.loads(daemon.cli("handover", "--json", "--data", daemon.data))
    assert [one["key"] for one in page["suppressed"]["alarms"]] == [HI], page
    eventually(lambda: figures(daemon)["now"]["suppressed"] == 1, "the figures count it")
    assert unauthorised(daemon) == 0, "the site says so: somebody stands for it"

    daemon.kill()
    daemon.start()
    found = reaches(daemon, HI, "suppressed", True)
    assert found["suppressed_by"] == "T-101/level:hi" and found["occurrences"] == 2, found
    eventually(lambda: daemon.call("GET", "/api/v1/alarms/kpi")[0] == 200, "the records are read")
    assert figures(daemon)["now"]["suppressed"] == 1 and unauthorised(daemon) == 0, figures(daemon)
    assert told(hook, HI) == [], "it was normal when it was suppressed, and nobody is told of an occurrence"

    daemon.write("T-101 level=50")
    reaches(daemon, HI, "unacknowledged", True)
    assert daemon.alarms()[0]["key"] == HI, "it calls for a person"
    eventually(lambda: told(hook, HI) == ["alarm.unsuppressed"], "it is told now")
    assert next(message for message in hook.alarms() if message["type"] == "alarm.unsuppressed")["data"]["active"]
    assert moves(daemon, HI) == ["suppressed", "raised", "returned", "raised", "unsuppressed"], moves(daemon, HI)
    eventually(lambda: figures(daemon)["now"]["suppressed"] == 0, "the figures count it no longer")
    assert unauthorised(daemon) == 0
    assert daemon.stop() == 0
    hook.stop()


OWN = """
site: {{name: Own}}
assets:
  - {{name: T-101, signals: [{{name: level, unit: "%", shift: 3}}]}}
alarms:
  - {{match: ["**"], priority: low}}
  - match: ["davy:*"]
    department: it
    shelve_max: 1h
    actions: [Call the control system's engineer]
  - {{match: ["davy:prooftest"], priority: critical}}
receivers:
  - {{name: hook, kind: webhook, url: "http://127.0.0.1:{port}/"}}
routes:
  - {{to: [hook], departments: [it], priority: critical}}
"""


def davys_own_alarms_have_rules_and_cannot_be_silenced_without_end(folder, davy):
    hook = Hook()
    daemon = Daemon(davy, folder, OWN.format(port=hook.port)).start()
    found = eventually(lambda: {one["key"]: one["priority"] for one in daemon.alarms("all")}, "the alarms are known")
    assert found["davy:store"] == "critical" and found["davy:damage"] == "medium", "'**' is the plant's"
    daemon.cli("prooftest", "T-101/level:shift", "--data", daemon.data, code=69)  # it has learnt nothing yet
    message = eventually(lambda: next((one for one in hook.alarms() if one["type"] == "alarm.raised"), None),
                         "the route of its department is taken")["data"]
    assert (message["key"], message["priority"], message["department"]) == ("davy:prooftest", "critical", "it"), message
    assert message["actions"] == ["Call the control system's engineer"], message
    words = [str(message["id"]), "--data", daemon.data]
    assert "12h" not in daemon.cli("alarms", "shelve", *words, "--for", "2h", code=65)
    assert "needs an end" in daemon.cli("alarms", "out-of-service", *words, "--reason", "work", code=65)
    daemon.cli("alarms", "out-of-service", *words, "--reason", "work", "--for", "1h")
    assert alarm(daemon, "davy:prooftest")["out_until"], "it comes back by itself"
    assert daemon.stop() == 0
    hook.stop()


run([a_signal_suppresses_and_only_while_it_is_known, what_is_suppressed_is_kept_counted_listed_and_comes_back,
     davys_own_alarms_have_rules_and_cannot_be_silenced_without_end], sys.argv[1])
