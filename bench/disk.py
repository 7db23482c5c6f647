# SPDX-License-Identifier: Apache-2.0
"""What the disk under a folder gives to everyone: the measure beside which synced figures are read."""
import os
import statistics
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
