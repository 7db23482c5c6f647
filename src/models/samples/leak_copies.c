/* SPDX-License-Identifier: Apache-2.0 */
#include "core/bulk.h"
#include "models/samples/leaks.h"
#include "models/samples/sample_order.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NEAR_STEPS      1000.0       /* a signal's range is cut into so many for near copies */
#define NEAR_VALUES_MIN ((size_t) 4) /* of fewer numbers, alike is nothing strange */
#define EXACT_SHARE_MIN 0.01
#define NEAR_SHARE_MIN  0.05

/* A sample by its numbers. */
typedef struct print {
    uint64_t exact, near;
} print;

/* The range of each channel, over all samples that are learnt from. */
typedef struct grid {
    size_t channels;
    float *low, *step;
} grid;

/* Mixing of splitmix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators",
 * OOPSLA 2014): two samples of other numbers get the same mark once in 2^64. */
static uint64_t mix(uint64_t mark, uint64_t word)
{
    uint64_t z = (mark ^ word) + 0x9e3779b97f4a7c15ULL;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

static print print_of(const grid *g, const float *values, size_t count)
{
    print p = {1, 1};

    for (size_t i = 0; i < count; i++) {
        const size_t channel = i % g->channels;
        const float value = values[i] + 0.0F; /* -0 is 0 */
        const float place = (value - g->low[channel]) / g->step[channel];
        uint32_t bits;

        memcpy(&bits, &value, sizeof bits);
        p.exact = mix(p.exact, bits);
        p.near = mix(p.near, isnan(place) ? UINT64_MAX : (uint64_t) (int64_t) lroundf(place));
    }
    return p;
}

static davy_status find_grid(const davy_leak_side *side, const size_t *members, size_t count,
                             float *values, grid *g)
{
    const size_t size = davy_form_values(&side->samples->form);
    davy_status status = DAVY_OK;

    for (size_t c = 0; c < g->channels; c++) {
        g->low[c] = INFINITY;
        g->step[c] = -INFINITY; /* the highest, for now */
    }
    assert(g->channels > 0);
    for (size_t m = 0; m < count && status == DAVY_OK; m++) {
        status = davy_sample_set_read(side->samples, members[m], values);
        for (size_t i = 0; i < size && status == DAVY_OK; i++) {
            const size_t c = i % g->channels;

            g->low[c] = fminf(g->low[c], values[i]);
            g->step[c] = fmaxf(g->step[c], values[i]);
        }
    }
    for (size_t c = 0; c < g->channels; c++) {
        g->step[c] = (g->step[c] - g->low[c]) / (float) NEAR_STEPS;
        if (!(g->step[c] > 0))
            g->step[c] = 1;
    }
    return status;
}

static davy_status take_prints(const davy_leak_side *side, const grid *g, const size_t *members,
                               size_t count, float *values, print *prints)
{
    const size_t size = davy_form_values(&side->samples->form);
    davy_status status = DAVY_OK;

    for (size_t m = 0; m < count && status == DAVY_OK; m++) {
        status = davy_sample_set_read(side->samples, members[m], values);
        if (status == DAVY_OK)
            prints[m] = print_of(g, values, size);
    }
    return status;
}

static int by_mark(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *) a, y = *(const uint64_t *) b;

    return (x > y) - (x < y);
}

/* How many of the held-out marks are among the learnt ones, which become sorted. */
static size_t count_among(uint64_t *learnt, size_t learnt_count, const uint64_t *held, size_t count)
{
    size_t found = 0;

    davy_bulk_sort(learnt, learnt_count, sizeof *learnt, by_mark);
    for (size_t i = 0; i < count; i++)
        found += bsearch(&held[i], learnt, learnt_count, sizeof *learnt, by_mark) != NULL;
    return found;
}

static void say_copies(const char *key, size_t found, size_t held, davy_cautions *cautions)
{
    const bool exact = strcmp(key, "copies") == 0;
    const double share = (double) found / (double) held;

    davy_cautions_add(
        cautions, key, share,
        exact ? "%zu of the %zu samples that were held out (%.3g %%) stand among the learnt ones, "
                "number for number: for those the model need only remember. Remove copies, or give "
                "--group COL so that they stay on one side."
              : "%zu of the %zu samples that were held out (%.3g %%) differ from a learnt one by "
                "less than a thousandth of every signal's range: they are nearly copies. Give "
                "--group COL, or split=time, so that they stay on one side.",
        exact ? "留出的样本中有 %zu 个（共 %zu 个，%.3g %%）与学习样本逐数相同：模型只需记住它们。"
                "请删除重复样本，或用 --group COL 使其留在同一侧。"
              : "留出的样本中有 %zu 个（共 %zu 个，%.3g "
                "%%）与某个学习样本的差异小于各信号量程的千分之一："
                "几乎是重复样本。请用 --group COL 或 split=time 使其留在同一侧。",
        found, held, 100 * share);
}

