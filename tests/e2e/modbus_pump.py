# SPDX-License-Identifier: Apache-2.0
"""A pump on Modbus TCP for tests: float32 in holding registers, high word first."""
import socketserver
import struct
import threading

READ_HOLDING = 3
ILLEGAL_ADDRESS = 2


class _Request(socketserver.StreamRequestHandler):
    def handle(self):
        while header := self.rfile.read(7):
            transaction, _, length, unit = struct.unpack(">HHHB", header)
            function, first, count = struct.unpack(">BHH", self.rfile.read(length - 1))
            bytes_ = struct.pack(f">{len(self.server.values)}f", *self.server.values)
            wanted = bytes_[2 * first:2 * (first + count)]
            if function == READ_HOLDING and len(wanted) == 2 * count:
                answer = struct.pack(">BB", function, len(wanted)) + wanted
            else:
                answer = struct.pack(">BB", function | 0x80, ILLEGAL_ADDRESS)
            self.wfile.write(struct.pack(">HHHB", transaction, 0, len(answer) + 1, unit) + answer)


class Pump(socketserver.ThreadingTCPServer):
    """Answers on a free loopback port until it is closed; `values` may be set at any time."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, values):
        super().__init__(("127.0.0.1", 0), _Request)
        self.values = values
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self):
        return self.server_address[1]
