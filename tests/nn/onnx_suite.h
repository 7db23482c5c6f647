/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>

/**
 * @file
 * ONNX's own backend tests, as Debian's libonnx-testdata holds them: a folder with model.onnx and
 * test_data_set_N/{input,output}_M.pb each. They are run as ONNX's runner does, onnx/backend/test/
 * runner/__init__.py of release 1.12: outputs must have the type and shape, and agree to a relative
 * error of 1e-3 and an absolute one of 1e-7. Of Bernoulli's draws type and shape alone are
 * compared.
 */
typedef enum onnx_outcome { ONNX_PASS, ONNX_UNSUPPORTED, ONNX_FAIL, ONNX_CRASH } onnx_outcome;

typedef struct onnx_case {
    char set[32];   /* "node", "simple", ... */
    char name[128]; /* "test_abs" */
    onnx_outcome outcome;
    char reason[300]; /* "" for a pass */
} onnx_case;

typedef struct onnx_suite {
    onnx_case *cases; /* sorted by set and name */
    size_t count;
} onnx_suite;

/** Whether the data are there. */
int onnx_suite_there(void);

/** Run all cases whose "set/name" contains `filter`, each in a process of its own. */
void onnx_suite_run(const char *filter, onnx_suite *out);
void onnx_suite_clear(onnx_suite *suite);

const char *onnx_outcome_name(onnx_outcome outcome);
