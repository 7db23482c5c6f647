# SPDX-License-Identifier: Apache-2.0
"""The kit can fail: a server that answers every question with an empty object passes hardly any check."""
import http.server
import os
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))


class Yes(http.server.BaseHTTPRequestHandler):
    """Says yes to everything."""

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_POST = do_GET

    def log_message(self, *_):
        pass


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Yes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    parts = ["health", "metadata", "infer", "errors"]
    told = subprocess.run([sys.executable, os.path.join(HERE, "kit.py"), url, *(f"--only={part}" for part in parts)],
                          capture_output=True, text=True, check=False)
    lines = [line for line in told.stdout.splitlines() if line.startswith(("ok", "not ok"))]
    passed = [line for line in lines if line.startswith("ok") and "# SKIP" not in line]
    print("1..2")
    print("ok 1" if told.returncode == 1 else "not ok 1", "- the kit ends with 1")
    # Live, ready, model and version ready are all that an empty object answers rightly.
    print("ok 2" if len(passed) == 4 and len(lines) > 35 else "not ok 2", "- only readiness passes")
    print(*("# " + line for line in passed), sep="\n")
    server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
