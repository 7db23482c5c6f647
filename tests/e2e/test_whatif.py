# SPDX-License-Identifier: Apache-2.0
"""A changed site file as a user tries it, gives a reason for it, and brings it into force."""
import json
import os
import sys
import time

from harness import Daemon, eventually, run


def site(high):
    return ("site: {name: plant}\nassets:\n"
            f"  - {{name: T-101, signals: [{{name: pressure, unit: kPa, limits: {{hi: {high}}}}}]}}\n")


def history(daemon):
    """An hour ago: 100 s of 900 kPa, but 1010 from second 20 to 24 and 1100 from second 60 to 64."""
    begin = (int(time.time()) - 3600) * 10**9

    def pressure(second):
        return 1010 if 20 <= second < 25 else 1100 if 60 <= second < 65 else 900

    lines = "\n".join(f"T-101 pressure={pressure(s)} {begin + s * 10**9}" for s in range(100))
    status, body = daemon.write(lines)
    assert status == 204, (status, body)


def proposal(folder, high):
    path = os.path.join(folder, "proposed.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(site(high))
    return path


def changes_of(daemon, what):
    return [c for c in daemon.get("/api/v1/changes")["changes"] if c["of"] == what]


def silenced(daemon):
    status, text = daemon.call("GET", "/api/v1/alarms/kpi")
    figures = json.loads(text)["positions"][0]["figures"] if status == 200 else []
    return next((f["value"] for f in figures if f["name"] == "unauthorised_suppression"), None)


def reload_site(daemon, text, what="alarms"):
    before = len(changes_of(daemon, what))
    daemon.write_site(text)
    daemon.process.send_signal(1)  # SIGHUP
    eventually(lambda: len(changes_of(daemon, what)) > before, "the change is recorded")


def a_change_is_tried_and_kept_with_its_reason(folder, davy):
    daemon = Daemon(davy, folder, site(1000)).start()
    history(daemon)
    words = ["replay", "--proposed", proposal(folder, 1050), "--site", daemon.site, "--data", daemon.data,
             "--key-file", daemon.key_file]
    answer = json.loads(daemon.cli(*words, "--json"))
    assert [c["text"] for c in answer["changes"]] == ["T-101/pressure:hi 1000 -> 1050 kPa"], answer
    assert (answer["alarms"]["before"], answer["alarms"]["after"]) == (2, 1), answer
    assert answer["samples"] == 100, answer
    text = daemon.cli(*words, "--keep", "the relief valve opens at 1080")
    assert "T-101/pressure:hi 1000 -> 1050 kPa" in text and "alarms a day" in text, text

    reload_site(daemon, site(1050))
    change = daemon.get("/api/v1/changes")["changes"][0]
    assert change["reason"] == "the relief valve opens at 1080" and not change["flagged"], change
    reload_site(daemon, site(1200))
    text = daemon.cli("alarms", "changes", "--data", daemon.data)
    lines = text.splitlines()
    assert "alarms: NO REASON" in lines[0] and lines[1].strip() == "T-101/pressure:hi 1050 -> 1200 kPa", text
    assert "file: NO REASON" in lines[2] and lines[3].strip().startswith("line 3 removed:"), text
    assert "alarms: " in lines[5] and "the relief valve opens at 1080" in lines[5], text
    assert "file: " in lines[7] and "the relief valve opens at 1080" in lines[7], text
    assert "without a reason" in daemon.log_text()


def a_change_while_davy_was_down_is_flagged_too(folder, davy):
    daemon = Daemon(davy, folder, site(1000)).start()
    history(daemon)
    daemon.stop()
    daemon.cli("replay", "--proposed", proposal(folder, 1050), "--site", daemon.site, "--data", daemon.data,
               "--keep", "kept in the folder")
    daemon.write_site(site(1050))
    daemon.start()
    assert daemon.get("/api/v1/changes")["changes"][0]["reason"] == "kept in the folder"
    daemon.stop()
    daemon.write_site(site(1060))
    daemon.start()
    changes = daemon.get("/api/v1/changes")["changes"]
    assert changes[0]["flagged"] and changes[0]["changes"] == ["T-101/pressure:hi 1050 -> 1060 kPa"], changes
    assert changes[1]["flagged"] and changes[1]["of"] == "file" and changes[1]["owner"], changes
    assert len(changes) == 6, changes


def who_switches_the_pager_off_is_found(folder, davy):
    pager = ('receivers: [{name: phone, kind: webhook, url: "http://127.0.0.1:1/x"}]\n'
             "routes: [{to: [phone], priority: low}]\nheartbeat: {to: [phone], every: 1min}\n")
    daemon = Daemon(davy, folder, site(1000) + pager).start()
    history(daemon)
    words = ["replay", "--proposed", proposal(folder, 1000), "--site", daemon.site, "--data", daemon.data,
             "--key-file", daemon.key_file]
    reload_site(daemon, site(1000), "file")
    change = changes_of(daemon, "file")[0]
    assert change["flagged"] and change["owner"] and change["reason"] is None, change
    assert [c.split(":")[0] for c in change["changes"]] == [f"line {n} removed" for n in (4, 5, 6)], change
    assert len(changes_of(daemon, "alarms")) == 1
    assert "file: NO REASON" in daemon.cli("alarms", "changes", "--data", daemon.data)
    reload_site(daemon, site(1000) + pager, "file")
    reload_site(daemon, site(1000).replace(", limits: {hi: 1000}", "") + pager)  # and the alarm itself
    eventually(lambda: silenced(daemon) == 2, "its hi and its quality: the figures count what was silenced without a reason")
    reload_site(daemon, site(1000) + pager)
    daemon.cli(*words, "--keep", "the phone is broken")
    reload_site(daemon, site(1000), "file")
    change = changes_of(daemon, "file")[0]
    assert change["reason"] == "the phone is broken" and not change["flagged"], change


def labelled_events_and_wrong_words(folder, davy):
    daemon = Daemon(davy, folder, site(1000)).start()
    history(daemon)
    events = os.path.join(folder, "events.csv")
    begin = int(time.time()) - 3600
    with open(events, "w", encoding="utf-8") as file:
        file.write(f"from,to,name\n{begin - 60},{begin + 50},first\n{begin + 52},{begin + 120},second\n")
    words = ["replay", "--site", daemon.site, "--data", daemon.data]
    text = daemon.cli(*words, "--proposed", proposal(folder, 1050), "--events", events)
    assert "2 events: 1 kept (0 earlier, 0 later), 1 missed, 0 gained, 0 found by neither" in text, text
    assert "changes no alarm" in daemon.cli(*words, "--proposed", proposal(folder, 1000))
    assert "--proposed FILE" in daemon.cli(*words, code=65)
    assert "--site FILE" in daemon.cli("replay", "--data", daemon.data, "--proposed", proposal(folder, 1), code=65)


def post(daemon, path, body, code):
    status, answer = daemon.call("POST", path, json.dumps(body))
    assert status == code, (path, status, answer)
    return json.loads(answer)


def ended(daemon, whatif):
    def look():
        now = daemon.get(f"/api/v1/whatif/{whatif['id']}")
        return now if now["state"] not in ("queued", "running") else None
    return eventually(look, "the what-if ends", 4000)  # of 25 ms: it gets what others leave of the machine


def a_proposal_is_tried_and_kept_over_http(folder, davy):
    daemon = Daemon(davy, folder, site(1000)).start()
    history(daemon)
    status, text = daemon.call("GET", "/api/v1/site/file")
    assert status == 200 and text.decode() == site(1000), text
    proposed = text.decode().replace("hi: 1000", "hi: 1050")
    ordered = post(daemon, "/api/v1/whatif", {"proposed": proposed, "from": "-2h", "comment": "relief valve"}, 201)
    done = ended(daemon, ordered)
    assert done["state"] == "done" and done["progress"] == 1 and done["by"] == "admin", done
    same = json.loads(daemon.cli("replay", "--proposed", proposal(folder, 1050), "--site", daemon.site,
                                 "--data", daemon.data, "--json"))
    assert done["answer"] == same and same["samples"] == 100, (done["answer"], same)
    assert sorted(os.listdir(os.path.join(daemon.data, "whatifs"))) == ["1.answer.json", "1.json", "1.proposed.yaml"]
    assert done["proposed"] == proposed

    post(daemon, "/api/v1/whatif/1/keep", {"reason": ""}, 400)
    kept = post(daemon, "/api/v1/whatif/1/keep", {"reason": "the relief valve opens at 1080"}, 200)
    assert kept["kept"]["reason"] == "the relief valve opens at 1080" and kept["kept"]["by"] == "admin", kept
    listed = daemon.get("/api/v1/whatif")["whatifs"]
    assert listed[0]["kept"] == kept["kept"] and not {"answer", "log", "proposed"} & set(listed[0]), listed
    reload_site(daemon, proposed)
    change = daemon.get("/api/v1/changes")["changes"][0]
    assert change["reason"] == "the relief valve opens at 1080" and change["by"] == "admin", change


def floods_need_the_whole_site(folder, davy):
    daemon = Daemon(davy, folder, site(1000)).start()
    history(daemon)
    part = ended(daemon, post(daemon, "/api/v1/whatif", {"proposed": site(1050)}, 201))
    assert part["answer"]["floods"] is None and not part["whole"], part
    whole = ended(daemon, post(daemon, "/api/v1/whatif", {"proposed": site(1050), "whole": True}, 201))
    assert whole["answer"]["whole"] and whole["whole"], whole
    assert whole["answer"]["floods"] == [{"position": "site", "before": {"count": 0, "seconds": 0, "peak": 2},
                                          "after": {"count": 0, "seconds": 0, "peak": 1}}], whole
    text = daemon.cli("replay", "--proposed", proposal(folder, 1050), "--site", daemon.site, "--data", daemon.data,
                      "--whole")
    assert "most in 10 min before" in text and "left out" not in text, text
    post(daemon, "/api/v1/whatif", {"proposed": site(1050), "whole": "yes"}, 400)


def answers_of_people_are_events(folder, davy):
    daemon = Daemon(davy, folder, site(1000)).start()
    begin = (int(time.time()) - 600) * 10**9
    for second, value in enumerate([900, 1010, 1010, 900, 900, 1100, 1100, 900]):
        assert daemon.write(f"T-101 pressure={value} {begin + second * 10**9}")[0] == 204
        if second in (3, 7):  # its alarm is over: it is answered
            alarm = eventually(lambda: [a for a in daemon.alarms("all") if a["occurrences"] == (second + 1) // 4
                                        and not a["active"]], "the alarm began and ended")[0]
            daemon.cli("alarms", "judge", str(alarm["id"]), "false" if second == 3 else "true",
                       "--data", daemon.data, "--key-file", daemon.key_file)
    done = ended(daemon, post(daemon, "/api/v1/whatif", {"proposed": site(1050), "label": "**"}, 201))
    assert done["state"] == "done", done
    told = done["answer"]
    assert (told["events"]["count"], told["events"]["kept"]) == (1, 1), told
    assert told["events"]["list"][0]["source"] == "answer", told
    assert told["nuisance"]["spared"] == 1 and told["nuisance"]["list"][0]["answer"] == "false", told
    text = daemon.cli("replay", "--proposed", proposal(folder, 1150), "--site", daemon.site, "--data", daemon.data,
                      "--label", "**")
    assert "1 events: 0 kept (0 earlier, 0 later), 1 missed" in text, text
    assert "1 stretches with nothing to find: 1 spared" in text, text
    none = ended(daemon, post(daemon, "/api/v1/whatif", {"proposed": site(1050), "label": "P-1/*"}, 201))
    assert none["answer"]["events"] is None and "nobody has answered" in none["answer"]["notes"][-1], none


def what_is_no_proposal_is_told_with_its_lines(folder, davy):
    daemon = Daemon(davy, folder, site(1000)).start()
    history(daemon)
    bad = ended(daemon, post(daemon, "/api/v1/whatif", {"proposed": site(1000).replace("hi:", "high:")}, 201))
    assert bad["state"] == "failed" and bad["answer"] is None, bad
    fault = bad["faults"]["faults"][0]
    assert fault["line"] == 3 and fault["path"].startswith("assets[0].signals[0].limits"), bad["faults"]
    assert bad["faults"]["file"] == "proposed" and daemon.data not in json.dumps(bad), bad
    post(daemon, "/api/v1/whatif", {}, 400)
    post(daemon, "/api/v1/whatif", {"proposed": "x", "models": "/etc"}, 400)
    post(daemon, f"/api/v1/whatif/{bad['id']}/keep", {"reason": "r"}, 409)
    post(daemon, "/api/v1/whatif/99/keep", {"reason": "r"}, 404)
    nothing = ended(daemon, post(daemon, "/api/v1/whatif", {"proposed": site(1000)}, 201))
    assert nothing["state"] == "done" and nothing["answer"]["changes"] == [], nothing
    post(daemon, f"/api/v1/whatif/{nothing['id']}/keep", {"reason": "r"}, 400)
    late = ended(daemon, post(daemon, "/api/v1/whatif", {"proposed": site(1050), "from": "yesterday"}, 201))
    assert late["state"] == "failed" and "yesterday" in late["message"], late


def what_is_in_force_is_compared_and_not_what_was_edited(folder, davy):
    daemon = Daemon(davy, folder, site(1000)).start()
    history(daemon)
    daemon.write_site(site(1020))  # and nobody loads it
    stale = ended(daemon, post(daemon, "/api/v1/whatif", {"proposed": site(1050)}, 201))
    assert stale["state"] == "failed" and "SIGHUP" in stale["message"] and stale["answer"] is None, stale


def one_is_cancelled_and_a_restart_tells_what_it_interrupted(folder, davy):
    daemon = Daemon(davy, folder, site(1000)).start()
    history(daemon)
    ordered = [post(daemon, "/api/v1/whatif", {"proposed": site(1050)}, 201) for _ in range(4)]
    status, answer = daemon.call("DELETE", f"/api/v1/whatif/{ordered[3]['id']}")
    assert status == 200 and json.loads(answer)["state"] in ("queued", "running", "cancelled"), (status, answer)
    assert ended(daemon, ordered[3])["state"] == "cancelled"
    status, _ = daemon.call("DELETE", f"/api/v1/whatif/{ordered[3]['id']}")
    assert status == 409, status
    for whatif in ordered:
        ended(daemon, whatif)
    running = post(daemon, "/api/v1/whatif", {"proposed": site(1060)}, 201)
    daemon.kill()
    daemon.start()
    after = daemon.get(f"/api/v1/whatif/{running['id']}")
    assert after["state"] in ("interrupted", "done"), after
    assert not [name for name in os.listdir(os.path.join(daemon.data, "whatifs")) if name.endswith(("current.yaml", ".csv"))]


if __name__ == "__main__":
    run([a_change_is_tried_and_kept_with_its_reason, a_change_while_davy_was_down_is_flagged_too,
         who_switches_the_pager_off_is_found,
         labelled_events_and_wrong_words, a_proposal_is_tried_and_kept_over_http,
         floods_need_the_whole_site, answers_of_people_are_events, what_is_no_proposal_is_told_with_its_lines, what_is_in_force_is_compared_and_not_what_was_edited,
         one_is_cancelled_and_a_restart_tells_what_it_interrupted], sys.argv[1])
