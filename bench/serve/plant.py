# SPDX-License-Identifier: Apache-2.0
"""A daemon on a small site for the benches of serve, on the loopback."""
import os
import re
import signal
import subprocess

SITE = """site: {name: bench}
sources:
  - {name: pushed, kind: lines}
assets:
  - name: T-1
    kind: tank
    signals:
      - {name: level, unit: '%'}
"""


def make_certificate(folder):
    """A certificate of its own for 127.0.0.1, by openssl; its file and its key's."""
    certificate, key = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "2", "-subj", "/CN=bench", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-keyout", key, "-out", certificate], check=True, stderr=subprocess.DEVNULL)
    os.chmod(key, 0o600)
    return certificate, key


class Plant:
    """`davy run`; a context manager."""

    def __init__(self, davy, folder, tls=False, cpu=None):
        site, key_file = os.path.join(folder, "site.yaml"), os.path.join(folder, "key")
        with open(site, "w", encoding="utf-8") as file:
            file.write(SITE)
        command = [davy, "run", site, "--data", os.path.join(folder, "data"), "--listen", "127.0.0.1:0",
                   "--key-file", key_file]
        if tls:
            self.certificate, private = make_certificate(folder)
            command += ["--tls-cert", self.certificate, "--tls-key", private]
        if cpu is not None:
            command = ["taskset", "-c", str(cpu), *command]
        with open(os.path.join(folder, "log"), "wb") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
        self.port = int(re.search(r":(\d+)$", self.process.stdout.readline().decode().strip()).group(1))
        with open(key_file, encoding="utf-8") as file:
            self.key = file.read().strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    def pss(self):
        """Memory of the process in KiB, shared pages in part."""
        with open(f"/proc/{self.process.pid}/smaps_rollup", encoding="ascii") as file:
            return int(re.search(r"^Pss:\s+(\d+)", file.read(), re.M).group(1))
