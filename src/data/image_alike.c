/* SPDX-License-Identifier: Apache-2.0 */
#include "data/image_alike.h"

#include <stdlib.h>
#include <string.h>

#define CELLS 9
#define BANDS 8

/* Files that share a band are compared with so many behind them: a thousand black pictures are soon
 * joined, since each is alike to the next. */
#define NEIGHBOURS_MAX 64

davy_status davy_image_look(const davy_image *image, davy_look *look)
{
    davy_image grid = {0};
    uint32_t light[CELLS][CELLS];
    davy_status status = davy_image_resize(image, NULL, DAVY_RESIZE_AREA, CELLS, CELLS, &grid);

    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < (size_t) CELLS * CELLS; i++) /* ITU-R BT.601 */
        light[i / CELLS][i % CELLS] = 299U * grid.pixels[i * 3] + 587U * grid.pixels[i * 3 + 1] +
                                      114U * grid.pixels[i * 3 + 2];
    *look = (davy_look){0};
    for (size_t i = 0; i < 64; i++) {
        const size_t y = i / 8, x = i % 8;

        look->steps[0] |= (uint64_t) (light[y][x] < light[y][x + 1]) << i;
        look->steps[1] |= (uint64_t) (light[y][x] < light[y + 1][x]) << i;
    }
    for (size_t i = 0; i < sizeof look->colours; i++) {
        const size_t cell = i / 3 / 3 * 3 * CELLS + i / 3 % 3 * 3;
        uint32_t sum = 0;

        for (size_t k = 0; k < 9; k++)
            sum += grid.pixels[(cell + k / 3 * CELLS + k % 3) * 3 + i % 3];
        look->colours[i] = (uint8_t) (sum / 9);
    }
    davy_image_clear(&grid);
    return DAVY_OK;
}

bool davy_look_alike(const davy_look *a, const davy_look *b)
{
    const int steps = __builtin_popcountll(a->steps[0] ^ b->steps[0]) +
                      __builtin_popcountll(a->steps[1] ^ b->steps[1]);
    int difference = 0;

    if (steps > DAVY_ALIKE_STEPS)
        return false;
    for (size_t i = 0; i < sizeof a->colours; i++)
        difference += abs(a->colours[i] - b->colours[i]);
    return difference <= (DAVY_ALIKE_COLOURS - 2 * steps) * (int) sizeof a->colours;
}

/* Sets of files that grow together; the least file stands for its set. */
typedef struct alike_sets {
    davy_image_folder *folder;
    uint32_t *parents; /* [file_count] */
    davy_alike_report *report;
} alike_sets;

static uint32_t find_root(uint32_t *parents, uint32_t file)
{
    while (parents[file] != file) {
        parents[file] = parents[parents[file]];
        file = parents[file];
    }
    return file;
}

static void join(alike_sets *sets, uint32_t a, uint32_t b)
{
    const uint32_t root_a = find_root(sets->parents, a), root_b = find_root(sets->parents, b);

    sets->parents[root_a > root_b ? root_a : root_b] = root_a < root_b ? root_a : root_b;
}

/* A file in the order of some key. */
typedef struct keyed_file {
    uint64_t key, rest;
    uint32_t file;
} keyed_file;

static int by_key(const void *a, const void *b)
{
    const keyed_file *x = a, *y = b;

    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    if (x->rest != y->rest)
        return x->rest < y->rest ? -1 : 1;
    return (x->file > y->file) - (x->file < y->file);
}

static size_t sort_files(const davy_image_folder *folder, keyed_file *order,
                         void (*key_of)(const davy_image_file *file, size_t band, keyed_file *out),
                         size_t band)
{
    size_t count = 0;

    for (size_t i = 0; i < folder->file_count; i++)
        if (!folder->files[i].problem) {
            order[count].file = (uint32_t) i;
            key_of(&folder->files[i], band, &order[count++]);
        }
    if (count > 0)
        qsort(order, count, sizeof *order, by_key);
    return count;
}

static void key_by_content(const davy_image_file *file, size_t band, keyed_file *out)
{
    (void) band;
    out->key = file->content;
    out->rest = 0;
}

static void key_by_band(const davy_image_file *file, size_t band, keyed_file *out)
{
    out->key = file->look.steps[band / 4] >> band % 4 * 16 & 0xFFFF;
    out->rest = file->look.steps[band / 4] ^ file->look.steps[1 - band / 4];
}

