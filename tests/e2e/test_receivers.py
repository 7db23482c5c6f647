# SPDX-License-Identifier: Apache-2.0
"""Who is told of alarms: real receivers of every kind, and a daemon that is killed in every gap."""
import base64
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import xml.etree.ElementTree as xml

from harness import Daemon, Skip, broker, eventually, free_port, run

try:
    from receivers import Hook, Log, Subscriber, is_signed, mailbox
    MISSING = None
except ImportError as reason:  # smtpd has left Python with 3.12
    MISSING = str(reason)

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
HI = "T-1/level:hi"
SITE = """
site: {{name: harbour, title: Harbour}}
assets:
  - name: T-1
    signals:
      - {{name: level, unit: "%", limits: {{hi: 50}}, priority: high}}
      - {{name: fill, unit: "%", limits: {{hi: 50}}}}
receivers:
{receivers}
routes:
{routes}
"""


def site(receivers, routes="  - {to: [hook]}"):
    return SITE.format(receivers="\n".join("  - " + receiver for receiver in receivers), routes=routes)


def hook_line(hook, name="hook", more=""):
    return f'{{name: {name}, kind: webhook, url: "http://127.0.0.1:{hook.port}/x?token=T0KEN"{more}}}'


def need_receivers():
    if MISSING:
        raise Skip(MISSING)


def receiver_of(daemon, name):
    return next(one for one in daemon.get("/api/v1/receivers")["receivers"] if one["name"] == name)


def raise_alarm(daemon, value=90, signal_name="level"):
    status, body = daemon.write(f"T-1 {signal_name}={value}")
    assert status == 204, body


