#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the models that the conformance kit asks: a repository in Triton's layout.

    make_models.py FOLDER

    simple               INPUT0, INPUT1 INT32 [-1, 16]; OUTPUT0 their sum, OUTPUT1 their difference; with a config.pbtxt
    oip kit+1            the same under a name that a URL must escape
    identity_<datatype>  INPUT0 [-1, -1]; OUTPUT0 the same
    boxes                INPUT0 FP32 [1, 6, -1]; OUTPUT0 the same, declared as boxes with two classes; with a config.pbtxt
    wide                 INPUT0 FP32 [1024, 1024]; OUTPUT0 [1, 1] its greatest element

The shapes of `simple` are those of the model that clients of the protocol are tested with everywhere. ONNX files of one or two
nodes need a dozen fields of protobuf, so nothing has to be installed. Source: ONNX, onnx.proto (ir_version 7, operator set 13).
"""
import pathlib
import sys

# Datatypes of the protocol and their number in TensorProto.DataType.
DATATYPES = {"FP32": 1, "UINT8": 2, "INT8": 3, "UINT16": 4, "INT16": 5, "INT32": 6, "INT64": 7, "BYTES": 8, "BOOL": 9,
             "FP16": 10, "FP64": 11, "UINT32": 12, "UINT64": 13}
ESCAPED_NAME = "oip kit+1"


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out + bytes([number]))


def field(number, value):
    """A field of protobuf: a whole number, a text, or a message that was made."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def port(name, kind, shape):
    """ValueInfoProto; a size of -1 is a name, so that it is free."""
    dims = b"".join(field(1, field(2, f"d{i}") if size < 0 else field(1, size)) for i, size in enumerate(shape))
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, dims)))


def node(operator, inputs, output):
    return b"".join(field(1, name) for name in inputs) + field(2, output) + field(4, operator)


def model(name, nodes, inputs, outputs):
    """ModelProto."""
    graph = b"".join(field(1, made) for made in nodes) + field(2, name)
    graph += b"".join(field(11, made) for made in inputs) + b"".join(field(12, made) for made in outputs)
    return field(1, 7) + field(2, "oip-kit") + field(7, graph) + field(8, field(1, "") + field(2, 13))


def simple():
    ports = [port(word, DATATYPES["INT32"], [-1, 16]) for word in ("INPUT0", "INPUT1", "OUTPUT0", "OUTPUT1")]
    return model("simple", [node("Add", ["INPUT0", "INPUT1"], "OUTPUT0"), node("Sub", ["INPUT0", "INPUT1"], "OUTPUT1")],
                 ports[:2], ports[2:])


def one_node(operator, kind, given, made):
    return model(operator, [node(operator, ["INPUT0"], "OUTPUT0")], [port("INPUT0", kind, given)],
                 [port("OUTPUT0", kind, made)])


CONFIG = """name: "simple"
platform: "onnxruntime_onnx"
max_batch_size: 8
input [ { name: "INPUT0" data_type: TYPE_INT32 dims: [ 16 ] }, { name: "INPUT1" data_type: TYPE_INT32 dims: [ 16 ] } ]
output [ { name: "OUTPUT0" data_type: TYPE_INT32 dims: [ 16 ] }, { name: "OUTPUT1" data_type: TYPE_INT32 dims: [ 16 ] } ]
"""


BOXES = """name: "boxes"
parameters { key: "davy.image" value { string_value: "input=INPUT0 size=640x640" } }
parameters { key: "davy.boxes" value { string_value: "output=OUTPUT0 overlap=0.5" } }
"""


def main(folder):
    made = {"simple": simple(), ESCAPED_NAME: simple(),
            "boxes": one_node("Identity", DATATYPES["FP32"], [1, 6, -1], [1, 6, -1]),
            "wide": one_node("ReduceMax", DATATYPES["FP32"], [1024, 1024], [1, 1])}
    for datatype, kind in DATATYPES.items():
        made["identity_" + datatype.lower()] = one_node("Identity", kind, [-1, -1], [-1, -1])
    for name, content in made.items():
        version = pathlib.Path(folder) / name / "1"
        version.mkdir(parents=True, exist_ok=True)
        (version / "model.onnx").write_bytes(content)
    for name, text in {"simple": CONFIG, "boxes": BOXES}.items():
        (pathlib.Path(folder) / name / "config.pbtxt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
