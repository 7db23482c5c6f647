#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes classic_golden.h: what scikit-learn learns from a small table of drawn numbers.

    tests/models/make_classic.py      needs Debian's python3-sklearn
"""
import pathlib

import numpy
import sklearn
from sklearn.calibration import _sigmoid_calibration
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import ElasticNet, LogisticRegression, Ridge, RidgeCV
from sklearn.naive_bayes import BernoulliNB, GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR, NuSVC, NuSVR, OneClassSVM

SIZES = [30, 20, 10]
CENTRES = numpy.array([[10, 0.5, 200, 3], [12, 0.2, 260, 1], [9, 0.9, 240, 5]])
SPREADS = numpy.array([1.5, 0.3, 30, 2])

draw = numpy.random.RandomState(7)
classes = numpy.repeat(range(3), SIZES)
x = numpy.round(CENTRES[classes] + SPREADS * draw.normal(size=(60, 4)), 3).astype(numpy.float32).astype(float)
y = numpy.round(3 * x[:, 0] - 0.05 * x[:, 2] + 2 * x[:, 1] ** 2 + draw.normal(size=60), 3)
counts = draw.poisson(1 + 2 * CENTRES[classes] / CENTRES.max(axis=0)).astype(float)
z = StandardScaler().fit_transform(x)
t = (y - y.mean()) / y.std()
binary = (classes > 0).astype(int)


def number(model):
    return model.fit(z, t).predict(z) * y.std() + y.mean()


def decisions(model):
    return model.fit(z, classes).decision_function(z)


def logistic(target=classes, **given):
    exact = dict(solver="saga", tol=1e-12, max_iter=100000) if "penalty" in given else dict(solver="newton-cg", tol=1e-8)
    return LogisticRegression(**exact, **given).fit(z, target).predict_proba(z)


def by_distance():
    half = StandardScaler().fit(x[::2])
    model = KNeighborsClassifier(5, weights="distance").fit(half.transform(x[::2]), classes[::2])
    return model.predict_proba(half.transform(x))


# The grid of davy_ridge_fit(): 61 penalties from 1e-6 to 1e4 of the mean eigenvalue, which is the count of rows.
ridge = RidgeCV(alphas=60 * 10.0 ** numpy.linspace(-6, 4, 61), store_cv_values=True).fit(z, t)
elastic = ElasticNet(alpha=10 / 60, l1_ratio=0.6, tol=1e-12, max_iter=100000)

FACTS = [
    ("golden_x", x, "the samples"),
    ("golden_classes", classes, "their classes"),
    ("golden_y", y, "their numbers"),
    ("golden_counts", counts, "other samples of the same classes: counts"),
    ("golden_ridge", number(Ridge(alpha=3)), "Ridge(alpha=3) on standardised numbers, as all below"),
    ("golden_ridge_found", number(RidgeCV(alphas=[ridge.alpha_])), "RidgeCV"),
    ("golden_ridge_l2", [ridge.alpha_], "the penalty that it found"),
    ("golden_ridge_error", [ridge.cv_values_.mean(axis=0).min()], "mean square of the errors of rows left out"),
    ("golden_elastic", number(elastic), "ElasticNet of l1=6, l2=4: alpha=10/60, l1_ratio=0.6"),
    ("golden_logistic", logistic(multi_class="multinomial"), "LogisticRegression(C=1)"),
    ("golden_logistic_binary", logistic(binary, C=2), "class 0 against the others, LogisticRegression(C=2)"),
    ("golden_logistic_l1", logistic(C=0.5, penalty="l1", multi_class="multinomial"), "penalty='l1', C=0.5"),
    ("golden_logistic_balanced", logistic(multi_class="multinomial", class_weight="balanced"), "balanced"),
    ("golden_gaussian", GaussianNB().fit(x, classes).predict_proba(x), "GaussianNB()"),
    ("golden_multinomial", MultinomialNB().fit(counts, classes).predict_proba(counts), "MultinomialNB() of the counts"),
    ("golden_bernoulli", BernoulliNB(binarize=1).fit(counts, classes).predict_proba(counts), "BernoulliNB(binarize=1)"),
    ("golden_knn", KNeighborsClassifier(5).fit(z, classes).predict_proba(z), "KNeighborsClassifier(5)"),
    ("golden_knn_distance", by_distance(),
     "by distance, learnt from every second sample"),
    ("golden_knn_number", number(KNeighborsRegressor(7)), "KNeighborsRegressor(7)"),
    ("golden_svc", decisions(SVC(C=2, tol=1e-9, decision_function_shape="ovo")), "SVC(C=2): 0/1, 0/2, 1/2"),
    ("golden_svc_poly", decisions(SVC(C=2, kernel="poly", degree=3, coef0=1, class_weight="balanced", tol=1e-9,
                                      decision_function_shape="ovo")), "poly, degree=3, coef0=1, balanced"),
    ("golden_svc_linear", decisions(SVC(C=2, kernel="linear", tol=1e-9, decision_function_shape="ovo")), "kernel='linear'"),
    ("golden_nusvc", decisions(NuSVC(nu=0.3, tol=1e-9, decision_function_shape="ovo")), "NuSVC(nu=0.3)"),
    ("golden_svr", number(SVR(C=2, epsilon=0.1, tol=1e-9)), "SVR(C=2, epsilon=0.1) of standardised targets"),
    ("golden_nusvr", number(NuSVR(C=2, nu=0.4, tol=1e-9)), "NuSVR(C=2, nu=0.4)"),
    ("golden_platt", _sigmoid_calibration(t, classes == 0), "_sigmoid_calibration of golden_y, scaled, and class 0"),
    ("golden_one_class", OneClassSVM(nu=0.2, tol=1e-9).fit(z).decision_function(z), "OneClassSVM(nu=0.2)"),
    ("golden_isolation", -IsolationForest(n_estimators=5000, max_samples=32, random_state=1).fit(x).score_samples(x),
     "IsolationForest(5000, max_samples=32): Liu's score"),
    ("golden_isolation_four", -IsolationForest(n_estimators=3, max_samples=4).fit([[0], [0], [0], [10]]).score_samples([[0], [10]]),
     "IsolationForest of the rows 0, 0, 0, 10, asked for 0 and 10: every tree of these is the same"),
]


def lines(values):
    words = [f"{float(v):.9g}" for v in numpy.asarray(values).flatten()]
    return "".join("    " + ", ".join(words[i : i + 8]) + ",\n" for i in range(0, len(words), 8))


with open(pathlib.Path(__file__).parent / "classic_golden.h", "w", encoding="ascii") as file:
    file.write(
        f"""/* SPDX-License-Identifier: Apache-2.0 */
/* Made by make_classic.py with scikit-learn {sklearn.__version__}. */
#pragma once

#define GOLDEN_ROWS 60
#define GOLDEN_COLUMNS 4
#define GOLDEN_CLASSES 3

/* clang-format off */
"""
    )
    for name, values, meaning in FACTS:
        file.write(f"\n/* {meaning} */\n")
        file.write(f"__attribute__((unused)) static const double {name}[] = {{\n{lines(values)}}};\n")
    file.write("/* clang-format on */\n")
