# SPDX-License-Identifier: Apache-2.0
"""Boxes of a detector in place of its numbers: davy's extension `boxes`, an output's parameter {"boxes": true}.

The model `boxes` gives back what it is given, [1, 6, K]: centre, size and the scores of two classes, in pixels of 640 x 640.
Boxes and picks are those of ONNX's test_nonmaxsuppression_center_point_box_format, a hundred times as large and moved.
"""
import struct

from wire import tensor

EXTENSION = "boxes"
Y, SCORES = [50, 60, 40, 250, 260, 550], [0.9, 0.75, 0.6, 0.95, 0.5, 0.3]
COLUMNS = [[50] * 6, Y, [100] * 6, [100] * 6, SCORES, [0.1] * 6]
WANTED = [{"name": "OUTPUT0", "parameters": {"boxes": True}}]


def ask(server, columns):
    data = [number for column in columns for number in column]
    given = tensor("INPUT0", "FP32", [1, 6, len(columns[0])], data)
    return server.wire.infer("boxes", {"inputs": [given], "outputs": WANTED})


def picks(server):
    """EXT: of boxes of one class that overlap the surest is kept, in the order of the scores"""
    server.needs(EXTENSION)
    answer = ask(server, COLUMNS)
    assert answer.status == 200, answer.body
    ends = answer.output("OUTPUT0.boxes")
    assert ends["shape"] == [3, 4], ends
    assert ends["data"] == [0, 200, 100, 300, 0, 0, 100, 100, 0, 500, 100, 600], ends
    assert [round(score, 6) for score in answer.output("OUTPUT0.score")["data"]] == [0.95, 0.9, 0.3]
    assert answer.output("OUTPUT0.label")["data"] == ["0"] * 3 and answer.output("OUTPUT0.sample")["data"] == [0] * 3


def classes(server):
    """EXT: a box of another class stays where it is"""
    server.needs(EXTENSION)
    scores = [[0.9, 0.1, 0, 0, 0, 0], [0, 0.8, 0, 0, 0, 0]]
    answer = ask(server, COLUMNS[:4] + scores)
    assert answer.output("OUTPUT0.label")["data"] == ["0", "1"], answer.body


def none(server):
    """EXT: without a box above the threshold the tensors are empty"""
    server.needs(EXTENSION)
    answer = ask(server, COLUMNS[:4] + [[0.1] * 6] * 2)
    assert answer.status == 200 and answer.output("OUTPUT0.boxes")["shape"] == [0, 4], answer.body


def broken(server):
    """EXT: numbers that are none and scores that are no probabilities are an error"""
    server.needs(EXTENSION)
    for wrong in (None, -1, 7.5):
        answer = ask(server, COLUMNS[:4] + [[wrong] + SCORES[1:], [0.1] * 6])
        assert answer.status >= 400 and "box 0" in answer.json["error"], (wrong, answer.body)
    answer = ask(server, [[None] + [50] * 5] + COLUMNS[1:])
    assert answer.status >= 400 and "box 0" in answer.json["error"], answer.body


def million(server):
    """EXT: a million boxes are answered as three are"""
    server.needs(EXTENSION)
    count = 1_000_000
    columns = [struct.pack("<6f", *column) + struct.pack("<f", fill) * (count - 6)
               for column, fill in zip(COLUMNS, (50, 50, 100, 100, 0.26, 0.1))]
    request = {"inputs": [tensor("INPUT0", "FP32", [1, 6, count], binary_data_size=24 * count)], "outputs": WANTED}
    answer = server.wire.infer("boxes", request, blobs=b"".join(columns))
    assert answer.status == 200 and answer.output("OUTPUT0.boxes")["shape"] == [3, 4], answer.body[:300]
    assert server.wire.is_live()


CHECKS = [picks, classes, none, broken, million]
