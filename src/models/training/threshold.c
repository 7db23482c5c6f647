/* SPDX-License-Identifier: Apache-2.0 */
#include "models/training/threshold.h"

#include "core/bulk.h"
#include "core/quantity.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static davy_status refuse(const char *text)
{
    return davy_fail(DAVY_ERR_INVALID,
                     "threshold=%.60s: say argmax, auto, a probability above 0 and below 1, "
                     "fpr:RATE as fpr:0.08, or cost:FALSE,MISSED as cost:1,20",
                     text);
}

/* A number between two others, both left out. */
static bool read_number(const char *text, double low, double high, double *out)
{
    return davy_number_parse(text, out) == DAVY_OK && *out > low && *out < high;
}

static bool read_costs(const char *text, davy_cut_wish *wish)
{
    const char *comma = strchr(text, ',');
    char first[32];

    if (!comma || (size_t) (comma - text) >= sizeof first)
        return false;
    (void) snprintf(first, sizeof first, "%.*s", (int) (comma - text), text);
    return read_number(first, 0, 1e12, &wish->false_cost) &&
           read_number(comma + 1, 0, 1e12, &wish->missed_cost);
}

davy_status davy_cut_parse(const char *text, davy_cut_wish *out)
{
    davy_cut_wish wish = {.rule = DAVY_CUT_NUMBER};
    bool fine = true;

    if (strcmp(text, "argmax") == 0) {
        wish.rule = DAVY_CUT_ARGMAX;
    } else if (strcmp(text, "auto") == 0) {
        wish.rule = DAVY_CUT_AUTO;
    } else if (strncmp(text, "fpr:", 4) == 0) {
        wish.rule = DAVY_CUT_FPR;
        fine = read_number(text + 4, 0, 1, &wish.number);
    } else if (strncmp(text, "cost:", 5) == 0) {
        wish.rule = DAVY_CUT_COST;
        fine = read_costs(text + 5, &wish);
    } else {
        fine = read_number(text, 0, 1, &wish.number);
    }
    if (!fine)
        return refuse(text);
    *out = wish;
    return DAVY_OK;
}

bool davy_cut_watches(const davy_cut_wish *wish)
{
    return wish->rule != DAVY_CUT_ARGMAX && wish->rule != DAVY_CUT_NUMBER;
}

/* A watched sample. */
typedef struct watched {
    float probability;
    uint8_t positive;
} watched;

static int from_largest(const void *a, const void *b)
{
    const watched *x = a, *y = b;

    return (x->probability < y->probability) - (x->probability > y->probability);
}

/* The k-th smallest of the normal samples, k = ceil((n + 1) (1 - rate)), is still normal. */
static float cut_normals(const watched *line, size_t count, size_t normals, double rate,
                         bool *vouched)
{
    const double rank = ceil((double) (normals + 1) * (1 - rate) - 1e-9);
    size_t left = rank <= (double) normals ? normals - (size_t) rank : 0;

    *vouched = rank <= (double) normals;
    for (size_t i = 0; i < count; i++)
        if (!line[i].positive && left-- == 0)
            return nextafterf(line[i].probability, 2);
    return nextafterf(1, 2);
}

/* Of all cuts between two samples the one with the least cost; the highest of equal ones. */
static float cut_cheapest(const watched *line, size_t count, double false_cost, double missed_cost)
{
    double cost = 0, least = 0;
    float cut = nextafterf(1, 2);

    for (size_t i = 0; i < count; i++) {
        cost += line[i].positive ? -missed_cost : false_cost;
        if ((i + 1 == count || line[i + 1].probability < line[i].probability) && cost < least) {
            least = cost;
            cut = i + 1 == count ? line[i].probability
                                 : (line[i].probability + line[i + 1].probability) / 2;
            if (!(cut > 0)) /* a probability of 0 is all that is left */
                cut = line[i].probability;
        }
    }
    return cut;
}

static float cut_line(const davy_cut_wish *wish, const watched *line, size_t count,
                      size_t positives, bool *vouched)
{
    const size_t normals = count - positives;

    if (wish->rule == DAVY_CUT_FPR)
        return cut_normals(line, count, normals, wish->number, vouched);
    if (wish->rule == DAVY_CUT_COST)
        return cut_cheapest(line, count, wish->false_cost, wish->missed_cost);
    return cut_cheapest(line, count, 1.0 / (double) normals, 1.0 / (double) positives);
}

davy_status davy_cut_choose(const davy_cut_wish *wish, const float *probabilities,
                            const uint8_t *positive, size_t count, float *cut, bool *vouched)
{
    watched *line;
    size_t positives = 0;

    *vouched = true;
    if (wish->rule == DAVY_CUT_NUMBER) {
        *cut = (float) wish->number;
        return DAVY_OK;
    }
    for (size_t i = 0; i < count; i++)
        positives += positive[i] != 0;
    if (positives == count || (positives == 0 && wish->rule != DAVY_CUT_FPR))
        return davy_fail(DAVY_ERR_INVALID,
                         "a threshold is chosen on watched samples, and there are %zu of one class "
                         "and none of the other: hold out more (holdout), or give a probability",
                         count);
    line = davy_bulk_alloc(count + 1, sizeof *line);
    if (!line)
        return davy_fail_in(DAVY_ERR_NOMEM, "a threshold of %zu samples", count);
    for (size_t i = 0; i < count; i++)
        line[i] = (watched){probabilities[i], positive[i] != 0};
    davy_bulk_sort(line, count, sizeof *line, from_largest);
    *cut = cut_line(wish, line, count, positives, vouched);
    davy_bulk_free(line);
    return DAVY_OK;
}

static bool is_called_normal(const char *name)
{
    static const char *const words[] = {"normal", "ok", "good", "healthy", "benign",   "no",
                                        "none",   "0",  "0.0",  "false",   "negative", "正常"};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(words); i++)
        if (strcasecmp(words[i], name) == 0)
            return true;
    return false;
}

size_t davy_cut_positive(const char *const classes[2], const size_t samples[2])
{
    const bool first = is_called_normal(classes[0]), second = is_called_normal(classes[1]);

    if (first != second)
        return first ? 1 : 0;
    return samples[0] < samples[1] ? 0 : 1;
}
