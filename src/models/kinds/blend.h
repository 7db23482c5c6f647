/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/settings.h"

/**
 * @file
 * Settings of boosted trees and of support vectors, which the kind that blends the two has, too.
 *
 * Stage: models.
 */

/* clang-format off: it would set every word on a line of its own. */
#define DAVY_BOOST_SETTINGS                                                                        \
    {"rounds", "0",    "most rounds; 0: 1000, or 100 where no samples are held out to be watched", \
     0,        100000, NULL},                                                                      \
        {"patience", "50",   "rounds that may pass without bettering the watched loss",            \
         1,          100000, NULL},                                                                \
        {"learning_rate",                                                                          \
         "0.1",                                                                                    \
         "share of a tree's answer that counts: less wants more rounds",                           \
         1e-4,                                                                                     \
         1,                                                                                        \
         NULL},                                                                                    \
        {"bend",                                                                                   \
         "0",                                                                                      \
         "numbers: error, in deviations of the targets, from which it costs less than "            \
         "its square, so that a few wild targets pull less; 0: none",                              \
         0,                                                                                        \
         100,                                                                                      \
         NULL},                                                                                    \
        {"depth", "6", "most branches to a leaf: how many numbers may act together", 1, 16, NULL}, \
        {"leaf",                                                                                   \
         "1",                                                                                      \
         "least curvature of a leaf: samples for numbers, p (1 - p) of each for classes",          \
         0,                                                                                        \
         1e6,                                                                                      \
         NULL},                                                                                    \
        {"penalty", "1", "pull of leaves towards 0 (lambda of XGBoost)", 0, 1e6, NULL},            \
        {"samples", "1", "share of the samples that a tree sees", 0.05, 1, NULL},                  \
        {"columns", "1", "share of the numbers that a branch chooses from", 0.01, 1, NULL},        \
    {                                                                                              \
        "bins", "256", "most thresholds of a number that are looked at", 2, 65535, NULL            \
    }

/** Most parts that support vectors leave out in turn. */
#define DAVY_SVM_FOLDS_MAX 20

#define DAVY_SVM_SETTINGS                                                                          \
    {"kernel", "rbf", "rbf follows any border, linear none but a plane, poly those of its degree", \
     NAN,      NAN,   "rbf|linear|poly"},                                                          \
        {"variant",                                                                                \
         "c",                                                                                      \
         "c: errors cost `c`, and epsilon of numbers are free; nu: the share of errors",           \
         NAN,                                                                                      \
         NAN,                                                                                      \
         "c|nu"},                                                                                  \
        {"c", "1", "what an error costs: more follows the samples more closely", 1e-6, 1e6, NULL}, \
        {"nu",                                                                                     \
         "0.5",                                                                                    \
         "variant=nu: most errors and least support vectors, as a share of the samples",           \
         1e-4,                                                                                     \
         1,                                                                                        \
         NULL},                                                                                    \
        {"epsilon", "0.1", "error of a number that costs nothing, in deviations of the targets",   \
         0,         100,   NULL},                                                                  \
        {"gamma", "0", "how soon samples are strangers; 0: 1 / (numbers * their variance)",        \
         0,       1e6, NULL},                                                                      \
        {"degree", "3", "poly: degree", 1, 10, NULL},                                              \
        {"coef0", "0", "poly: what is added to each product", -1e6, 1e6, NULL},                    \
        {"tolerance", "1e-3", "when libsvm has arrived", 1e-12, 1, NULL},                          \
        {"folds",                                                                                  \
         "5",                                                                                      \
         "parts left out in turn to find probabilities; 0: they are only roughly right",           \
         0,                                                                                        \
         DAVY_SVM_FOLDS_MAX,                                                                       \
         NULL},                                                                                    \
    {                                                                                              \
        "keep", "10000", "most samples that are learnt from: time grows with their square", 4,     \
            1e6, NULL                                                                              \
    }
/* clang-format on */
