# SPDX-License-Identifier: Apache-2.0
"""Every datatype, in JSON and in binary, through a model that answers what it was asked.

Source: open-inference-protocol, inference_rest.md, "Tensor Data Types"; triton-inference-server, extension_binary_data.md.
FP16 and BF16 have no text in JSON.
"""
from wire import NUMBERS, Skip, pack, tensor

TEXTS = ["", "gas", "安全", 'quote " and \\']
BYTES = [b"", b"gas", b"\x01\xff\xfe", "安全".encode()]
ZEROS = [b"\x00", b"a\x00b"]


def model_of(server, datatype):
    name = "identity_" + datatype.lower()
    if server.wire.get(f"/v2/models/{name}/ready").status != 200:
        raise Skip(f"the server has no model {name}")
    return name


def flatten(data):
    return [n for item in data for n in flatten(item)] if data and isinstance(data[0], list) else data


def round_trip_json(server, datatype, values):
    name = model_of(server, datatype)
    answer = server.wire.infer(name, {"inputs": [tensor("INPUT0", datatype, [1, len(values)], values)]})
    assert answer.status == 200, answer.body
    output = answer.output("OUTPUT0")
    assert output["datatype"] == datatype and output["shape"] == [1, len(values)], output
    back = flatten(output["data"])
    # A float may be written in as few digits as name it.
    assert back == values or pack(datatype, back) == pack(datatype, values), output


def round_trip_binary(server, datatype, values):
    server.needs("binary_tensor_data")
    name, blob = model_of(server, datatype), pack(datatype, values)
    given = tensor("INPUT0", datatype, [1, len(values)], binary_data_size=len(blob))
    answer = server.wire.infer(name, {"inputs": [given], "parameters": {"binary_data_output": True}}, blobs=blob)
    assert answer.status == 200, answer.body
    assert answer.output("OUTPUT0")["blob"] == blob, answer.body


def make_json(datatype, values):
    def check(server):
        round_trip_json(server, datatype, values)
    check.__doc__ = f"MUST: {datatype} comes back from JSON as it went"
    return check


def make_binary(datatype, values):
    def check(server):
        round_trip_binary(server, datatype, values)
    check.__doc__ = f"EXT: {datatype} comes back from binary as it went"
    return check


CHECKS = [make_json(datatype, values) for datatype, (_, values) in NUMBERS.items() if datatype != "FP16"]
CHECKS += [make_json("BYTES", TEXTS)]
CHECKS += [make_binary(datatype, values) for datatype, (_, values) in NUMBERS.items()]
CHECKS += [make_binary("BYTES", BYTES)]


def zeros(server):
    """CLIENT: BYTES with zeros inside come back from binary as they went"""
    round_trip_binary(server, "BYTES", ZEROS)


CHECKS += [zeros]
