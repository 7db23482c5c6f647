# SPDX-License-Identifier: Apache-2.0
"""Proof tests that are disturbed, and those that run by themselves: each has a clear end that is kept."""
import json
import signal
import sys
import time

from harness import Daemon, eventually, free_port, run
from outside import SmallDisk, WallClock
from receivers import Hook

SITE = """
site: {name: Proof}
assets:
  - name: T-101
    signals:
      - {name: pressure, unit: kPa, limits: {hi: 1000, hihi: 1200}}
      - {name: level, unit: "%", limits: {hi: 90}}
"""

EVERYTHING = "from=0&to=4000000000"


def plant_of(signals):
    """A plant whose proof takes seconds: two conditions of each signal, a sync or more for each."""
    return "site: {name: Proof}\nassets:\n  - name: T-101\n    signals:\n" + "".join(
        f"      - {{name: s{i}, unit: kPa, limits: {{hi: 1000}}}}\n" for i in range(signals))


def order(daemon, patterns=None):
    """Begin a test; its id."""
    status, body = daemon.call("POST", "/api/v1/prooftests", body=json.dumps({"patterns": patterns} if patterns else {}),
                               headers={"Content-Type": "application/json"})
    assert status == 201, (status, body)
    return json.loads(body)["id"]


def test_of(daemon, identity):
    return daemon.get(f"/api/v1/prooftests/{identity}")


def conditions(daemon):
    return {entry["condition"]: entry for entry in daemon.get("/api/v1/prooftests")["conditions"]}


def standing(daemon, key="davy:prooftest"):
    return [alarm for alarm in daemon.alarms("active") if alarm["key"] == key]


def nothing_is_left(daemon):
    """No alarm, figure, flood, transition or sample of a test is taken for the plant's."""
    assert [alarm for alarm in daemon.alarms("active") if not alarm["key"].startswith("davy:")] == []
    history = daemon.get(f"/api/v1/alarms/history?{EVERYTHING}")["transitions"]
    assert not [entry for entry in history if "prooftest " in entry["key"]], history


def a_reload_ends_a_test_with_its_reason(folder, davy):
    daemon = Daemon(davy, folder, plant_of(300)).start()
    daemon.write("T-101 s0=5,s1=5")
    identity = order(daemon)
    eventually(lambda: test_of(daemon, identity)["passed"] > 3, "some conditions are proved")
    daemon.write_site(plant_of(299))
    daemon.process.send_signal(signal.SIGHUP)
    test = eventually(lambda: (lambda test: test["state"] != "running" and test)(test_of(daemon, identity)), "its end")
    assert test["state"] == "interrupted" and "the site has changed" in test["why"] and test["ended"], test
    assert 3 < test["passed"] < 600 and test["failed"] == 0, test
    assert len(test["items"]) == test["passed"], test
    nothing_is_left(daemon)
    assert not standing(daemon), "what was broken off says nothing of the path"
    assert "interrupted" in daemon.cli("prooftest", "list", "--data", daemon.data)
    assert "the site has changed" in daemon.cli("prooftest", "show", str(identity), "--data", daemon.data, code=69)
    assert test_of(daemon, order(daemon, "T-101/s1:*"))["id"] > identity, "the next one can begin"
    assert daemon.stop() == 0
    daemon.cli("verify", "--data", daemon.data)


def a_stop_ends_a_test_with_its_reason(folder, davy):
    daemon = Daemon(davy, folder, plant_of(300)).start()
    daemon.write("T-101 s0=5,s1=5")
    identity = order(daemon)
    eventually(lambda: test_of(daemon, identity)["passed"] > 3, "some conditions are proved")
    assert daemon.stop() == 0
    daemon.start()
    test = test_of(daemon, identity)
    assert (test["state"], test["why"]) == ("interrupted", "davy was stopped") and test["failed"] == 0, test
    nothing_is_left(daemon)
    assert not standing(daemon)
    assert daemon.stop() == 0
    daemon.cli("verify", "--data", daemon.data)


def a_source_that_is_dead_is_proved_and_stays_in_alarm(folder, davy):
    """The path behind intake works; the plant's own alarm of the source is neither hidden nor ended."""
    daemon = Daemon(davy, folder, """
site: {name: Proof}
sources:
  - {name: plc, kind: modbus, address: "tcp://127.0.0.1:%d", poll: 200ms, timeout: 200ms}
assets:
  - name: T-101
    signals:
      - {name: pressure, unit: kPa, from: {source: plc, register: holding 0, type: uint16}, limits: {hi: 1000}, deadline: 2s}
detectors:
  - {name: watch, model: nowhere, signals: ["T-101/*"]}
""" % free_port()).start()
    eventually(lambda: standing(daemon, "source plc:source"), "the loss of the source")
    test = None
    identity = order(daemon, "T-101/*,source plc:source")
    test = eventually(lambda: (lambda test: test["state"] != "running" and test)(test_of(daemon, identity)), "its end")
    assert test["state"] == "finished" and test["failed"] == 0 and test["passed"] == 4, test
    assert standing(daemon, "source plc:source"), "a test of a source ends no real alarm"
    nothing = [alarm["key"] for alarm in daemon.alarms("active")]
    assert "T-101/pressure:hi" not in nothing, nothing
    assert daemon.stop() == 0


