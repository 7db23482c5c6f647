# SPDX-License-Identifier: Apache-2.0
"""The command and HTTP contracts, by the letter: what scripts of others rely on."""
import csv
import gzip
import http.client
import json
import os
import random
import subprocess
import sys
import time

from harness import Daemon, eventually, run

# As the documentation writes a site, with peers that are not there.
ABSENT = """
site: {name: Harbour Chemical Park, location: [30.657, 104.066], timezone: Asia/Shanghai}
sources:
  - {name: plc-1, kind: modbus, address: "tcp://127.0.0.1:1", poll: 200ms}
  - {name: field, kind: mqtt, address: "mqtt://127.0.0.1:2", topics: ["plant/#"]}
assets:
  - name: T-101
    kind: tank
    at: [120, 40]                    # metres east, north of the site's origin
    holds: {chemical: chlorine, amount: 20 t}
    signals:
      - {name: pressure, unit: kPa, from: {source: plc-1, register: holding 0, type: float32},
         range: [0, 1600], limits: {hihi: 1200, hi: 1000}, deadband: 2%, on_delay: 2s, deadline: 1s}
detectors:
  - {name: T-101-health, model: t101@champion, signals: [T-101/*], budget: 1/week, priority: high}
resources:
  - {name: fire-engine-1, type: foam engine, at: [400, 10], crew: 6}
"""

PUSHED = """
site: {name: Pushed}
sources:
  - {name: push, kind: lines}
assets:
  - name: T-101
    kind: tank
    signals:
      - {name: pressure, unit: kPa, from: {source: push}, limits: {hihi: 1200, hi: 1000}}
      - {name: level, unit: m, from: {source: push}}
"""