static void join_copies(alike_sets *sets, keyed_file *order)
{
    const size_t count = sort_files(sets->folder, order, key_by_content, 0);

    for (size_t i = 1; i < count; i++)
        if (order[i].key == order[i - 1].key) {
            join(sets, order[i].file, order[i - 1].file);
            sets->report->copies++;
        }
}

static void join_looks(alike_sets *sets, keyed_file *order, size_t band)
{
    const size_t count = sort_files(sets->folder, order, key_by_band, band);
    const davy_image_file *files = sets->folder->files;

    for (size_t i = 0; i < count; i++)
        for (size_t k = i + 1; k < count && k - i <= NEIGHBOURS_MAX && order[k].key == order[i].key;
             k++)
            if (davy_look_alike(&files[order[i].file].look, &files[order[k].file].look))
                join(sets, order[i].file, order[k].file);
}

/* Boxes have classes of their own; a picture of many is of none. */
static uint32_t class_of(const davy_image_folder *folder, uint32_t file)
{
    return folder->boxes ? DAVY_IMAGE_NO_LABEL : folder->items[folder->files[file].first].label;
}

/* Count what joined, and give its items one group. */
static void tell(const alike_sets *sets)
{
    davy_image_folder *folder = sets->folder;
    davy_alike_report *report = sets->report;
    size_t joined = 0;

    for (uint32_t i = 0; i < folder->file_count; i++) {
        const uint32_t root = find_root(sets->parents, i);
        const char *names[] = {folder->files[root].name, folder->files[i].name};

        for (uint32_t k = 0; k < folder->files[i].count; k++)
            folder->items[folder->files[i].first + k].group = root;
        if (root == i)
            continue;
        joined++;
        if (!report->pair[0])
            memcpy((void *) report->pair, (const void *) names, sizeof names);
        if (class_of(folder, root) == class_of(folder, i))
            continue;
        report->disputed++;
        if (!report->disputed_pair[0])
            memcpy((void *) report->disputed_pair, (const void *) names, sizeof names);
    }
    report->alike = joined - report->copies;
}

davy_status davy_image_join_alike(davy_image_folder *folder, davy_alike_report *report)
{
    alike_sets sets = {.folder = folder, .report = report};
    keyed_file *order = calloc(folder->file_count + 1, sizeof *order);
    davy_status status = DAVY_OK;

    *report = (davy_alike_report){0};
    sets.parents = calloc(folder->file_count + 1, sizeof *sets.parents);
    if (!order || !sets.parents) {
        status = davy_fail(DAVY_ERR_NOMEM, "comparison of %zu pictures", folder->file_count);
        goto done;
    }
    for (uint32_t i = 0; i < folder->file_count; i++)
        sets.parents[i] = i;
    join_copies(&sets, order);
    for (size_t band = 0; band < BANDS; band++)
        join_looks(&sets, order, band);
    tell(&sets);
done:
    free(order);
    free(sets.parents);
    return status;
}

/* The side on which each group stays. @param strongest  [file_count] by group */
static void find_strongest(davy_image_folder *folder, davy_part *strongest)
{
    for (size_t i = 0; i < folder->file_count; i++)
        strongest[i] = DAVY_PART_NONE;
    for (size_t i = 0; i < folder->item_count; i++) {
        davy_image_item *item = &folder->items[i];
        davy_part *side = &strongest[item->group];

        item->part = item->official;
        if (*side == DAVY_PART_NONE || (item->part != DAVY_PART_NONE && item->part > *side))
            *side = item->part;
    }
}

davy_status davy_image_stop_leaks(davy_image_folder *folder, size_t *leaked)
{
    davy_part *strongest;

    *leaked = 0;
    if (!folder->has_parts)
        return DAVY_OK;
    strongest = calloc(folder->file_count + 1, sizeof *strongest);
    if (!strongest)
        return davy_fail(DAVY_ERR_NOMEM, "split of '%s'", folder->path);
    find_strongest(folder, strongest);
    for (size_t i = 0; i < folder->item_count; i++) {
        davy_image_item *item = &folder->items[i];

        if (item->part != strongest[item->group]) {
            item->part = DAVY_PART_NONE;
            (*leaked)++;
        }
    }
    free(strongest);
    return DAVY_OK;
}
