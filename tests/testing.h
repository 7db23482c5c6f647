/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/**
 * @file
 * cmocka with the headers it needs before it, and helpers every stage's tests use.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/status.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/** A status that must be DAVY_OK; prints the sentence when it is not. */
#define assert_ok(call)                                                                      \
    do {                                                                                     \
        davy_status davy_test_status = (call);                                               \
        if (davy_test_status != DAVY_OK)                                                     \
            fail_msg("%s: %s: %s", #call, davy_status_name(davy_test_status), davy_error()); \
    } while (0)

/** A call that must fail with this status and a sentence that contains these words. */
#define assert_fails(call, status, words)                                               \
    do {                                                                                \
        davy_status davy_test_status = (call);                                          \
        if (davy_test_status != (status))                                               \
            fail_msg("%s: %s instead of %s", #call, davy_status_name(davy_test_status), \
                     davy_status_name(status));                                         \
        if (!strstr(davy_error(), (words)))                                             \
            fail_msg("%s: \"%s\" does not say \"%s\"", #call, davy_error(), (words));   \
    } while (0)

/**
 * A figure within a tolerance of another, as doubles; a NaN is near nothing. cmocka's own compares
 * as float, to seven digits at best, and lets a NaN pass.
 */
#define assert_near(value, expected, tolerance)                                                  \
    do {                                                                                         \
        const double davy_test_value = (value), davy_test_expected = (expected);                 \
        if (!(fabs(davy_test_value - davy_test_expected) <= (tolerance)))                        \
            fail_msg("%s: %.17g instead of %.17g", #value, davy_test_value, davy_test_expected); \
    } while (0)

/**
 * Leave a test that cannot run here, with the reason; tools/count-tests counts it as skipped.
 * cmocka's own skip() prints "not ok" in TAP, which Meson takes for a failure.
 */
#define davy_skip_test(reason)                  \
    do {                                        \
        (void) printf("# SKIP %s\n", (reason)); \
        return;                                 \
    } while (0)
