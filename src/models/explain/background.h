/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "models/model_reader.h"
#include "models/samples/sample_set.h"

/**
 * @file
 * Background: a few of the samples that a predictor learnt from, kept beside its graph.
 *
 * Stage: models. An explanation compares a sample with what is usual, and shows what it is like:
 * both ask for real samples. They are drawn by the seed from the part that was learnt from, each as
 * likely as any other, and lie in the version's folder as `background.f32`: floats, little-endian,
 * sample after sample. Where each stood, and what its answer was, is in model.json with the hash of
 * the file.
 *
 * These are data of the plant and leave with the model. The setting background=0 keeps none; then
 * only what needs no comparison is explained. Pictures are never kept.
 */
#define DAVY_BACKGROUND_FILE "background.f32"

/** Most samples, and numbers of all of them: one MiB. */
#define DAVY_BACKGROUND_ROWS_MAX    ((size_t) 1000)
#define DAVY_BACKGROUND_NUMBERS_MAX ((size_t) 256 * 1024)

typedef struct davy_background_row {
    size_t place;    /* of its newest row among all that were read, from 0 */
    const char *run; /* file or group; "" for none */
    int64_t time_ns; /* of its newest row; DAVY_PLACE_NO_TIME */
    double target;   /* class index, or number */
} davy_background_row;

/** Zeroed is none. All memory is of an arena. */
typedef struct davy_background {
    size_t count, values;            /* samples, numbers of a sample */
    const float *numbers;            /* [count * values] in the units of the samples */
    const davy_background_row *rows; /* [count] */
    const char *hash;                /* of the file */
} davy_background;

/** Draw at most `most` samples of the part to learn from. */
DAVY_MUST_CHECK davy_status davy_background_draw(const davy_sample_set *samples,
                                                 const uint8_t *held, size_t most, uint64_t seed,
                                                 davy_arena *arena, davy_background *out);

/** Write the numbers into the folder of a version, synced. DAVY_OK when there are none. */
DAVY_MUST_CHECK davy_status davy_background_write(const davy_background *background,
                                                  const char *folder);

/** What model.json says of it; NULL without memory. */
json_t *davy_background_json(const davy_background *background);

/** Read that again; a model.json without it has none. The numbers are still missing. */
void davy_background_read_json(davy_model_reader *in, const json_t *root, size_t values,
                               davy_background *out);

/**
 * Read the numbers. DAVY_OK when there are none.
 *
 * @param folder  descriptor of the version's
 * @return DAVY_ERR_CORRUPT when it is not the file that model.json was written for
 */
DAVY_MUST_CHECK davy_status davy_background_read(int folder, davy_arena *arena,
                                                 davy_background *background);

/** A sample of the background, and how far away it is. */
typedef struct davy_neighbour {
    size_t row;
    double distance; /* root of the mean square, in deviations of each number */
} davy_neighbour;

/**
 * The samples that are nearest, nearest first. A number that is the same in all of them does not
 * count.
 *
 * @return how many there are, at most `most`
 */
size_t davy_background_nearest(const davy_background *background, const float *sample, size_t most,
                               davy_neighbour *out);
