# SPDX-License-Identifier: Apache-2.0
"""The conformance kit on a real daemon: `test_davy.py DAVY` prints the kit's TAP."""
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, os.pardir, "e2e"))
from harness import Daemon  # noqa: E402

SITE = "site: {name: Conformance, timezone: Asia/Shanghai}\nassets: []\n"


def main(davy):
    with tempfile.TemporaryDirectory() as folder:
        models = os.path.join(folder, "models")
        subprocess.run([sys.executable, os.path.join(HERE, "make_models.py"), models], check=True)
        daemon = Daemon(davy, folder, SITE)
        try:
            daemon.start("--repository", models)
            url = f"http://127.0.0.1:{daemon.port}"
            return subprocess.run([sys.executable, os.path.join(HERE, "kit.py"), url, "--key", daemon.key],
                                  check=False).returncode
        finally:
            daemon.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
