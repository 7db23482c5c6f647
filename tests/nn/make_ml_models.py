#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/nn/ml/: models of scikit-learn, XGBoost and LightGBM as their converters lay them out, a few rows, and what ONNX
Runtime says of them.

    tests/nn/make_ml_models.py FOLDER NODE_MODULES

NODE_MODULES is a folder with onnxruntime-node. Needs Debian's python3-sklearn (1.2.1), python3-xgboost (1.7.4) and
python3-onnx (1.12). Every model is also compared with the library that trained it, so that the layout itself is right;
a model that is further from it than 1e-4 is not written.
"""
import json
import pathlib
import subprocess
import sys
import warnings

import numpy as np
import onnx
import xgboost
from onnx import TensorProto, helper, numpy_helper
from sklearn import datasets, ensemble, linear_model, svm

import converters as c

RUN = """
const fs = require('fs'), ort = require(process.argv[2] + '/onnxruntime-node');
(async () => {
  const session = await ort.InferenceSession.create(process.argv[3]);
  const feeds = {};
  for (const [name, t] of Object.entries(JSON.parse(fs.readFileSync(process.argv[4]))))
    feeds[name] = new ort.Tensor(t.type, t.type === 'int64' ? t.data.map(BigInt) :
                                 t.type === 'float32' ? t.data.map(x => x === null ? NaN : x) : t.data, t.dims);
  const out = await session.run(feeds);
  console.log(JSON.stringify(session.outputNames.map(name => ({name, type: out[name].type, dims: out[name].dims,
    data: Array.from(out[name].data, x => typeof x === 'bigint' ? Number(x) : Number.isNaN(x) ? null : x)}))));
})();
"""
TYPES = {"float32": np.float32, "int64": np.int64, "string": object}


def ask_runtime(modules, model, feeds):
    """What ONNX Runtime gives, by name; a ZipMap, whose map its JavaScript cannot hold, is taken off before."""
    plain = onnx.ModelProto.FromString(model.SerializeToString())
    maps = [node for node in plain.graph.node if node.op_type == "ZipMap"]
    for node in maps:
        plain.graph.node.remove(node)
        for info in plain.graph.output:
            if info.name == node.output[0]:
                info.CopyFrom(helper.make_tensor_value_info(node.input[0], TensorProto.FLOAT, None))
    pathlib.Path("/tmp/ml_model.onnx").write_bytes(plain.SerializeToString())
    pathlib.Path("/tmp/ml_feeds.json").write_text(json.dumps({name: {
        "type": {"f": "float32", "i": "int64"}.get(x.dtype.kind, "string"), "dims": x.shape,
        "data": [None if isinstance(v, float) and np.isnan(v) else v for v in x.ravel().tolist()]}
        for name, x in feeds.items()}))
    told = json.loads(subprocess.run(["node", "-e", RUN, "-", modules, "/tmp/ml_model.onnx", "/tmp/ml_feeds.json"],
                                     check=True, stdout=subprocess.PIPE).stdout)
    return [np.array([np.nan if v is None else v for v in t["data"]], TYPES[t["type"]]).reshape(t["dims"])
            for t in told]


def tensor(x, name):
    if x.dtype == object:
        return helper.make_tensor(name, TensorProto.STRING, x.shape, [v.encode() for v in x.ravel()])
    return numpy_helper.from_array(x, name)


def ml(kind, inputs, outputs, **attributes):
    return helper.make_node(kind, inputs, outputs, domain="ai.onnx.ml", **{"name": kind, **attributes})


def names(classes):
    if classes.dtype.kind in "OU":
        return {"classlabels_strings": [str(v) for v in classes]}
    return {"classlabels_int64s": [int(v) for v in classes]}


def ints(classes):
    return {name.replace("int64s", "ints"): value for name, value in names(classes).items()}


def end(classes, scores="scores"):
    """skl2onnx: whole numbers are cast, and the scores become maps."""
    if classes.dtype.kind in "OU":
        return [ml("ZipMap", [scores], ["output_probability"], **names(classes))], TensorProto.STRING
    return [helper.make_node("Cast", ["label"], ["output_label"], to=TensorProto.INT64),
            ml("ZipMap", [scores], ["output_probability"], **names(classes))], TensorProto.INT64


def classifier(nodes, features, classes, scores="scores"):
    last, kind = end(classes, scores)
    label = "label" if kind == TensorProto.STRING else "output_label"
    return c.model(nodes + last, features, [(label, kind), ("output_probability", None)])


def sklearn_trees(trees, estimators, weights):
    """skl2onnx: x <= threshold, nodes as scikit-learn has them. weights(values of a leaf): what it gives."""
    for number, tree in enumerate(estimators):
        t = tree.tree_
        for i in range(t.node_count):
            if t.children_left[i] < 0:
                trees.leaf(number, i, weights(number, t.value[i]))
            else:
                # scikit-learn compares float x with a double: the float below tells the same apart
                low = np.float32(t.threshold[i])
                low = np.nextafter(low, np.float32(-np.inf)) if low > t.threshold[i] else low
                trees.branch(number, i, int(t.feature[i]), "BRANCH_LEQ", low, int(t.children_left[i]),
                             int(t.children_right[i]), False)
    return trees


def forest(x, y):
    made = ensemble.RandomForestClassifier(8, max_depth=5, random_state=1).fit(x, y)
    two = len(made.classes_) == 2

    def weights(number, value):
        share = value[0] / value[0].sum() / len(made.estimators_)
        return {0: share[1]} if two else dict(enumerate(share))

    trees = sklearn_trees(c.Trees("class"), made.estimators_, weights)
    node = trees.make(["label", "scores"], post_transform="NONE", **names(made.classes_))
    return classifier([node], x.shape[1], made.classes_), [made.predict(x), made.predict_proba(x)]


def boosting(x, y):
    made = ensemble.GradientBoostingClassifier(n_estimators=6, max_depth=3, random_state=1).fit(x, y)
    k = len(made.classes_)
    stages = made.estimators_.ravel()
    columns = stages.size // len(made.estimators_)
    trees = sklearn_trees(c.Trees("class"), stages,
                          lambda number, value: {number % columns: made.learning_rate * value[0][0]})
    base = made._raw_predict_init(x[:1].astype(np.float32))[0]
    node = trees.make(["label", "scores"], post_transform="LOGISTIC" if k == 2 else "SOFTMAX",
                      base_values=[float(v) for v in base], **names(made.classes_))
    return classifier([node], x.shape[1], made.classes_), [made.predict(x), made.predict_proba(x)]


def forest_regressor(x, y):
    made = ensemble.RandomForestRegressor(7, max_depth=6, random_state=1).fit(x, y)
    trees = sklearn_trees(c.Trees("target"), made.estimators_, lambda number, value: {0: value[0][0] / 7})
    node = trees.make(["variable"], n_targets=1, aggregate_function="SUM", post_transform="NONE")
    return c.model([node], x.shape[1], [("variable", TensorProto.FLOAT)]), [made.predict(x)[:, None]]


def logistic(x, y):
    made = linear_model.LogisticRegression(max_iter=1000, random_state=1).fit(x, y)
    coefficients, intercepts = made.coef_, made.intercept_
    if len(made.classes_) == 2:
        coefficients, intercepts = np.vstack([-coefficients, coefficients]), np.hstack([-intercepts, intercepts])
    node = ml("LinearClassifier", ["x"], ["label", "raw"], coefficients=coefficients.ravel().tolist(),
              intercepts=intercepts.tolist(), multi_class=int(len(made.classes_) > 2), **ints(made.classes_),
              post_transform="LOGISTIC" if len(made.classes_) == 2 else "SOFTMAX")
    norm = ml("Normalizer", ["raw"], ["scores"], norm="L1")
    return classifier([node, norm], x.shape[1], made.classes_), [made.predict(x), made.predict_proba(x)]


def ridge(x, y):
    mean, scale = x.mean(0), x.std(0)
    made = linear_model.Ridge().fit((x - mean) / scale, y)
    nodes = [ml("Scaler", ["x"], ["scaled"], offset=mean.tolist(), scale=(1 / scale).tolist()),
             ml("LinearRegressor", ["scaled"], ["variable"], coefficients=made.coef_.tolist(),
                intercepts=[float(made.intercept_)])]
    return c.model(nodes, x.shape[1], [("variable", TensorProto.FLOAT)]), [made.predict((x - mean) / scale)[:, None]]


def machine(made, kind, **attributes):
    width = made.support_vectors_.shape[1]
    params = [float(made._gamma), float(made.coef0), float(made.degree)]
    return made.support_vectors_.size // width, dict(
        kernel_type={"rbf": "RBF", "poly": "POLY", "linear": "LINEAR", "sigmoid": "SIGMOID"}[made.kernel],
        kernel_params=params, support_vectors=made.support_vectors_.ravel().tolist(),
        coefficients=made._dual_coef_.ravel().tolist(), **attributes)


def svc(x, y, **options):
    made = svm.SVC(random_state=1, **options).fit(x, y)
    _, attributes = machine(made, "SVMClassifier", rho=made._intercept_.tolist())
    if made.probability:
        attributes.update(prob_a=made.probA_.tolist(), prob_b=made.probB_.tolist())
    node = ml("SVMClassifier", ["x"], ["label", "scores"], vectors_per_class=made.n_support_.tolist(),
              post_transform="NONE", **ints(made.classes_), **attributes)
    return classifier([node], x.shape[1], made.classes_), [
        made.predict(x), made.predict_proba(x) if made.probability else None]


def svr(x, y):
    made = svm.SVR(C=10).fit(x, y)
    count, attributes = machine(made, "SVMRegressor", rho=made._intercept_.tolist())
    node = ml("SVMRegressor", ["x"], ["variable"], n_supports=count, post_transform="NONE", **attributes)
    return c.model([node], x.shape[1], [("variable", TensorProto.FLOAT)]), [made.predict(x)[:, None]]


def one_class(x, _):
    made = svm.OneClassSVM(nu=0.2).fit(x)
    count, attributes = machine(made, "SVMRegressor", rho=made._intercept_.tolist())
    node = ml("SVMRegressor", ["x"], ["variable"], n_supports=count, one_class=1, post_transform="NONE", **attributes)
    return c.model([node], x.shape[1], [("variable", TensorProto.FLOAT)]), [made.predict(x)[:, None].astype("f4")]


def xgb_ends(x, y, objective):
    """Objectives with nodes behind the trees: a hinge is cut to 0 and 1, and counts are e to the sum, times the base."""
    hinge = objective == "binary:hinge"
    booster = xgboost.train({"objective": objective, "max_depth": 4, "seed": 1, "nthread": 1, "base_score": 0.5},
                            xgboost.DMatrix(x, y), 6)
    trees = c.xgboost_trees(booster, "class" if hinge else "target", lambda tree: 0)
    if hinge:
        nodes = [trees.make(["label", "output_prob"], post_transform="NONE", base_values=[.5], classlabels_int64s=[0, 1]),
                 helper.make_node("Greater", ["output_prob", "zero"], ["output_prob1"]),
                 helper.make_node("Where", ["output_prob1", "one", "zero"], ["probabilities"])]
        made = c.model(nodes, x.shape[1], [("label", TensorProto.INT64), ("probabilities", TensorProto.FLOAT)])
    else:
        nodes = [trees.make(["tree"], n_targets=1, post_transform="NONE"), helper.make_node("Exp", ["tree"], ["exp"]),
                 helper.make_node("Mul", ["exp", "poisson"], ["variable"])]
        made = c.model(nodes, x.shape[1], [("variable", TensorProto.FLOAT)])
    for name, value in {"zero": 0, "one": 1}.items() if hinge else {"poisson": .5}.items():
        made.graph.initializer.append(numpy_helper.from_array(np.array([value], np.float32), name))
    told = booster.predict(xgboost.DMatrix(x))
    return made, [told.astype(int), None] if hinge else [told[:, None]]


def xgb(x, y, objective, gaps=False):
    x = x.copy()
    if gaps:
        x[np.random.default_rng(5).random(x.shape) < 0.2] = np.nan
    options = {"objective": objective, "max_depth": 4, "seed": 1, "nthread": 1, "base_score": 0.5}
    if objective.startswith("multi"):
        options["num_class"] = 3
    booster = xgboost.train(options, xgboost.DMatrix(x, y), 6)
    told = booster.predict(xgboost.DMatrix(x))
    if objective.startswith("reg"):
        return c.xgboost_regressor(booster, x.shape[1], 0.5), [told[:, None]], x
    two = objective.startswith("binary")
    trees = c.xgboost_trees(booster, "class", lambda tree: 0 if two else tree % 3)
    node = trees.make(["label", "probabilities"], post_transform="LOGISTIC" if two else "SOFTMAX",
                      base_values=None if two else [0.5] * 3, classlabels_int64s=list(range(2 if two else 3)))
    told = np.stack([1 - told, told], 1) if two else told
    return c.model([node], x.shape[1], [("label", TensorProto.INT64), ("probabilities", TensorProto.FLOAT)]), [
        told.argmax(1), told], x


class Gbm:
    """Trees as LightGBM grows them, drawn and not learnt, for LightGBM is not in Debian: x <= threshold goes left, a missing value
    where the branch was taught to send it, and the last column is a category, which a branch asks for one by one (==); sets: or
    for two at once."""

    def __init__(self, seed, count, columns, sets=False):
        draw = np.random.default_rng(seed)
        self.sets = sets
        self.columns = columns
        self.trees = [self._grow(draw, 0 if number == 1 else 4) for number in range(count)]  # the second is a single leaf

    def _grow(self, draw, depth):
        if depth == 0 or (depth < 4 and draw.random() < 0.2):
            return np.float32(draw.normal(0, 0.3))
        feature = int(draw.integers(self.columns))
        category = feature == self.columns - 1
        branch = (feature, "BRANCH_EQ" if category else "BRANCH_LEQ",
                  np.float32(draw.integers(3) if category else draw.normal(3, 2)), not category and bool(draw.integers(2)),
                  self._grow(draw, depth - 1), self._grow(draw, depth - 1))
        if not category or not self.sets:
            return branch
        return (feature, "BRANCH_EQ", np.float32((branch[2] + 1) % 3), False, branch[4], branch)

    def write(self, of, target_of, chosen=None):
        """onnxmltools: children get their numbers as they are met, both before what is below the first. The branches of a set
        have the first child in common, which is written once."""
        trees = c.Trees(of)
        for number, tree in enumerate(self.trees if chosen is None else chosen):
            self._write(trees, number, tree, {id(tree): 0}, target_of(number))
        return trees

    def _write(self, trees, number, tree, known, target):
        if not isinstance(tree, tuple):
            trees.leaf(number, known[id(tree)], {target: tree})
            return
        feature, mode, value, missing, *children = tree
        new = [child for child in children if id(child) not in known]
        for child in new:
            known[id(child)] = len(known)
        trees.branch(number, known[id(tree)], feature, mode, value, *(known[id(child)] for child in children), missing)
        for child in new:
            self._write(trees, number, child, known, target)

    def sums(self, x, groups):
        made = np.zeros((len(x), groups))
        for number, tree in enumerate(self.trees):
            for row, values in enumerate(x):
                at = tree
                while isinstance(at, tuple):
                    v = values[at[0]]
                    yes = at[3] if np.isnan(v) else v == at[2] if at[1] == "BRANCH_EQ" else v <= at[2]
                    at = at[4] if yes else at[5]
                made[row, number % groups] += at
        return made


def lightgbm_rows():
    draw = np.random.default_rng(6)
    x = draw.normal(3, 2, (24, 4)).astype(np.float32)
    x[draw.random(x.shape) < 0.2] = np.nan
    x[:, 3] = draw.integers(3, size=24)
    return x


def lightgbm_classes(x, groups):
    """Two classes have one sum, of class 0 as it is written, and LOGISTIC; an Identity stands behind each output."""
    gbm = Gbm(groups, 6 * groups, x.shape[1])
    raw = gbm.sums(x, groups)
    share = np.exp(raw) / np.exp(raw).sum(1, keepdims=True) if groups > 1 else 1 / (1 + np.exp(-raw))
    share = share if groups > 1 else np.hstack([1 - share, share])
    nodes = [gbm.write("class", lambda number: number % groups).make(
        ["label_tensor", "probability_tensor"], post_transform="SOFTMAX" if groups > 1 else "LOGISTIC",
        classlabels_int64s=list(range(max(groups, 2)))),
        helper.make_node("Identity", ["label_tensor"], ["label"]),
        helper.make_node("Identity", ["probability_tensor"], ["probabilities"])]
    return c.model(nodes, x.shape[1], [("label", TensorProto.INT64), ("probabilities", TensorProto.FLOAT)]), [
        share.argmax(1), share]


def lightgbm_categories(x):
    """A regressor whose branches ask whether a category is in a set."""
    gbm = Gbm(9, 6, x.shape[1], sets=True)
    nodes = [gbm.write("target", lambda number: 0).make(["output"], n_targets=1, post_transform="NONE"),
             helper.make_node("Identity", ["output"], ["variable"])]
    return c.model(nodes, x.shape[1], [("variable", TensorProto.FLOAT)], ml=1), [gbm.sums(x, 1)]


def lightgbm_split(x):
    """A regressor with split=2 of the objective poisson: pairs of trees are added in doubles, and an Exp stands at the end."""
    gbm = Gbm(7, 6, x.shape[1])
    nodes, parts = [], []
    for i in range(0, 6, 2):
        nodes.append(gbm.write("target", lambda number: 0, gbm.trees[i : i + 2]).make(
            [f"tree{i}"], n_targets=1, post_transform="NONE"))
        nodes[-1].name = f"tree{i}"
        nodes.append(helper.make_node("Cast", [f"tree{i}"], [f"dtree{i}"], to=TensorProto.DOUBLE))
        parts.append(f"dtree{i}")
    nodes += [helper.make_node("Sum", parts, ["ftrees"]),
              helper.make_node("Cast", ["ftrees"], ["output"], to=TensorProto.FLOAT),
              helper.make_node("Exp", ["output"], ["variable"])]
    return c.model(nodes, x.shape[1], [("variable", TensorProto.FLOAT)]), [np.exp(gbm.sums(x, 1))]


def lightgbm_forest(x):
    """boosting_type="rf": the second column is divided by 100, and label and probabilities are put together again."""
    gbm = Gbm(8, 5, x.shape[1])
    second = 1 / (1 + np.exp(-gbm.sums(x, 1))) / 100
    nodes = [gbm.write("class", lambda number: 0).make(
        ["label_tensor", "probability_tensor"], post_transform="LOGISTIC", classlabels_int64s=[3, 4]),
        ml("ArrayFeatureExtractor", ["probability_tensor", "col_index"], ["first_col"]),
        helper.make_node("Div", ["first_col", "denominator"], ["modified_first_col"]),
        helper.make_node("Sub", ["unit_float_tensor", "modified_first_col"], ["zeroth_col"]),
        helper.make_node("Concat", ["zeroth_col", "modified_first_col"], ["probabilities"], axis=1),
        helper.make_node("ArgMax", ["probabilities"], ["predicted_label"], axis=1),
        ml("ArrayFeatureExtractor", ["classes", "predicted_label"], ["final_label"], name="ArrayFeatureExtractor1"),
        helper.make_node("Reshape", ["final_label", "shape"], ["label"])]
    made = c.model(nodes, x.shape[1], [("label", TensorProto.INT64), ("probabilities", TensorProto.FLOAT)])
    for name, value in (("col_index", np.array(1)), ("unit_float_tensor", np.float32(1)), ("denominator", np.float32(100)),
                        ("classes", np.array([3, 4])), ("shape", np.array([-1]))):
        made.graph.initializer.append(numpy_helper.from_array(np.asarray(value), name))
    return made, [np.full(len(x), 3), np.hstack([1 - second, second])]


def categories():
    """A pipeline over columns of two types: a gap is filled, a text becomes columns, and both are joined."""
    nodes = [ml("Imputer", ["x"], ["filled"], imputed_value_floats=[1.5, 2.5], replaced_value_float=float("nan")),
             ml("OneHotEncoder", ["word"], ["hot"], cats_strings=["pump", "valve", "motor"], zeros=1),
             helper.make_node("Reshape", ["hot", "rows"], ["flat"]),
             ml("FeatureVectorizer", ["filled", "flat"], ["features"], inputdimensions=[2, 3]),
             ml("LinearRegressor", ["features"], ["variable"], coefficients=[1., 2., 10., 20., 30.], intercepts=[.5]),
             ml("LabelEncoder", ["word"], ["code"], keys_strings=["pump", "valve"], values_int64s=[4, 5],
                default_int64=-3),
             ml("ArrayFeatureExtractor", ["filled", "second"], ["column"])]
    made = c.model(nodes, 2, [("variable", TensorProto.FLOAT), ("code", TensorProto.INT64),
                              ("column", TensorProto.FLOAT)])
    made.graph.input.append(helper.make_tensor_value_info("word", TensorProto.STRING, [None, 1]))
    made.graph.initializer.append(numpy_helper.from_array(np.array([-1, 3]), "rows"))
    made.graph.initializer.append(numpy_helper.from_array(np.array([1]), "second"))
    return made, {"x": np.array([[1, np.nan], [np.nan, 4], [5, 6]], np.float32),
                  "word": np.array([["motor"], ["pump"], ["none"]], object)}


def write(folder, modules, name, model, feeds, wanted=()):
    told = ask_runtime(modules, model, feeds)
    for ours, want in zip(told, wanted):
        if want is None:
            continue
        if ours.dtype == object or np.asarray(want).dtype.kind in "iOU":
            apart = np.mean([str(a) != str(b) for a, b in zip(ours.ravel(), np.asarray(want).ravel())])
        else:
            apart = float(np.max(np.abs(ours - want) / (1 + np.abs(want))))
        print(f"{name}: {apart:.1e} from the library")
        if apart > 1e-4:
            print(f"{name}: left out")
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    (place / "model.onnx").write_bytes(model.SerializeToString())
    for i, (key, x) in enumerate(feeds.items()):
        (place / f"input_{i}.pb").write_bytes(tensor(x, key).SerializeToString())
    for i, x in enumerate(told):
        (place / f"output_{i}.pb").write_bytes(tensor(x, f"output_{i}").SerializeToString())


def main(folder, modules):
    warnings.simplefilter("ignore")
    flowers = datasets.load_iris()
    x, y = flowers.data.astype(np.float32), flowers.target
    words, two = flowers.target_names[y].astype(object), (y == 2).astype(int)
    number = (x[:, 0] * x[:, 1] - x[:, 2]).astype(np.float32)
    rows = slice(None, None, 7)
    made = {
        "sklearn_forest_words": forest(x, words), "sklearn_forest_two": forest(x, two),
        "sklearn_boosting": boosting(x, y), "sklearn_boosting_two": boosting(x, two),
        "sklearn_forest_regressor": forest_regressor(x, number), "sklearn_logistic": logistic(x, words),
        "sklearn_logistic_two": logistic(x, two), "sklearn_ridge": ridge(x, number),
        "sklearn_svc_probability": svc(x, words, probability=True), "sklearn_svc_two": svc(x, two),
        "sklearn_svc_poly": svc(x, y, kernel="poly"), "sklearn_svc_linear": svc(x, y, kernel="linear"),
        "sklearn_svc_probability_two": svc(x, two, probability=True),
        "sklearn_svr": svr(x, number), "sklearn_one_class": one_class(x, y),
        "xgboost_hinge": xgb_ends(x, two, "binary:hinge"), "xgboost_counts": xgb_ends(x, y, "count:poisson"),
    }
    for name, (model, wanted) in made.items():
        write(folder, modules, name, model, {"x": x[rows]}, [w if w is None else w[rows] for w in wanted])
    for name, objective, target in (("xgboost_two", "binary:logistic", two), ("xgboost_many", "multi:softprob", y),
                                    ("xgboost_gaps", "reg:squarederror", number)):
        model, wanted, fed = xgb(x, target, objective, gaps=name == "xgboost_gaps")
        write(folder, modules, name, model, {"x": fed[rows]}, [w[rows] for w in wanted])
    x = lightgbm_rows()
    for name, (model, wanted) in {"lightgbm_two": lightgbm_classes(x, 1), "lightgbm_many": lightgbm_classes(x, 3),
                                  "lightgbm_categories": lightgbm_categories(x),
                                  "lightgbm_split": lightgbm_split(x), "lightgbm_forest": lightgbm_forest(x)}.items():
        write(folder, modules, name, model, {"x": x}, wanted)
    write(folder, modules, "categories", *categories())


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2])
