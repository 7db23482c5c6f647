/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <davy.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/**
 * @file
 * Models for the tests of libdavy, trained by the program that $DAVY names: a test sees of davy
 * what an embedder sees, its header and its files.
 */

/** A result that must be DAVY_OK; prints the sentence when it is not. */
#define assert_done(call)                                             \
    do {                                                              \
        const int davy_result = (call);                               \
        if (davy_result != DAVY_OK)                                   \
            fail_msg("%s: %d: %s", #call, davy_result, davy_error()); \
    } while (0)

/** A call that must fail with this result and a sentence that contains these words. */
#define assert_refused(call, result, words)                                                    \
    do {                                                                                       \
        const int davy_result = (call);                                                        \
        if (davy_result != (result) || !strstr(davy_error(), (words)))                         \
            fail_msg("%s: %d, \"%s\" instead of %d, \"%s\"", #call, davy_result, davy_error(), \
                     (result), (words));                                                       \
    } while (0)

#define davy_skip_test(reason)                  \
    do {                                        \
        (void) printf("# SKIP %s\n", (reason)); \
        return;                                 \
    } while (0)

static char folder[] = "/tmp/davy-test-XXXXXX"; /* of CSV files, and models/ with pump and kind */

static const char *in_folder(const char *leaf, char path[256])
{
    (void) snprintf(path, 256, "%s/%s", folder, leaf);
    return path;
}

/* Two signals that turn in step, and which half of the turn they are in. */
static void write_rows(const char *leaf, bool with_class)
{
    char path[256];
    FILE *file = fopen(in_folder(leaf, path), "w");

    assert_non_null(file);
    (void) fprintf(file, with_class ? "a,b,kind\n" : "time,a,b\n");
    for (int i = 0; i < 1500; i++) {
        if (!with_class)
            (void) fprintf(file, "%d,", 1700000000 + i);
        (void) fprintf(file, "%d,%d", i * 7919 % 101, i * 104729 % 53 + i * 7919 % 101);
        (void) fprintf(file, with_class ? ",%s\n" : "\n", i * 7919 % 101 > 50 ? "hot" : "cold");
    }
    assert_int_equal(fclose(file), 0);
}

static void call_shell(const char *words)
{
    char command[1024];

    (void) snprintf(command, sizeof command, "cd %s && exec 2>>log && %s", folder, words);
    if (system(command) != 0)
        fail_msg("%s", command);
}

static void call_davy(const char *words)
{
    char command[512];

    (void) snprintf(command, sizeof command, "'%s' %s >>log", getenv("DAVY"), words);
    call_shell(command);
}

static int make_models(void **state)
{
    (void) state;
    if (!mkdtemp(folder))
        return -1;
    write_rows("watch.csv", false);
    write_rows("kind.csv", true);
    call_davy("train pump --model pca --csv watch.csv --time time --models models");
    call_davy("train kind --model linear --task classify --csv kind.csv --label kind "
              "--models models");
    return 0;
}

static int remove_models(void **state)
{
    char command[64];

    (void) state;
    (void) snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static davy *open_model(const char *leaf)
{
    char path[256];
    davy *model = NULL;

    assert_done(davy_open(in_folder(leaf, path), &model));
    return model;
}

static davy_session *open_session(davy *model, unsigned threads)
{
    davy_session *session = NULL;

    assert_done(davy_session_open(model, threads, &session));
    return session;
}

/* Rows of two numbers, as the model that watches takes them. */
static inline davy_array rows_of(const double *data, int64_t rows)
{
    return (davy_array){.type = DAVY_FP64,
                        .rank = 2,
                        .shape = {rows, 2},
                        .data = (void *) (uintptr_t) data,
                        .bytes = (size_t) rows * 2 * sizeof *data};
}

/* Samples of one row each, as the model that answers takes them. */
static inline davy_array samples_of(const float *data, int64_t count)
{
    return (davy_array){.type = DAVY_FP32,
                        .rank = 3,
                        .shape = {count, 1, 2},
                        .data = (void *) (uintptr_t) data,
                        .bytes = (size_t) count * 2 * sizeof *data};
}

static inline const double *doubles(const davy_session *session, size_t output)
{
    const davy_array *array = davy_output(session, output);

    assert_non_null(array);
    assert_int_equal(array->type, DAVY_FP64);
    return array->data;
}

static inline const float *floats(const davy_session *session, size_t output)
{
    const davy_array *array = davy_output(session, output);

    assert_non_null(array);
    assert_int_equal(array->type, DAVY_FP32);
    return array->data;
}