def a_full_disk_refuses_a_test_or_breaks_it_off(folder, davy):
    with SmallDisk(folder, "48m") as disk:
        daemon = Daemon(davy, disk.path, plant_of(300)).start()
        try:
            daemon.write("T-101 s0=5,s1=5")
            identity = order(daemon)
            eventually(lambda: test_of(daemon, identity)["passed"] > 3, "some conditions are proved")

            def over():
                disk.fill()  # again: what the daemon gives back meanwhile, a log that is sealed, is no room
                test = test_of(daemon, identity)
                return test["state"] != "running" and test

            test = eventually(over, "its end", tries=2400)
            assert test["state"] == "interrupted" and test["passed"] < 600, test
            status, body = daemon.call("POST", "/api/v1/prooftests", body="{}", headers={"Content-Type": "application/json"})
            assert status == 507, (status, body)
            disk.make_room()
            eventually(lambda: daemon.write("T-101 s0=5")[0] == 204, "writes again")
            again = order(daemon, "T-101/s1:*")
            test = eventually(lambda: (lambda test: test["state"] != "running" and test)(test_of(daemon, again)), "the next")
            assert test["state"] == "finished" and test["failed"] == 0, test
            nothing_is_left(daemon)
            assert daemon.stop() == 0
        finally:
            daemon.process.kill()
            daemon.process.wait()


def ended(daemon):
    return [test for test in daemon.get("/api/v1/prooftests")["prooftests"] if test["state"] == "finished"]


def reload(daemon, site):
    daemon.write_site(site)
    daemon.process.send_signal(signal.SIGHUP)


DAY = 86400


def a_test_of_the_site_runs_by_itself_and_tells_nobody(folder, davy):
    hook = Hook()
    site = SITE + f"""
receivers: [{{name: phone, kind: webhook, url: "http://127.0.0.1:{hook.port}/hook"}}]
routes: [{{to: [phone]}}]
"""
    planned = "prooftests: [{match: [\"T-101/pressure:*\"], interval: 30d}]\n"
    with WallClock(folder, davy) as clock:
        daemon = Daemon(davy, folder, site).start()
        daemon.write("T-101 pressure=500,level=50")
        assert all(entry["due"] is None and entry["proved"] is None for entry in conditions(daemon).values())
        reload(daemon, site + planned)
        test = eventually(lambda: ended(daemon), "the test by itself")[0]
        assert test["by"] is None and test["notify"] is False and test["patterns"] == "T-101/pressure:*", test
        assert test["passed"] == test["conditions"] == 3 and test["failed"] == 0, test
        proved = conditions(daemon)
        hihi = proved["T-101/pressure:hihi"]
        assert hihi["item"]["outcome"] == "passed" and hihi["test"] == test["id"], hihi
        assert hihi["item"]["receivers"] == [{"name": "phone", "state": "not told", "confirmed_ms": None}], hihi
        assert hihi["age_s"] < 60 and not hihi["overdue"] and hihi["due"] > hihi["proved"], hihi
        assert proved["T-101/level:hi"]["due"] is None and proved["T-101/level:hi"]["item"] is None, proved
        daemon.kill()
        daemon.start()
        again = conditions(daemon)["T-101/pressure:hihi"]
        assert (again["proved"], again["due"]) == (hihi["proved"], hihi["due"]), "a restart forgets nothing"
        clock.set_step(29 * DAY)
        time.sleep(6)  # longer than it takes to look
        assert len(ended(daemon)) == 1, "it is not due"
        clock.set_step(30 * DAY + 60)
        eventually(lambda: len(ended(daemon)) == 2, "the next one")
        assert hook.messages == [] and not standing(daemon), hook.messages
        # Asked for, everybody is told, and everything says that it is an exercise.
        reload(daemon, site + planned.replace("30d", "30d, notify: true").replace("pressure:*", "level:hi"))
        eventually(lambda: len(ended(daemon)) == 3, "the drill")
        assert hook.messages and len(hook.messages) == len(hook.alarms()), hook.messages
        for message in hook.alarms():
            assert message["exercise"] is True and message["text"].startswith("PROOF TEST: "), message
        assert daemon.stop() == 0
    daemon.cli("verify", "--data", daemon.data)
    hook.stop()


