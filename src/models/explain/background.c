/* SPDX-License-Identifier: Apache-2.0 */
#include "models/explain/background.h"

#include "core/bulk.h"
#include "core/file.h"
#include "core/random.h"
#include "models/model_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STREAM_DRAW 0xbac6U

/* Floats are written as they lie in memory. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "background.f32 is little-endian");

/* ---------------------------------------------------------------------------------------- draw */

static int by_number(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *) a, y = *(const uint32_t *) b;

    return (x > y) - (x < y);
}

/* The first `count` of all in random order, and these in their own. @return how many there are */
static size_t draw(const davy_sample_set *samples, const uint8_t *held, size_t most, uint64_t seed,
                   uint32_t *members)
{
    size_t count = 0;

    for (size_t i = 0; i < samples->count; i++)
        if (held[i] == DAVY_PURPOSE_LEARN)
            members[count++] = (uint32_t) i;
    davy_random_shuffle(seed, STREAM_DRAW, members, count);
    count = count < most ? count : most;
    davy_bulk_sort(members, count, sizeof *members, by_number);
    return count;
}

static davy_status keep_rows(const davy_sample_set *samples, const uint32_t *members,
                             davy_arena *arena, davy_background *out)
{
    float *numbers = davy_arena_array(arena, out->count * out->values, sizeof *numbers);
    davy_background_row *rows = davy_arena_array(arena, out->count, sizeof *rows);
    davy_status status = numbers && rows ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "background");

    for (size_t i = 0; i < out->count && status == DAVY_OK; i++) {
        const size_t sample = members[i];
        const char *run = samples->group_names ? samples->group_names[samples->groups[sample]] : "";

        rows[i] = (davy_background_row){.place = samples->places[sample],
                                        .run = davy_arena_text(arena, run, strlen(run)),
                                        .time_ns = davy_sample_set_where(samples, sample).time_ns,
                                        .target = samples->targets[sample]};
        status = rows[i].run ? davy_sample_set_read(samples, sample, numbers + i * out->values)
                             : davy_fail(DAVY_ERR_NOMEM, "background");
    }
    out->numbers = numbers;
    out->rows = rows;
    return status;
}

static davy_status keep_hash(davy_arena *arena, davy_background *background)
{
    char hash[DAVY_HASH_MAX];

    davy_hash_bytes(background->numbers,
                    background->count * background->values * sizeof *background->numbers, hash);
    background->hash = davy_arena_text(arena, hash, strlen(hash));
    return background->hash ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "background");
}

davy_status davy_background_draw(const davy_sample_set *samples, const uint8_t *held, size_t most,
                                 uint64_t seed, davy_arena *arena, davy_background *out)
{
    const size_t values = davy_form_values(&samples->form);
    const size_t room = DAVY_BACKGROUND_NUMBERS_MAX / values;
    uint32_t *members;
    davy_background drawn = {.values = values};
    davy_status status;

    *out = (davy_background){0};
    most = most < room ? most : room;
    if (samples->form.kind == DAVY_FORM_IMAGE || most == 0)
        return DAVY_OK;
    members = davy_bulk_alloc(samples->count + 1, sizeof *members);
    if (!members)
        return davy_fail_in(DAVY_ERR_NOMEM, "background");
    drawn.count = draw(samples, held, most, seed, members);
    status = keep_rows(samples, members, arena, &drawn);
    if (status == DAVY_OK)
        status = keep_hash(arena, &drawn);
    if (status == DAVY_OK)
        *out = drawn;
    davy_bulk_free(members);
    return status;
}

/* --------------------------------------------------------------------------------------- files */

static size_t bytes_of(const davy_background *background)
{
    return background->count * background->values * sizeof *background->numbers;
}

davy_status davy_background_write(const davy_background *background, const char *folder)
{
    char path[8192];

    if (background->count == 0)
        return DAVY_OK;
    if (snprintf(path, sizeof path, "%s/%s", folder, DAVY_BACKGROUND_FILE) >= (int) sizeof path)
        return davy_fail(DAVY_ERR_INVALID, "the path is too long");
    return davy_file_replace(path, background->numbers, bytes_of(background), 0644);
}

davy_status davy_background_read(int folder, davy_arena *arena, davy_background *background)
{
    char hash[DAVY_HASH_MAX];
    davy_buffer bytes = {0};
    float *numbers = NULL;
    davy_status status;

    if (background->count == 0)
        return DAVY_OK;
    status = davy_file_read_beneath(folder, DAVY_BACKGROUND_FILE,
                                    DAVY_BACKGROUND_NUMBERS_MAX * sizeof(float), &bytes);
    if (status == DAVY_OK) {
        davy_hash_bytes(bytes.bytes, bytes.length, hash);
        if (bytes.length != bytes_of(background) || strcmp(hash, background->hash) != 0)
            status = davy_fail(DAVY_ERR_CORRUPT,
                               "%s is not the file that model.json was written for: its SHA-256 "
                               "is %s",
                               DAVY_BACKGROUND_FILE, hash);
    }
    if (status == DAVY_OK) {
        numbers = davy_arena_array(arena, background->count * background->values, sizeof *numbers);
        status = numbers ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "background");
    }
    if (status == DAVY_OK)
        memcpy(numbers, bytes.bytes, bytes.length);
    background->numbers = numbers;
    davy_buffer_clear(&bytes);
    return status;
}

