# SPDX-License-Identifier: Apache-2.0
"""Figures and floods of the alarms of a real daemon: from samples to the card, the report and its page."""
import json
import os
import sys
import time

from harness import Daemon, eventually, run

# T-1 feeds P-1, which feeds R-1.
ASSETS = [("R-1", ""), ("P-1", "downstream: [R-1], "), ("T-1", "downstream: [P-1], ")]
SIGNALS = 5


def site(desk="farm"):
    signals = ", ".join(f"{{name: s{i}, priority: low, limits: {{hi: 9}}}}" for i in range(SIGNALS))
    return ("site: {name: plant, title: The <plant>}\nassets:\n"
            + "".join(f"  - {{name: {name}, {fed}signals: [{signals}]}}\n" for name, fed in ASSETS)
            + f"positions:\n  - {{name: {desk}, title: Tank farm, assets: [\"*-1\"]}}\n")


def send(daemon, value, assets):
    now = time.time_ns()
    lines = "\n".join(f"{name} s{i}={value} {now + i}" for name in assets for i in range(SIGNALS))
    status, body = daemon.write(lines)
    assert status == 204, (status, body)


def floods(daemon):
    return daemon.get("/api/v1/alarms/flood")["floods"]


def a_flood_has_one_card_in_causal_order(folder, davy):
    daemon = Daemon(davy, folder, site()).start()
    eventually(lambda: daemon.call("GET", "/api/v1/alarms/flood")[0] == 200, "the records are read")
    assert floods(daemon) == []
    send(daemon, 10, ["R-1"])
    eventually(lambda: len(daemon.alarms()) == SIGNALS, "the reactor is in alarm")
    send(daemon, 10, ["P-1", "T-1"])
    card = eventually(lambda: (floods(daemon) or [None])[0], "the flood has a card")
    card = eventually(lambda: next((f for f in floods(daemon) if f["alarms"] == 15), None), "all alarms are in it")
    assert card["position"] == "farm" and card["title"] == "Tank farm", card
    assert card["first_out"]["asset"] == "R-1", card
    assert [alarm["asset"] for alarm in card["order"]] == ["T-1"] * 5 + ["P-1"] * 5 + ["R-1"] * 5, card
    assert card["order"][5]["text"] == "T-1 feeds it", card
    text = daemon.call("GET", "/metrics")[1].decode()
    assert 'davy_position_flood{position="farm"} 1' in text and 'davy_position_flood{position="site"} 0' in text
    daemon.kill()

    daemon.start()
    card = eventually(lambda: daemon.call("GET", "/api/v1/alarms/flood")[0] == 200 and floods(daemon),
                      "the flood is there after a kill")[0]
    assert card["alarms"] == 15 and card["first_out"]["asset"] == "R-1", card


def people_read_the_clock_of_the_site(folder, davy):
    """A day without a zone is the site's: in Shanghai 2026-01-02 begins at 16:00 UTC of the day before."""
    daemon = Daemon(davy, folder, site().replace("name: plant", "name: plant, timezone: Asia/Shanghai")).start()
    send(daemon, 10, ["R-1"])
    eventually(lambda: len(daemon.alarms()) == SIGNALS, "the reactor is in alarm")
    words = ["alarms", "report", "--data", daemon.data, "--from"]
    assert json.loads(daemon.cli(*words, "2026-01-02", "--json"))["from"] == "2026-01-01T16:00:00.000Z"
    assert json.loads(daemon.cli(*words, "2026-01-02T00:00:00Z", "--json"))["from"] == "2026-01-02T00:00:00.000Z"
    for call in (["alarms"], ["alarms", "changes"], ["alarms", "report"], ["handover"]):
        text = daemon.cli(*call, "--data", daemon.data)
        assert "+08:00" in text and "00Z" not in text, text
    assert daemon.alarms()[0]["since"].endswith("Z")


def the_report_is_printed_and_makes_a_page(folder, davy):
    daemon = Daemon(davy, folder, site()).start()
    eventually(lambda: daemon.call("GET", "/api/v1/alarms/kpi")[0] == 200, "the records are read")
    send(daemon, 10, ["R-1", "T-1"])
    eventually(lambda: len(daemon.alarms()) == 10, "ten alarms")
    eventually(lambda: sum(p["alarms"] for p in daemon.get("/api/v1/alarms/kpi")["positions"]) == 10, "ten are counted")
    page = os.path.join(folder, "report.html")
    text = daemon.cli("alarms", "report", "--data", daemon.data, "--page", page)
    assert "Tank farm (farm): 10 alarms in" in text, text
    assert "observe at least 30 days before judging" in text, text
    assert "most in any 10 minutes" in text and "T-1/s0:hi" in text, text
    with open(page, encoding="utf-8") as file:
        html = file.read()
    assert "The &lt;plant&gt;" in html and "<plant>" not in html
    for words in ("Alarm report", "报警报告", "very likely acceptable", "很可能可接受", "<svg", "T-1/s0:hi"):
        assert words in html, words
    assert "<script" not in html

    answer = json.loads(daemon.cli("alarms", "report", "--data", daemon.data, "--json", "--position", "farm",
                                   "--from", "-1d"))
    assert [position["position"] for position in answer["positions"]] == ["farm"], answer
    assert answer["positions"][0]["alarms"] == 10, answer
    error = daemon.cli("alarms", "report", "--data", daemon.data, "--position", "nobody & co", code=66)
    assert "no position 'nobody & co'" in error, error
    error = daemon.cli("alarms", "report", "--data", daemon.data, "--from", "now", "--to", "-1h", code=65)
    assert "no past in it" in error, error


def desks_that_are_cut_anew_have_their_own_figures(folder, davy):
    daemon = Daemon(davy, folder, site()).start()
    eventually(lambda: daemon.call("GET", "/api/v1/alarms/kpi")[0] == 200, "the records are read")
    send(daemon, 10, ["R-1"])
    eventually(lambda: len(daemon.alarms()) == SIGNALS, "the reactor is in alarm")
    daemon.write_site(site("desk-2"))
    daemon.process.send_signal(1)  # SIGHUP
    eventually(lambda: [p["position"] for p in daemon.get("/api/v1/alarms/kpi")["positions"]] == ["site", "desk-2"],
               "the new desk has figures")
    assert daemon.get("/api/v1/alarms/kpi?position=desk-2")["positions"][0]["alarms"] == SIGNALS


if __name__ == "__main__":
    run([a_flood_has_one_card_in_causal_order, people_read_the_clock_of_the_site, the_report_is_printed_and_makes_a_page,
         desks_that_are_cut_anew_have_their_own_figures], sys.argv[1])
