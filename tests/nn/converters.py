# SPDX-License-Identifier: Apache-2.0
"""Models of other libraries as ONNX files, in the layouts of their usual converters.

The converters (onnxmltools, skl2onnx) are not in Debian; these few functions write the nodes, attributes and names
that they write: which class a weight names, where a Cast or a ZipMap stands, which comparison a branch has. Used by
make_ml_models.py and bench/trees.py; needs python3-onnx and python3-numpy.
"""
import json

import numpy as np
from onnx import TensorProto, ValueInfoProto, helper


class Trees:
    """Attributes of a TreeEnsembleClassifier ("class") or TreeEnsembleRegressor ("target")."""

    def __init__(self, of):
        self.of = of
        self.nodes = {name: [] for name in (
            "treeids", "nodeids", "featureids", "modes", "values", "hitrates", "truenodeids", "falsenodeids",
            "missing_value_tracks_true")}
        self.weights = {name: [] for name in ("treeids", "nodeids", "ids", "weights")}

    def branch(self, tree, node, feature, mode, value, yes, no, missing_yes):
        self._node(tree, node, feature, mode, value, yes, no, int(missing_yes))

    def leaf(self, tree, node, weights):
        """weights: {class or target: number}"""
        self._node(tree, node, 0, "LEAF", 0.0, 0, 0, 0)
        for target, weight in weights.items():
            for name, value in zip(self.weights, (tree, node, target, float(weight))):
                self.weights[name].append(value)

    def _node(self, tree, node, feature, mode, value, yes, no, missing):
        for name, one in zip(self.nodes, (tree, node, feature, mode, float(value), 1.0, yes, no, missing)):
            self.nodes[name].append(one)

    def make(self, outputs, **attributes):
        kind = "TreeEnsembleClassifier" if self.of == "class" else "TreeEnsembleRegressor"
        node = {"nodes_" + name: values for name, values in self.nodes.items()}
        node.update({f"{self.of}_{name}": values for name, values in self.weights.items()})
        node.update({name: value for name, value in attributes.items() if value is not None})
        return helper.make_node(kind, ["x"], outputs, name=kind, domain="ai.onnx.ml", **node)


def model(nodes, features, outputs, x_type=TensorProto.FLOAT, ml=3, opset=15):
    """outputs: name and element type; a ZipMap's output has no type that a runtime without maps could check."""
    infos = [helper.make_tensor_value_info(name, kind, None) if kind else _maps(name) for name, kind in outputs]
    graph = helper.make_graph(
        nodes, "model", [helper.make_tensor_value_info("x", x_type, [None, features])], infos)
    made = helper.make_model(graph, producer_name="converters.py", opset_imports=[
        helper.make_opsetid("", opset), helper.make_opsetid("ai.onnx.ml", ml)])
    made.ir_version = 8
    return made


def _maps(name):
    """A row of maps from classes to scores."""
    info = ValueInfoProto(name=name)
    info.type.sequence_type.elem_type.map_type.key_type = TensorProto.INT64
    info.type.sequence_type.elem_type.map_type.value_type.tensor_type.elem_type = TensorProto.FLOAT
    return info


def xgboost_trees(booster, of, target_of, covers=False):
    """onnxmltools: one tree after the other, x < threshold, a missing value where XGBoost sends it.

    covers: what no converter writes, nodes_hitrates as davy has them."""
    trees = Trees(of)
    for number, text in enumerate(booster.get_dump(dump_format="json", with_stats=covers)):
        todo = [json.loads(text)]
        while todo:
            node = todo.pop(0)
            if "leaf" in node:
                trees.leaf(number, node["nodeid"], {target_of(number): np.float32(node["leaf"])})
                trees.nodes["hitrates"][-1] = float(node.get("cover", 1.0))
                continue
            trees.branch(number, node["nodeid"], int(node["split"].lstrip("f")), "BRANCH_LT",
                         np.float32(node["split_condition"]), node["yes"], node["no"], node["missing"] == node["yes"])
            trees.nodes["hitrates"][-1] = float(node.get("cover", 1.0))
            todo += node["children"]
    return trees


def xgboost_regressor(booster, features, base, covers=False):
    """base: the score before the first tree, after the transform of the objective."""
    trees = xgboost_trees(booster, "target", lambda tree: 0, covers)
    return model([trees.make(["y"], n_targets=1, aggregate_function="SUM", post_transform="NONE",
                             base_values=[base])], features, [("y", TensorProto.FLOAT)])