/* ---------------------------------------------------------------------------------- model.json */

json_t *davy_background_json(const davy_background *background)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < background->count; i++) {
        const davy_background_row *row = &background->rows[i];
        json_t *object = json_pack("{sI sf}", "row", (json_int_t) row->place + 1, "answer",
                                   isfinite(row->target) ? row->target : 0);

        if (row->run[0])
            json_object_set_new(object, "run", json_string(row->run));
        if (row->time_ns != DAVY_PLACE_NO_TIME)
            json_object_set_new(object, "time_ns", json_integer((json_int_t) row->time_ns));
        json_array_append_new(rows, object);
    }
    return json_pack("{ss ss so}", "name", DAVY_BACKGROUND_FILE, "hash",
                     background->hash ? background->hash : "", "samples", rows);
}

static void read_row(davy_model_reader *in, const json_t *object, davy_background_row *row)
{
    const json_t *time = json_object_get(object, "time_ns");

    row->place = davy_model_read_count(in, object, "row", 1, INT32_MAX) - 1;
    row->target = davy_model_read_number(in, object, "answer", -1e300, 1e300);
    row->run = json_object_get(object, "run") ? davy_model_read_text(in, object, "run") : "";
    row->time_ns = json_is_integer(time) ? (int64_t) json_integer_value(time) : DAVY_PLACE_NO_TIME;
}

void davy_background_read_json(davy_model_reader *in, const json_t *root, size_t values,
                               davy_background *out)
{
    const json_t *object = json_object_get(root, "background");
    const json_t *list = json_object_get(object, "samples");
    const size_t count = json_array_size(list);
    davy_background_row *rows;

    if (in->status != DAVY_OK || !object || count == 0)
        return;
    if (count > DAVY_BACKGROUND_ROWS_MAX || values > DAVY_BACKGROUND_NUMBERS_MAX / count) {
        davy_model_read_fail(in, "background", "of a size that davy takes");
        return;
    }
    rows = davy_arena_array(in->arena, count, sizeof *rows);
    if (!rows) {
        in->status = davy_fail(DAVY_ERR_NOMEM, "background");
        return;
    }
    for (size_t i = 0; i < count; i++)
        read_row(in, json_array_get(list, i), &rows[i]);
    *out = (davy_background){.count = count,
                             .values = values,
                             .rows = rows,
                             .hash = davy_model_read_text(in, object, "hash")};
}

/* ------------------------------------------------------------------------------------- nearest */

/* Of one number over all samples that have it: 1 / variance, 0 when it never moves. */
static double weight_of(const davy_background *b, size_t j)
{
    double mean = 0, squares = 0;
    size_t count = 0;

    for (size_t i = 0; i < b->count; i++) {
        const double value = (double) b->numbers[i * b->values + j], before = mean;

        if (isnan(value))
            continue;
        mean += (value - before) / (double) ++count;
        squares += (value - before) * (value - mean);
    }
    return squares > 0 ? (double) count / squares : 0;
}

/* Of numbers with this weight; one that is missing is as far away as two samples usually are. */
static double square_of(double weight, float a, float b)
{
    const double d = (double) a - (double) b;

    return isnan(d) ? 2 : weight * d * d;
}

/* Put one where it belongs among those found so far. */
static size_t insert(davy_neighbour *found, size_t count, size_t most, davy_neighbour one)
{
    size_t at = count < most ? count : most;

    while (at > 0 && one.distance < found[at - 1].distance) {
        if (at < most)
            found[at] = found[at - 1];
        at--;
    }
    if (at < most)
        found[at] = one;
    return count < most ? count + 1 : most;
}

size_t davy_background_nearest(const davy_background *b, const float *sample, size_t most,
                               davy_neighbour *out)
{
    double *squares = calloc(b->count + 1, sizeof *squares);
    size_t count = 0, counted = 0;

    for (size_t j = 0; squares && b->numbers && j < b->values; j++) {
        const double weight = weight_of(b, j);

        counted += weight > 0;
        for (size_t i = 0; i < b->count && weight > 0; i++)
            squares[i] += square_of(weight, b->numbers[i * b->values + j], sample[j]);
    }
    for (size_t i = 0; squares && b->numbers && i < b->count; i++)
        count =
            insert(out, count, most,
                   (davy_neighbour){i, sqrt(squares[i] / (double) (counted > 0 ? counted : 1))});
    free(squares);
    return count;
}
