/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/boxes.h"

#include "nn/op/overlap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ENDS       4
#define SCORE_MOST 1.001F /* a probability, and the rounding of a graph */

/* A box that passed, by its place among all: of two with one score the first comes first. */
typedef struct candidate {
    float score;
    size_t box, class;
} candidate;

/* The numbers of one sample. */
typedef struct box_sheet {
    const davy_box_output *declared;
    const float *numbers;
    size_t boxes, values, classes;
} box_sheet;

static float value_at(const box_sheet *sheet, size_t box, size_t value)
{
    return sheet->numbers[sheet->declared->columns ? value * sheet->boxes + box
                                                   : box * sheet->values + value];
}

size_t davy_boxes_classes(const davy_box_output *boxes, int64_t values)
{
    const int64_t before = ENDS + (boxes->objectness ? 1 : 0);

    return values > before ? (size_t) (values - before) : 0;
}

static bool comes_before(const candidate *a, const candidate *b)
{
    return a->score > b->score || (a->score == b->score && a->box < b->box);
}

static int by_score(const void *a, const void *b)
{
    return comes_before(a, b) ? -1 : comes_before(b, a);
}

/* -- The best so many --------------------------------------------------------------------------
 */

/* A heap whose root is the last of those that are kept. */
typedef struct box_heap {
    candidate *items; /* [DAVY_BOXES_CANDIDATES] */
    size_t count;
} box_heap;

static void swap(candidate *a, candidate *b)
{
    const candidate other = *a;

    *a = *b;
    *b = other;
}

static void sink(box_heap *heap)
{
    size_t at = 0, last;

    for (;;) {
        last = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < heap->count; child++)
            if (comes_before(&heap->items[last], &heap->items[child]))
                last = child;
        if (last == at)
            return;
        swap(&heap->items[at], &heap->items[last]);
        at = last;
    }
}

static void keep(box_heap *heap, const candidate *item)
{
    size_t at;

    if (heap->count == DAVY_BOXES_CANDIDATES) {
        if (comes_before(item, &heap->items[0])) {
            heap->items[0] = *item;
            sink(heap);
        }
        return;
    }
    at = heap->count++;
    heap->items[at] = *item;
    for (; at > 0 && comes_before(&heap->items[(at - 1) / 2], &heap->items[at]); at = (at - 1) / 2)
        swap(&heap->items[at], &heap->items[(at - 1) / 2]);
}

/* -- Scores -------------------------------------------------------------------------------------
 */

static bool is_probability(float score)
{
    return score >= 0 && score <= SCORE_MOST;
}

/* The best class and its score; a score that is no probability is given as it is. */
static float likeliest(const box_sheet *sheet, size_t box, size_t *class)
{
    const size_t first = sheet->values - sheet->classes;
    const float objectness = sheet->declared->objectness ? value_at(sheet, box, ENDS) : 1;
    float best = -1;

    for (size_t c = 0; c < sheet->classes; c++) {
        const float score = value_at(sheet, box, first + c);

        if (!is_probability(score))
            return score;
        if (score > best) {
            best = score;
            *class = c;
        }
    }
    return is_probability(objectness) ? best * objectness : objectness;
}

static davy_status check_score(const box_sheet *sheet, size_t box, float score)
{
    if (is_probability(score))
        return DAVY_OK;
    return davy_fail(DAVY_ERR_CORRUPT,
                     "output '%.100s': box %zu has a score of %g, which is no probability%s",
                     sheet->declared->output, box, (double) score,
                     isfinite(score) ? ": end the graph with a sigmoid" : "");
}

static davy_status collect(const box_sheet *sheet, box_heap *found)
{
    davy_status status = DAVY_OK;

    for (size_t box = 0; box < sheet->boxes && status == DAVY_OK; box++) {
        candidate item = {.box = box};

        item.score = likeliest(sheet, box, &item.class);
        status = check_score(sheet, box, item.score);
        if (status == DAVY_OK && (double) item.score >= sheet->declared->score)
            keep(found, &item);
    }
    return status;
}

/* -- Boxes --------------------------------------------------------------------------------------
 */