def a_test_that_is_missed_is_an_alarm_until_its_time_comes_again(folder, davy):
    """The time of the day is 20 to 21 hours ahead. An hour and a half after it, nothing is begun in the middle of the
    day; at the same time on the next day it is."""
    hour = int(time.time()) // 3600 * 3600
    at = time.strftime("%H:%M", time.gmtime(hour + 21 * 3600))
    with WallClock(folder, davy) as clock:
        daemon = Daemon(davy, folder, SITE + f"prooftests: [{{match: [\"T-101/level:hi\"], interval: 1d, at: \"{at}\"}}]\n")
        daemon.start()
        daemon.write("T-101 level=50")
        due = conditions(daemon)["T-101/level:hi"]["due"]
        assert due.startswith(time.strftime("%Y-%m-%dT%H:00:00", time.gmtime(hour + 21 * 3600))), due
        assert not standing(daemon), "it is planned and not late"
        assert daemon.stop() == 0  # davy is off when it is time
        clock.set_step(22.5 * 3600)
        daemon.start()
        alarm = eventually(lambda: standing(daemon), "the alarm of a test that was missed")[0]
        assert "T-101/level:hi is overdue since" in alarm["reason"]["text"], alarm
        assert conditions(daemon)["T-101/level:hi"]["overdue"] is True
        assert "T-101/level:hi is overdue since" in daemon.cli("prooftest", "list", "--data", daemon.data)
        time.sleep(6)
        assert ended(daemon) == [], "it waits for its time"
        clock.set_step(hour + 45 * 3600 + 60 - time.time())
        eventually(lambda: ended(daemon), "the test of the next day")
        eventually(lambda: not standing(daemon), "the end of the alarm")
        assert conditions(daemon)["T-101/level:hi"]["overdue"] is False
        assert daemon.stop() == 0


def samples_of_tests_are_found_by_their_name_alone(folder, davy):
    daemon = Daemon(davy, folder, SITE).start()
    now = int(time.time())
    daemon.write("\n".join(f"T-101 pressure={500 + second % 7},level=50 {now - 120 + second}" for second in range(120)),
                 precision="s")
    daemon.cli("prooftest", "--data", daemon.data)
    for pattern in ("**", "*/*", "*/*/*,T-101/*"):
        out = daemon.cli("query", pattern, "--csv", "--data", daemon.data)
        assert "T-101/pressure" in out and "prooftest" not in out, (pattern, out)
        answer = daemon.get(f"/api/v1/samples?signals={pattern}&{EVERYTHING}")
        assert {entry["signal"] for entry in answer["signals"]} == {"T-101/pressure", "T-101/level"}, answer
    assert "prooftest/T-101/pressure,1212" in daemon.cli("query", "prooftest/**", "--csv", "--data", daemon.data)
    assert "prooftest" not in json.dumps(daemon.get("/api/v1/signals"))
    # Not in a table for training, nor in what an alarm would have been.
    shown = daemon.cli("data", "--signals", "**", "--json", "--data", daemon.data)
    assert "T-101/pressure" in shown and "prooftest" not in shown, shown
    daemon.cli("data", "--signals", "prooftest/**", "--data", daemon.data, code=66)
    proposed = daemon.site + ".proposed"
    with open(proposed, "w", encoding="utf-8") as file:
        file.write(SITE.replace("1200", "1100"))
    figures = daemon.cli("replay", "--proposed", proposed, "--site", daemon.site, "--data", daemon.data, "--from", "-10min",
                         "--json")
    assert "prooftest" not in figures, figures
    assert (json.loads(figures)["alarms"]["before"], json.loads(figures)["alarms"]["after"]) == (0, 0), figures
    # Nor in figures and floods.
    nothing_is_left(daemon)
    kpi = daemon.get("/api/v1/alarms/kpi")
    assert sum(position["alarms"] for position in kpi["positions"]) == 0, kpi
    flood = daemon.get("/api/v1/alarms/flood")
    assert "prooftest" not in json.dumps(flood), flood
    assert daemon.stop() == 0


run([a_reload_ends_a_test_with_its_reason, a_stop_ends_a_test_with_its_reason,
     a_source_that_is_dead_is_proved_and_stays_in_alarm, a_full_disk_refuses_a_test_or_breaks_it_off,
     a_test_of_the_site_runs_by_itself_and_tells_nobody, a_test_that_is_missed_is_an_alarm_until_its_time_comes_again,
     samples_of_tests_are_found_by_their_name_alone], sys.argv[1])
