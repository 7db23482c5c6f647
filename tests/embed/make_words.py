#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes words.h: an ONNX file whose LabelEncoder makes numbers of words (python3-onnx)."""
from onnx import TensorProto, helper

node = helper.make_node("LabelEncoder", ["word"], ["code"], domain="ai.onnx.ml", keys_strings=["pump", "valve"],
                        values_int64s=[4, 5], default_int64=-3)
graph = helper.make_graph([node], "words", [helper.make_tensor_value_info("word", TensorProto.STRING, ["n"])],
                          [helper.make_tensor_value_info("code", TensorProto.INT64, ["n"])])
model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)])
data = list(model.SerializeToString())
print("/* SPDX-License-Identifier: Apache-2.0 */\n#pragma once\n\n/* Written by make_words.py. */\n"
      "static const unsigned char words_onnx[] = {")
for i in range(0, len(data), 16):
    print("    " + " ".join(f"0x{byte:02x}," for byte in data[i:i + 16]))
print("};")
