# SPDX-License-Identifier: Apache-2.0
"""Packets of Modbus/TCP captures as rows of numbers, without a port or an address: those tell this capture, and not an attack."""
import struct
from collections import deque

import numpy as np
import pandas as pd

from question import Question, kinds, write

MODBUS = 502
CAPTURES = ["characterization_modbus_6RTU_with_operate", "moving_two_files_modbus_6RTU", "CnC_uploading_exe_modbus_6RTU_with_operate"]


def packets(path):
    """Time in seconds and bytes of each packet of a pcap file."""
    data = path.read_bytes()
    order = "<" if data[:4] == b"\xd4\xc3\xb2\xa1" else ">"
    at = 24
    while at < len(data):
        seconds, micros, kept, _ = struct.unpack_from(order + "4I", data, at)
        yield seconds + micros * 1e-6, data[at + 16:at + 16 + kept]
        at += 16 + kept


def read_packet(frame):
    """What a packet says of itself, and between whom it goes."""
    row = {"size": len(frame), "protocol": 0, "flags": 0, "window": 0, "payload": 0, "request": 0, "answer": 0, "unit": -1, "function": -1, "refused": 0}
    if frame[12:14] != b"\x08\x00":
        return row, frame[:12]
    at = 14 + (frame[14] & 15) * 4
    row["protocol"] = frame[23]
    if row["protocol"] != 6:
        return row, frame[26:34]
    source, target = struct.unpack_from(">2H", frame, at)
    row.update(flags=frame[at + 13], window=struct.unpack_from(">H", frame, at + 14)[0], request=int(target == MODBUS), answer=int(source == MODBUS))
    payload = frame[at + (frame[at + 12] >> 4) * 4:14 + struct.unpack_from(">H", frame, 16)[0]]
    row["payload"] = len(payload)
    if MODBUS in (source, target) and len(payload) > 7:
        row.update(unit=payload[6], function=payload[7] & 127, refused=payload[7] >> 7)
    return row, frame[26:34]


def table(data, name):
    """A row for each packet, with the time since the one before and how many passed within a second, of all and of this pair."""
    rows, recent, last = [], deque(), None
    for time, frame in packets(data / (name + ".pcap")):
        row, pair = read_packet(frame)
        recent.append((time, pair))
        while recent[0][0] < time - 1:
            recent.popleft()
        row.update(gap=time - (time if last is None else last), busy=len(recent), pair=sum(one[1] == pair for one in recent))
        last = time
        rows.append(row)
    marks = np.loadtxt(data / (name + "_labeled.csv"), delimiter=";", dtype=int)[:, 1]
    return pd.DataFrame(rows).assign(packet=np.where(marks == 1, "attack", "normal"))


def modbus(tested):
    def question(data, folder):
        tables = {name: table(data, name) for name in CAPTURES}
        train = pd.concat([made for name, made in tables.items() if not name.startswith(tested)])
        test = next(made for name, made in tables.items() if name.startswith(tested))
        share = (test["packet"] == "attack").mean()
        return Question(f"two captures to the third ({tested}), each packet, F1 of attacks and area under the precision-recall curve", "classify", "packet",
                        ["f1:attack", "macro_auc_pr", "macro_auc_roc"], [(write(folder, "train", train), write(folder, "test", test))],
                        f"none under this split; {share:.3f} of the packets are an attack's", kinds(["linear", "tree", "forest", "boost"], positive="attack"))
    return question