def script(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\n" + text)
    os.chmod(path, 0o755)
    return path


def every_kind_of_receiver_gets_the_alarm(folder, davy):
    need_receivers()
    hook, cap, udp, tcp = Hook(), Hook(), Log(), Log(socket.SOCK_STREAM)
    os.mkdir(os.path.join(folder, "given"))
    ran = os.path.join(folder, "given", "ran")
    local = os.path.join(folder, "log.socket")
    unix = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    unix.bind(local)
    unix.settimeout(10)
    secret = b"0123456789abcdefghijklmn"
    with open(os.path.join(folder, "hook.key"), "w", encoding="utf-8") as file:
        file.write("whsec_" + base64.b64encode(secret).decode() + "\n")
    program = script(folder, "siren", f'/bin/cat > {ran}.part && echo "$1|$HOME|$PATH|$(/bin/pwd)" >> {ran}.words && '
                                      f'/bin/mv {ran}.part {ran}\n')
    with mailbox() as box, broker(folder) as port:
        bus = Subscriber(port, "davy/alarms")
        daemon = Daemon(davy, folder, site([
            hook_line(hook, more=", secret_file: hook.key"),
            hook_line(cap, "cap", ", format: cap"),
            f'{{name: bus, kind: mqtt, address: "mqtt://127.0.0.1:{port}", topic: davy/alarms}}',
            f'{{name: mail, kind: smtp, address: "smtp://127.0.0.1:{box.port}", sender: davy@plant.example, '
            'recipients: [one@plant.example, two@plant.example]}',
            f'{{name: siren, kind: command, program: {program}, arguments: ["; rm -rf $HOME"], paths: [{folder}/given]}}',
            f'{{name: udp, kind: syslog, address: "udp://127.0.0.1:{udp.port}"}}',
            f'{{name: tcp, kind: syslog, address: "tcp://127.0.0.1:{tcp.port}"}}',
            f'{{name: local, kind: syslog, address: "unix://{local}"}}'],
            "  - {to: [hook, cap, bus, mail, siren, udp, tcp, local]}")).start()
        raise_alarm(daemon)

        eventually(lambda: hook.messages, "the webhook is called")
        headers, body = hook.messages[0]
        message = json.loads(body)
        assert is_signed(headers, body, secret), headers
        assert not is_signed(headers, body, b"another"), headers
        assert message["type"] == "alarm.raised" and message["data"]["key"] == HI, message
        assert message["data"]["reason"]["value"] == 90, message
        assert message["id"] == headers["webhook-id"], (message, headers)

        eventually(lambda: cap.messages, "the CAP alert comes")
        alert = xml.fromstring(cap.messages[0][1])
        assert alert.tag == CAP + "alert"
        assert alert.findtext(CAP + "identifier") == message["id"]
        assert alert.findtext(CAP + "status") == "Actual"
        assert alert.findtext(f"{CAP}info/{CAP}severity") == "Severe"
        assert cap.messages[0][0]["Content-Type"] == "application/cap+xml"

        eventually(lambda: bus.payloads, "the broker has it")
        assert json.loads(bus.payloads[0])["id"] == message["id"]

        eventually(lambda: box.mails, "the mail comes")
        sender, recipients, mail = box.mails[0]
        assert sender == "davy@plant.example" and recipients == ["one@plant.example", "two@plant.example"]
        assert mail["Message-ID"] == f"<{message['id']}@harbour.davy>", mail["Message-ID"]
        assert mail["Subject"].startswith("[harbour] HIGH " + HI), mail["Subject"]
        assert message["text"] in mail.get_payload(decode=True).decode()

        eventually(lambda: os.path.exists(ran), "the program runs")
        with open(ran, encoding="utf-8") as file:
            assert json.load(file)["id"] == message["id"]
        with open(ran + ".words", encoding="utf-8") as file:  # no shell, no environment, the root folder
            assert file.read().startswith("; rm -rf $HOME||"), "the program's surroundings"

        for log in (udp, tcp):
            eventually(lambda log=log: log.lines, "a line of syslog comes")
            assert log.lines[0].startswith("<131>1 20"), log.lines[0]
            assert f'id="{message["id"]}"' in log.lines[0] and HI in log.lines[0], log.lines[0]
        assert message["id"] in unix.recv(65536).decode()

        for name in ("hook", "cap", "bus", "mail", "siren", "udp", "tcp", "local"):
            eventually(lambda name=name: receiver_of(daemon, name)["confirmed"] == 1, name + " is confirmed")
            assert receiver_of(daemon, name)["waiting"] == 0
        assert daemon.stop() == 0
    hook.stop()
    cap.stop()


def a_kill_in_every_gap_loses_nothing(folder, davy):
    need_receivers()
    hook = Hook()
    daemon = Daemon(davy, folder, site([hook_line(hook)])).start()
    expected = []

    def transition(value):
        before = len(daemon.get("/api/v1/alarms/history?from=0&to=9000000000")["transitions"])
        raise_alarm(daemon, value)
        eventually(lambda: len(daemon.get("/api/v1/alarms/history?from=0&to=9000000000")["transitions"]) > before,
                   "the transition is recorded")

    # Sent, and the confirmation never comes.
    hook.code = None
    transition(90)
    eventually(lambda: hook.messages, "the message is sent")
    daemon.kill()
    assert len(hook.messages) == 1
    hook.held.set()
    hook.code = 200
    daemon.start()
    eventually(lambda: len(hook.messages) == 2, "it is sent again")
    assert hook.json(hook.messages[0])["id"] == hook.json(hook.messages[1])["id"]
    expected.append(hook.json(hook.messages[0])["id"])

    # Kept, and nobody takes it.
    hook.stop()
    transition(10)
    eventually(lambda: receiver_of(daemon, "hook")["waiting"] == 1, "the message waits")
    daemon.kill()
    again = Hook(hook.port)
    daemon.start()
    eventually(lambda: again.messages, "it is sent after the start")
    assert again.json(again.messages[0])["type"] == "alarm.returned"

    # Confirmed: not sent again.
    eventually(lambda: receiver_of(daemon, "hook")["waiting"] == 0, "it is confirmed")
    daemon.kill()
    daemon.start()
    time.sleep(0.5)
    assert len(again.messages) == 1, again.messages

    # Raised, and killed at once: what is in the records is sent, once and in order.
    for value in (90, 10) * 8:
        raise_alarm(daemon, value)
        daemon.kill()
        daemon.start()
    transition(90 if daemon.alarms("all")[0]["active"] is False else 10)
    records = daemon.get("/api/v1/alarms/history?from=0&to=9000000000")["transitions"]
    eventually(lambda: again.json(again.messages[-1])["sequence"] == records[-1]["sequence"], "all are sent")
    seen = []
    for message in map(again.json, again.messages):
        if message["id"] not in seen:
            seen.append(message["id"])
    sequences = [message["sequence"] for message in {m["id"]: m for m in map(again.json, again.messages)}.values()]
    assert sequences == [record["sequence"] for record in records[1:]], (sequences, records)
    assert sequences == sorted(sequences)
    daemon.stop()
    again.stop()


def a_receiver_that_is_stuck_delays_no_other(folder, davy):
    need_receivers()
    stuck, quick = Hook(), Hook()
    stuck.code = None
    daemon = Daemon(davy, folder, site([hook_line(stuck, "stuck"), hook_line(quick, "quick")],
                                       "  - {to: [stuck, quick]}")).start()
    for number in range(20):
        raise_alarm(daemon, 10 if number % 2 else 90)
    eventually(lambda: len(quick.messages) == 20, "the other has all")
    assert len(stuck.messages) == 1
    assert receiver_of(daemon, "stuck")["waiting"] == 20
    assert daemon.stop() == 0  # an attempt on its way does not hold up the end
    stuck.stop()
    quick.stop()


def a_drill_says_so_and_is_confirmed(folder, davy):
    need_receivers()
    hook, cap = Hook(), Hook()
    daemon = Daemon(davy, folder, site([hook_line(hook), hook_line(cap, "cap", ", format: cap"),
                                        f'{{name: dead, kind: syslog, address: "tcp://127.0.0.1:{free_port()}"}}'])).start()
    url = f"http://127.0.0.1:{daemon.port}"
    assert "hook: confirmed" in daemon.cli("alarms", "test-receiver", "hook", "--url", url)
    assert hook.json(hook.messages[0])["exercise"] is True
    daemon.cli("alarms", "test-receiver", "cap", "--url", url)
    assert xml.fromstring(cap.messages[0][1]).findtext(CAP + "status") == "Exercise"
    assert "no receiver has the name" in daemon.cli("alarms", "test-receiver", "nobody", "--url", url, code=66)
    listed = daemon.cli("alarms", "receivers", "--url", url)
    assert "hook" in listed and "http://127.0.0.1" in listed and "T0KEN" not in listed, listed
    audit = subprocess.run([davy, "verify", "--data", daemon.data], capture_output=True, text=True, check=False)
    assert audit.returncode == 0, audit
    daemon.stop()
    hook.stop()
    cap.stop()


def programs_end_in_their_time_and_confirm_by_their_exit_code(folder, davy):
    need_receivers()
    given = os.path.join(folder, "given")
    os.mkdir(given)
    count = os.path.join(given, "count")
    fails = script(folder, "fails", f'/bin/echo x >> {count}; test "$(/bin/grep -c x {count})" -ge 3\n')
    child = os.path.join(given, "child.pid")
    leaves = script(folder, "leaves", f'/bin/sleep 1000 & echo $! > {child}; exit 0\n')
    daemon = Daemon(davy, folder, site([f"{{name: fails, kind: command, program: {fails}, paths: [{given}]}}",
                                        f"{{name: leaves, kind: command, program: {leaves}, paths: [{given}]}}",
                                        "{name: none, kind: command, program: /nowhere/at/all}"],
                                       "  - {to: [fails, leaves, none]}")).start()
    raise_alarm(daemon)
    eventually(lambda: receiver_of(daemon, "fails")["confirmed"] == 1, "the third attempt is confirmed")
    assert open(count, encoding="utf-8").read() == "x\n" * 3
    eventually(lambda: receiver_of(daemon, "leaves")["confirmed"] == 1, "the program ends")
    with open(child, encoding="utf-8") as file:
        pid = int(file.read())
    eventually(lambda: not os.path.exists(f"/proc/{pid}") or "Z" in open(f"/proc/{pid}/stat", encoding="utf-8").read(),
               "what it has left is ended")
    assert "cannot be run" in receiver_of(daemon, "none")["error"]
    assert receiver_of(daemon, "none")["waiting"] == 1
    daemon.stop()


def nothing_secret_leaves_its_file(folder, davy):
    need_receivers()
    dead = free_port()
    with open(os.path.join(folder, "secret"), "w", encoding="utf-8") as file:
        file.write("S3CRET-OF-THE-TEST\n")
    os.chmod(os.path.join(folder, "secret"), stat.S_IRUSR)
    daemon = Daemon(davy, folder, site([
        f'{{name: hook, kind: webhook, url: "http://127.0.0.1:{dead}/T0KEN?k=T0KEN", secret_file: secret}}',
        f'{{name: mail, kind: smtp, address: "smtp://127.0.0.1:{dead}", sender: a@b.example, recipients: [c@d.example], '
        'username: u, password_file: secret}',
        f'{{name: bus, kind: mqtt, address: "mqtt://127.0.0.1:{dead}", topic: t, username: u, password_file: secret}}'],
        "  - {to: [hook, mail, bus]}")).start()
    raise_alarm(daemon)
    for name in ("hook", "mail", "bus"):
        eventually(lambda name=name: receiver_of(daemon, name)["error"], name + " fails")
    shown = json.dumps(daemon.get("/api/v1/receivers")) + daemon.call("GET", "/metrics")[1].decode()
    shown += json.dumps(daemon.get("/api/v1/receivers/hook/messages")) + daemon.log_text()
    daemon.stop()
    for root, _, names in os.walk(daemon.data):
        for name in names:
            with open(os.path.join(root, name), "rb") as file:
                shown += file.read().decode("latin-1")
    assert "S3CRET" not in shown and "T0KEN" not in shown


def a_reload_changes_who_is_told(folder, davy):
    need_receivers()
    hook, other = Hook(), Hook()
    daemon = Daemon(davy, folder, site([hook_line(hook)])).start()
    raise_alarm(daemon)
    eventually(lambda: len(hook.messages) == 1, "the first is told")
    daemon.write_site(site([hook_line(hook), hook_line(other, "other")],
                           "  - {to: [other], transitions: [raised]}\nheartbeat: {to: [hook], every: 1s}"))
    daemon.process.send_signal(signal.SIGHUP)
    eventually(lambda: hook.of_type("heartbeat"), "the new site is in force")
    raise_alarm(daemon, 10)
    raise_alarm(daemon, 90, "fill")
    eventually(lambda: other.alarms(), "the other is told")
    assert other.alarms()[0]["data"]["key"] == "T-1/fill:hi"
    assert hook.of_type("heartbeat")[0]["data"]["ready"] is True
    assert len(hook.alarms()) == 1
    daemon.stop()
    hook.stop()
    other.stop()


run([every_kind_of_receiver_gets_the_alarm, a_kill_in_every_gap_loses_nothing, a_receiver_that_is_stuck_delays_no_other,
     a_drill_says_so_and_is_confirmed, programs_end_in_their_time_and_confirm_by_their_exit_code,
     nothing_secret_leaves_its_file, a_reload_changes_who_is_told], os.path.abspath(sys.argv[1]))