/* Ends in pixels; corners may be given in any order. A box without an area is none. */
static davy_status read_box(const box_sheet *sheet, const davy_image_input *image, size_t box,
                            davy_found_box *out, bool *there)
{
    const davy_box_output *declared = sheet->declared;
    const float sides[2] = {declared->relative ? (float) image->width : 1,
                            declared->relative ? (float) image->height : 1};

    for (size_t d = 0; d < 2; d++) {
        const float a = value_at(sheet, box, d), b = value_at(sheet, box, d + 2);
        const float from = declared->corners ? fminf(a, b) : a - b / 2;
        const float to = declared->corners ? fmaxf(a, b) : a + b / 2;

        if (!isfinite(a) || !isfinite(b))
            return davy_fail(DAVY_ERR_CORRUPT,
                             "output '%.100s': box %zu has ends that are no "
                             "numbers",
                             declared->output, box);
        out->ends[d] = from * sides[d];
        out->ends[d + 2] = to * sides[d];
    }
    *there = out->ends[2] > out->ends[0] && out->ends[3] > out->ends[1];
    return DAVY_OK;
}

static bool is_covered(const davy_found_box *box, const davy_found_box *kept, size_t count,
                       double most)
{
    for (size_t i = 0; i < count; i++)
        if (kept[i].class == box->class && (double) davy_overlap(kept[i].ends, box->ends) > most)
            return true;
    return false;
}

static davy_status suppress(const box_sheet *sheet, const davy_image_input *image,
                            const box_heap *found, davy_found_box *kept, size_t *count)
{
    davy_status status = DAVY_OK;

    *count = 0;
    for (size_t i = 0; i < found->count && *count < sheet->declared->most && status == DAVY_OK;
         i++) {
        davy_found_box box = {.score = fminf(found->items[i].score, 1),
                              .class = found->items[i].class};
        bool there = false;

        status = read_box(sheet, image, found->items[i].box, &box, &there);
        if (there && !is_covered(&box, kept, *count, sheet->declared->overlap))
            kept[(*count)++] = box;
    }
    return status;
}

davy_status davy_boxes_check(const davy_box_output *boxes, davy_type type, int rank,
                             const int64_t *dims, size_t label_count)
{
    const int64_t values = rank == 3 ? dims[boxes->columns ? 1 : 2] : 0;
    const size_t classes = davy_boxes_classes(boxes, values);

    if (type != DAVY_TYPE_F32 || rank != 3 || (values >= 0 && classes == 0))
        return davy_fail(DAVY_ERR_INVALID,
                         DAVY_CONFIG_BOXES ": output '%.100s' is no FP32 [N, %s] with %d numbers "
                                           "of a box and its classes",
                         boxes->output, boxes->columns ? "values, boxes" : "boxes, values",
                         ENDS + boxes->objectness);
    if (values >= 0 && label_count > 0 && label_count != classes)
        return davy_fail(DAVY_ERR_INVALID,
                         DAVY_CONFIG_BOXES ": output '%.100s' has %zu classes and the file of "
                                           "labels %zu; objectness=yes or no?",
                         boxes->output, classes, label_count);
    return DAVY_OK;
}

davy_status davy_boxes_find(const davy_box_output *boxes, const davy_image_input *image,
                            const davy_tensor *tensor, size_t sample, davy_arena *arena,
                            davy_found_box **out, size_t *count)
{
    box_sheet sheet = {.declared = boxes};
    box_heap found = {.count = 0};
    davy_status status = davy_boxes_check(boxes, tensor->type, tensor->rank, tensor->dims, 0);

    if (status != DAVY_OK)
        return status;
    sheet.boxes = (size_t) tensor->dims[boxes->columns ? 2 : 1];
    sheet.values = (size_t) tensor->dims[boxes->columns ? 1 : 2];
    sheet.classes = davy_boxes_classes(boxes, (int64_t) sheet.values);
    sheet.numbers = davy_f32(tensor) + sample * sheet.boxes * sheet.values;
    found.items = davy_arena_array(arena, DAVY_BOXES_CANDIDATES, sizeof *found.items);
    *out = davy_arena_array(arena, boxes->most, sizeof **out);
    if (!found.items || !*out)
        return davy_fail(DAVY_ERR_NOMEM, "boxes of output '%.100s'", boxes->output);
    status = collect(&sheet, &found);
    if (status != DAVY_OK)
        return status;
    qsort(found.items, found.count, sizeof *found.items, by_score);
    return suppress(&sheet, image, &found, *out, count);
}
