/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Damaged models: every model of fuzz/corpus/onnx is cut short and its bits are turned, and what
 * comes out is refused or runs within small limits. $DAVY_MUTATIONS sets how many are tried (100000
 * in a long run, with sanitizers).
 */
#include "../testing.h"

#include "../../fuzz/onnx_run.h"
#include "core/file.h"
#include "core/random.h"

#include <dirent.h>

#define MUTATIONS 4000

typedef struct model {
    davy_buffer bytes;
    struct model *next;
} model;

static model *models;
static size_t model_count;

static int read_models(void **state)
{
    DIR *folder = opendir(ONNX_CORPUS);
    const struct dirent *entry;

    (void) state;
    while (folder && (entry = readdir(folder))) {
        char path[512];
        model *one = calloc(1, sizeof *one);

        (void) snprintf(path, sizeof path, "%s/%s", ONNX_CORPUS, entry->d_name);
        if (!one || davy_file_read(path, 1 << 20, &one->bytes) != DAVY_OK) {
            free(one); /* "." and ".." */
            continue;
        }
        one->next = models;
        models = one;
        model_count++;
    }
    return folder ? closedir(folder) : -1;
}

static int free_models(void **state)
{
    (void) state;
    while (models) {
        model *next = models->next;

        davy_buffer_clear(&models->bytes);
        free(models);
        models = next;
    }
    return 0;
}

static size_t tries(void)
{
    const char *given = getenv("DAVY_MUTATIONS");

    return given ? (size_t) strtoull(given, NULL, 10) : MUTATIONS;
}

static void whole_models_run(void **state)
{
    size_t ran = 0;

    (void) state;
    for (const model *one = models; one; one = one->next)
        ran += onnx_run(one->bytes.bytes, one->bytes.length) == DAVY_OK;
    assert_true(model_count >= 20);
    assert_true(ran >= model_count / 2); /* others want numbers that are not zeros */
}

static void models_cut_short_are_refused_or_run(void **state)
{
    (void) state;
    for (const model *one = models; one; one = one->next)
        for (size_t length = 0; length < one->bytes.length;
             length += 1 + one->bytes.length * model_count / (tries() + 1))
            (void) onnx_run(one->bytes.bytes, length);
}

static void models_with_turned_bits_are_refused_or_run(void **state)
{
    uint64_t n = 0;
    size_t ran = 0;

    (void) state;
    for (const model *one = models; one; one = one->next) {
        char *copy = malloc(one->bytes.length);

        assert_non_null(copy);
        for (size_t i = 0; i < tries() / model_count; i++) {
            memcpy(copy, one->bytes.bytes, one->bytes.length);
            for (int flips = 1 + (int) (i % 3); flips > 0; flips--) {
                const double draw = (double) davy_random_uniform(11, 1, n++);
                const size_t bit = (size_t) (draw * (double) (8 * one->bytes.length));

                copy[bit / 8] = (char) (copy[bit / 8] ^ (1 << (bit % 8)));
            }
            ran += onnx_run(copy, one->bytes.length) == DAVY_OK;
        }
        free(copy);
    }
    assert_true(ran > tries() / 20); /* many bits are of names and numbers: the run is tried too */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_models_run),
        cmocka_unit_test(models_cut_short_are_refused_or_run),
        cmocka_unit_test(models_with_turned_bits_are_refused_or_run),
    };

    return cmocka_run_group_tests(tests, read_models, free_models);
}