def call(davy, *arguments, code=0):
    result = subprocess.run([davy, *arguments], capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == code, (arguments, result.returncode, result.stdout, result.stderr)
    return result.stdout if code == 0 else result.stderr


def plant_rows(count, seed, fault_from=None):
    """Three signals of which two hang together, a constant, a text and a label."""
    chance = random.Random(seed)
    for row in range(count):
        state = chance.gauss(0, 1)
        faulty = fault_from is not None and row >= fault_from
        yield [f"{state + chance.gauss(0, .1):.4f}", f"{2 * state + chance.gauss(0, .1) + (3 if faulty else 0):.4f}",
               f"{chance.gauss(5, 1):.4f}", "7", "on" if row % 3 else "off", "1" if faulty else "0"]


HEADER = ["a", "b", "c", "constant", "mode", "label"]


def write_csv(folder, name, rows, header=None, delimiter=","):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(header or HEADER)
        writer.writerows(rows)
    return path


def read_answers(path):
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    return lines[0], [line.split(",") for line in lines[1:]]


def rows_without_time_are_independent_samples(folder, davy):
    models = os.path.join(folder, "models")
    rows = list(plant_rows(600, seed=2, fault_from=400))
    history = write_csv(folder, "history.csv", plant_rows(3000, seed=1), delimiter=";")
    told = call(davy, "train", "t101", "--model", "auto", "--task", "anomaly", "--csv", history, "--label", "label",
                "--budget", "1/day", "--models", models)
    assert "each is judged by itself" in told and "86,400 rows" in told, told
    shuffled = list(range(len(rows)))
    random.Random(3).shuffle(shuffled)
    straight, mixed = os.path.join(folder, "straight.csv"), os.path.join(folder, "mixed.csv")
    call(davy, "infer", "t101", "--csv", write_csv(folder, "rows.csv", rows), "--models", models, "--out", straight)
    call(davy, "infer", "t101", "--csv", write_csv(folder, "shuffled.csv", [rows[i] for i in shuffled]),
         "--models", models, "--out", mixed)
    header, one = read_answers(straight)
    other = read_answers(mixed)[1]
    assert header == "time,score,limit,verdict" and len(one) == len(rows)
    assert [answer[0] for answer in one] == [str(number) for number in range(1, len(rows) + 1)]
    assert {answer[3] for answer in one} == {"normal", "alarm"}, "no row needs those before it"
    for place, row in enumerate(shuffled):
        assert other[place][1:] == one[row][1:], "a row's score is its own"


def answers_stand_in_the_order_of_the_rows(folder, davy):
    models, answers = os.path.join(folder, "models"), os.path.join(folder, "answers.csv")
    header = ["unit", *HEADER]
    history = write_csv(folder, "history.csv", (["north", *row] for row in plant_rows(2000, seed=1)), header)
    units = ["north", "south, old"]
    live = write_csv(folder, "live.csv", ([units[i % 2], *row] for i, row in enumerate(plant_rows(100, seed=2))), header)
    call(davy, "train", "t101", "--csv", history, "--label", "label", "--group", "unit", "--models", models)
    call(davy, "infer", "t101", "--csv", live, "--label", "label", "--group", "unit", "--models", models, "--out", answers)
    with open(answers, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["unit", "time", "score", "limit", "verdict"], rows[0]
    assert [row[:2] for row in rows[1:]] == [[units[i % 2], str(i + 1)] for i in range(100)]


def the_same_seed_gives_the_same_bits(folder, davy):
    models = os.path.join(folder, "models")
    history = write_csv(folder, "history.csv", plant_rows(2000, seed=1))
    for _ in range(2):
        call(davy, "train", "t101", "--csv", history, "--label", "label", "--seed", "7", "--models", models)
    files = []
    for version in ("1", "2"):
        with open(os.path.join(models, "t101", version, "model.onnx"), "rb") as file:
            files.append(file.read())
    assert files[0] == files[1]


def a_model_is_named_or_is_a_path(folder, davy):
    models = os.path.join(folder, "models")
    history = write_csv(folder, "history.csv", plant_rows(2000, seed=1))
    live = write_csv(folder, "live.csv", ([*row[:5], "extra"] for row in plant_rows(50, seed=2)),
                     ["a", "b", "c", "constant", "mode", "remark"])
    call(davy, "train", "t101", "--csv", history, "--label", "label", "--models", models)
    path = os.path.join(models, "t101", "1", "model.onnx")
    by_name = call(davy, "infer", "t101", "--csv", live, "--label", "label", "--models", models)
    assert by_name == call(davy, "infer", path, "--csv", live)
    assert by_name == call(davy, "infer", "t101@champion", "--csv", live, "--models", models)
    assert "cannot read" in call(davy, "infer", "nowhere.onnx", "--csv", live, code=66)
    foreign = os.path.join(folder, "foreign.onnx")
    with open(foreign, "wb") as file:
        file.write(b"\x08\x07")
    assert "model.json" in call(davy, "infer", foreign, "--csv", live, code=69)
    less = write_csv(folder, "less.csv", [["1", "2"]], ["a", "b"])
    assert "no column 'c'" in call(davy, "infer", "t101", "--csv", less, "--models", models, code=65)


def an_evaluation_leaves_a_page(folder, davy):
    models, page = os.path.join(folder, "models"), os.path.join(folder, "page.html")
    history = write_csv(folder, "history.csv", plant_rows(2000, seed=1))
    live = write_csv(folder, "live.csv", plant_rows(600, seed=2, fault_from=400))
    call(davy, "train", "t101", "--csv", history, "--label", "label", "--models", models)
    found = json.loads(call(davy, "evaluate", "t101", "--csv", live, "--label", "label", "--report", page, "--json",
                            "--models", models))
    assert found["rows"] == 600 and found["faulty"] == 200, found
    with open(page, encoding="utf-8") as file:
        text = file.read()
    assert "t101 version 1" in text and "<svg" in text and f"{found['model']['auc_roc']:.3f}" in text
    assert "no file has labels" in call(davy, "evaluate", "t101", "--csv", live, "--label", "lable", "--models",
                                        models, code=65)


def a_site_whose_peers_are_absent_runs_and_says_so(folder, davy):
    daemon = Daemon(davy, folder, ABSENT).start()
    assert os.stat(daemon.key_file).st_mode & 0o777 == 0o600
    wanted = {"T-101/pressure", "T-101-health", "plc-1", "field"}
    eventually(lambda: wanted <= {alarm.get("signal") or alarm.get("detector") or alarm.get("source")
                                  for alarm in daemon.alarms()}, "silence, detector and both sources are alarms")
    assert {source["state"] for source in daemon.get("/api/v1/sources")["sources"]} <= {"lost", "connecting"}
    assert daemon.stop() == 0
    assert "returned" not in daemon.log_text(), "a daemon that stops has not found the peers"


def telegraf_writes_as_it_is(folder, davy):
    daemon = Daemon(davy, folder, PUSHED).start()
    now = time.time_ns() // 10**9
    headers = {"Authorization": "Token " + daemon.key, "Content-Type": "text/plain; charset=utf-8",
               "User-Agent": "Telegraf/1.33", "Content-Encoding": "gzip"}
    for number, (precision, unit) in enumerate((("ns", 10**9), ("us", 10**6), ("ms", 10**3), ("s", 1))):
        body = gzip.compress(f"T-101,host=a pressure={900 + number},level=2i {(now - 9 + number) * unit}\n".encode())
        path = f"/api/v2/write?org=&bucket=&precision={precision}"
        assert daemon.call("POST", path, body, headers=headers) == (204, b""), precision
    found = daemon.get(f"/api/v1/samples?signals=T-101/*&from={now - 60}&to={now + 60}")["signals"]
    assert [item["signal"] for item in found] == ["T-101/level", "T-101/pressure"]
    assert found[1]["times"] == [(now - 9 + number) * 10**9 for number in range(4)]
    assert found[1]["values"] == [900, 901, 902, 903] and found[1]["quality"] == [0, 0, 0, 0]


def a_broken_line_is_told_with_its_number(folder, davy):
    daemon = Daemon(davy, folder, PUSHED).start()
    fine = f"T-101 level=1 {time.time_ns()}\n".encode()
    late = f"T-101 level=1 {time.time_ns() + 3 * 86400 * 10**9}\n".encode()
    for bad, word in ((b"T-101 level=\n", "no value"), (b"T-\xff\xfe level=1\n", "UTF-8"), (b"T-101 \0level=1\n", "zero byte")):
        status, body = daemon.call("POST", "/api/v2/write", fine + bad + fine)
        told = json.loads(body)
        assert status == 400 and told["line"] == 2 and word in told["message"], told
    for bad, word in ((b"T-9 x=1\n", "unknown signal"), (late, "future"), (b"T-101 level=NaN\n", "finite"),
                      (b"T-101 level=-inf\n", "finite"), (b"T-101 level=" + b"1" * 5000 + b"\n", "128")):
        status, body = daemon.call("POST", "/api/v2/write", fine + bad + fine)
        told = json.loads(body)
        assert status == 400 and told["refused"] == 1 and told["kept"] == 2, told
        assert told["refusals"][0]["line"] == 2 and word in told["refusals"][0]["reason"], told


def without_a_key_only_health_and_the_console_answer(folder, davy):
    daemon = Daemon(davy, folder, PUSHED).start()

    def ask(method, path, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=30)
        connection.request(method, path, headers=headers or {})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status, answer.headers

    for path in ("/", "/trend", "/health/live", "/health/ready"):
        assert ask("GET", path)[0] == 200, path
    for method, path in (("GET", "/api/v1/me"), ("GET", "/metrics"), ("GET", "/api/openapi.json"), ("GET", "/nope.js"),
                         ("GET", "/v2/models"), ("POST", "/api/v2/write"), ("GET", "/api/v1/nothing"),
                         ("HEAD", "/api/v1/alarms"), ("OPTIONS", "/api/v1/alarms")):
        status, headers = ask(method, path)
        assert status == 401 and headers["WWW-Authenticate"] == "Bearer", (method, path, status)
    key = {"Authorization": "Bearer " + daemon.key}
    assert ask("GET", "/nope.js", key)[0] == 404
    assert ask("PUT", "/nope.js", key)[0] == 405


def actions_take_a_body_however_it_is_sent(folder, davy):
    daemon = Daemon(davy, folder, PUSHED).start()
    assert daemon.write(f"T-101 pressure=1100 {time.time_ns()}")[0] == 204
    alarm = eventually(lambda: daemon.alarms("active"), "the alarm")[0]
    assert {"id", "signal", "asset", "state", "priority", "since", "reason"} <= set(alarm), alarm
    path = f"/api/v1/alarms/{alarm['id']}/"
    form, text = {"Content-Type": "application/x-www-form-urlencoded"}, {"Content-Type": "text/plain"}
    assert daemon.call("POST", path + "acknowledge")[0] == 200
    assert daemon.call("POST", path + "acknowledge", b"")[0] == 409  # it is acknowledged already
    assert daemon.call("POST", path + "comment", b'{"comment": "no type"}')[0] == 200
    assert daemon.call("POST", path + "comment", b'{"comment": "as curl -d"}', headers=form)[0] == 200
    assert daemon.call("POST", path + "comment", b'{"comment": "text"}', headers=text)[0] == 415
    assert daemon.call("POST", path + "shelve", b'{"duration": "30min"}')[0] == 200
    assert daemon.call("POST", path + "unshelve", b"{}")[0] == 200
    assert daemon.call("POST", path + "out-of-service", b'{"reason": "repair", "duration": "8h"}')[0] == 200
    assert daemon.call("POST", path + "return-to-service", b"{}")[0] == 200
    assert daemon.get(path.rstrip("/"))["state"] == "acknowledged"


run([rows_without_time_are_independent_samples, answers_stand_in_the_order_of_the_rows,
     the_same_seed_gives_the_same_bits, a_model_is_named_or_is_a_path,
     an_evaluation_leaves_a_page, a_site_whose_peers_are_absent_runs_and_says_so, telegraf_writes_as_it_is,
     a_broken_line_is_told_with_its_number, without_a_key_only_health_and_the_console_answer,
     actions_take_a_body_however_it_is_sent], sys.argv[1])