/* What is exactly the same is near as well, and told once. */
static davy_status compare(const print *learnt, size_t learnt_count, const print *held,
                           size_t count, size_t size, davy_cautions *cautions)
{
    uint64_t *a = davy_bulk_alloc(learnt_count + 1, sizeof *a),
             *b = davy_bulk_alloc(count + 1, sizeof *b);
    size_t exact, near;

    if (!a || !b) {
        davy_bulk_free(a);
        davy_bulk_free(b);
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu samples", learnt_count);
    }
    for (size_t i = 0; i < learnt_count; i++)
        a[i] = learnt[i].exact;
    for (size_t i = 0; i < count; i++)
        b[i] = held[i].exact;
    exact = count_among(a, learnt_count, b, count);
    for (size_t i = 0; i < learnt_count; i++)
        a[i] = learnt[i].near;
    for (size_t i = 0; i < count; i++)
        b[i] = held[i].near;
    near = count_among(a, learnt_count, b, count);
    davy_bulk_free(a);
    davy_bulk_free(b);
    if ((double) exact >= EXACT_SHARE_MIN * (double) count && exact > 0)
        say_copies("copies", exact, count, cautions);
    if (size >= NEAR_VALUES_MIN && near > exact &&
        (double) (near - exact) >= NEAR_SHARE_MIN * (double) count)
        say_copies("near_copies", near - exact, count, cautions);
    return DAVY_OK;
}

/* Windows of both sides that know the same rows: only a forced split has them. */
static davy_status check_overlap(const davy_leak_case *given, davy_cautions *cautions)
{
    davy_sample_order order = {0};
    size_t found = 0, held = 0;
    davy_status status;

    if (given->learnt.samples != given->held.samples || !given->learnt.part)
        return DAVY_OK;
    status = davy_sample_order_read(given->learnt.samples, &order);
    if (status == DAVY_OK)
        status = davy_sample_order_overlap(&order, given->learnt.part, &found, &held);
    davy_sample_order_clear(&order);
    if (status == DAVY_OK && found > 0)
        davy_cautions_add(
            cautions, "overlap", (double) found / (double) held,
            "%zu of the %zu samples that were held out (%.3g %%) share rows with a "
            "learnt one: who has seen one half of a window knows the other. Use "
            "split=time or split=group.",
            "留出的样本中有 %zu 个（共 %zu 个，%.3g %%）与学习样本共用若干行：见过窗口的一半"
            "就知道另一半。请使用 split=time 或 split=group。",
            found, held, 100.0 * (double) found / (double) held);
    return status;
}

davy_status davy_leaks_check_copies(const davy_leak_case *given, davy_cautions *cautions)
{
    const davy_form *form = &given->learnt.samples->form;
    const size_t size = davy_form_values(form);
    size_t learnt_count, held_count;
    size_t *learnt = davy_leak_members(&given->learnt, SIZE_MAX, &learnt_count);
    size_t *held = davy_leak_members(&given->held, SIZE_MAX, &held_count);
    print *prints = davy_bulk_alloc(learnt_count + held_count + 1, sizeof *prints);
    float *values = davy_bulk_alloc(size + 2 * form->channels, sizeof *values);
    grid g = {.channels = form->channels};
    davy_status status = learnt && held && prints && values
                             ? DAVY_OK
                             : davy_fail_in(DAVY_ERR_NOMEM, "%zu samples", learnt_count);

    if (status == DAVY_OK) {
        g.low = values + size;
        g.step = g.low + form->channels;
        status = find_grid(&given->learnt, learnt, learnt_count, values, &g);
    }
    if (status == DAVY_OK)
        status = take_prints(&given->learnt, &g, learnt, learnt_count, values, prints);
    if (status == DAVY_OK)
        status = take_prints(&given->held, &g, held, held_count, values, prints + learnt_count);
    if (status == DAVY_OK && learnt_count > 0 && held_count > 0)
        status = compare(prints, learnt_count, prints + learnt_count, held_count, size, cautions);
    davy_bulk_free(learnt);
    davy_bulk_free(held);
    davy_bulk_free(prints);
    davy_bulk_free(values);
    return status == DAVY_OK ? check_overlap(given, cautions) : status;
}
