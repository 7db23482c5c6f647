# SPDX-License-Identifier: Apache-2.0
"""What the disk under a folder gives to everyone: the measure beside which synced figures are read."""
import os
import statistics
import threading
import time


def tell_sync(folder):
    """Print the median and the slowest tenth of fdatasync after an append of 4 KiB."""
    times = []
    with open(os.path.join(folder, "probe"), "wb", buffering=0) as file:
        for _ in range(300):
            file.write(b"x" * 4096)
            start = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(1000 * (time.perf_counter() - start))
    times.sort()
    print(f"disk: fdatasync after an append of 4 KiB takes {statistics.median(times):.2f} ms, "
          f"one in ten more than {times[len(times) * 9 // 10]:.2f} ms")


class SyncProbe(threading.Thread):
    """Times fdatasync after an append of 4 KiB, twenty times a second, while something else is measured."""

    def __init__(self, folder):
        super().__init__(daemon=True)
        self.file = open(os.path.join(folder, "probe"), "wb", buffering=0)
        self.ending = threading.Event()
        self.times = []

    def run(self):
        while not self.ending.wait(0.05):
            self.file.write(b"x" * 4096)
            start = time.perf_counter()
            os.fdatasync(self.file.fileno())
            self.times.append(1000 * (time.perf_counter() - start))

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.join()
        self.file.close()
        self.times.sort()

    def at(self, share):
        """Milliseconds, once it has ended."""
        return self.times[int(share * len(self.times))]

    def text(self):
        return f"p50 {self.at(0.5):.1f} ms, p99 {self.at(0.99):.1f} ms"
