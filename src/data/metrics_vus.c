/* SPDX-License-Identifier: Apache-2.0 */
#include "data/metrics_vus.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define LIMITS      DAVY_VUS_LIMITS
#define TABLES_MAX  ((size_t) 4096) /* of groups times buffer lengths that are kept */
#define LENGTHS_MIN ((size_t) 5)

/* A stretch of faulty rows, and the first and last row of its run. */
typedef struct event {
    size_t first, last, run_first, run_last;
} event;

/* What is counted at each limit. A row that is alarmed from limit j on is counted at j; sums over
 * the limits come last. */
typedef struct tally {
    float gained[LIMITS]; /* of the buffers' rows: how much of a faulty one */
    float met[LIMITS];    /* events, those whose buffers touch taken as one */
    float met_total;
} tally;

/* What does not depend on the buffer. */
typedef struct base {
    double rows, faulty;
    double alarmed[LIMITS];        /* rows */
    double alarmed_faulty[LIMITS]; /* faulty rows */
} base;

struct davy_vus {
    size_t group_count, slot_count;
    size_t window, stride, length_count; /* lengths 0, stride, 2 stride, ... */
    base *bases;                         /* [group_count] */
    size_t *slots;  /* [group_count] of groups that a buffer reaches into, else SIZE_MAX */
    tally *tallies; /* [slot_count * length_count] */
    davy_vus_areas exact;
};

/* Everything while it is made. */
typedef struct making {
    const davy_vus_input *in;
    uint8_t *limit; /* [count] first limit at which the row is alarmed */
    float *buffer;  /* [count] of each row, 0 between uses */
    event *events;
    size_t event_count;
} making;

void davy_vus_destroy(davy_vus *vus)
{
    if (!vus)
        return;
    free(vus->bases);
    free(vus->slots);
    free(vus->tallies);
    free(vus);
}

static int by_size_down(const void *a, const void *b)
{
    const double x = *(const double *) a, y = *(const double *) b;

    return (x < y) - (x > y);
}

/* The scores at even ranks, from the largest to the smallest. */
static davy_status find_limits(const davy_vus_input *in, double limits[LIMITS])
{
    double *sorted = malloc((in->count + 1) * sizeof *sorted);
    const double step = (double) (in->count - 1) / (LIMITS - 1);

    if (!sorted)
        return davy_fail(DAVY_ERR_NOMEM, "scores of %zu rows", in->count);
    memcpy(sorted, in->scores, in->count * sizeof *sorted);
    qsort(sorted, in->count, sizeof *sorted, by_size_down);
    for (size_t j = 0; j + 1 < LIMITS; j++)
        limits[j] = sorted[(size_t) ((double) j * step)];
    limits[LIMITS - 1] = sorted[in->count - 1];
    free(sorted);
    return DAVY_OK;
}

static davy_status place_rows(making *m)
{
    double limits[LIMITS];
    davy_status status = find_limits(m->in, limits);

    for (size_t i = 0; i < m->in->count && status == DAVY_OK; i++) {
        size_t low = 0, high = LIMITS - 1;

        while (low < high) {
            const size_t middle = (low + high) / 2;

            if (m->in->scores[i] >= limits[middle])
                high = middle;
            else
                low = middle + 1;
        }
        m->limit[i] = (uint8_t) low;
    }
    return status;
}

static void find_events(making *m)
{
    const davy_vus_input *in = m->in;
    size_t run_first = 0, unfinished = 0;

    for (size_t i = 0; i < in->count; i++) {
        const bool fresh = i == 0 || in->runs[i] != in->runs[i - 1];

        if (fresh)
            run_first = i;
        if (in->faulty[i] && (fresh || !in->faulty[i - 1]))
            m->events[m->event_count++] = (event){.first = i, .run_first = run_first};
        if (in->faulty[i])
            m->events[m->event_count - 1].last = i;
        if (i + 1 == in->count || in->runs[i + 1] != in->runs[i])
            for (; unfinished < m->event_count; unfinished++)
                m->events[unfinished].run_last = i;
    }
}

static size_t begin_of(const event *e, size_t length)
{
    const size_t reach = length / 2;

    return e->first - e->run_first > reach ? e->first - reach : e->run_first;
}

static size_t end_of(const event *e, size_t length)
{
    const size_t reach = length / 2;

    return e->run_last - e->last > reach ? e->last + reach : e->run_last;
}

static size_t group_of(const making *m, size_t row)
{
    return m->in->groups ? m->in->groups[row] : 0;
}

static void fill_buffer(making *m, size_t length)
{
    for (size_t k = 0; k < m->event_count; k++) {
        const event *e = &m->events[k];

        for (size_t x = begin_of(e, length); x < e->first; x++)
            m->buffer[x] += sqrtf(1.0F - (float) (e->first - x) / (float) length);
        for (size_t x = e->last + 1; x <= end_of(e, length); x++)
            m->buffer[x] += sqrtf(1.0F - (float) (x - e->last) / (float) length);
    }
}

/* Where a group is counted: `all` is for every group together. */
static tally *tally_of(const davy_vus *vus, size_t group, size_t length_index, tally *all)
{
    return all ? all : &vus->tallies[vus->slots[group] * vus->length_count + length_index];
}

/* Count the buffers' rows and leave the buffer at 0 again. */
static void drain_buffer(making *m, const davy_vus *vus, size_t length, size_t index, tally *all)
{
    for (size_t k = 0; k < m->event_count; k++) {
        const event *e = &m->events[k];

        for (size_t x = begin_of(e, length); x <= end_of(e, length); x++) {
            if (!m->in->faulty[x])
                tally_of(vus, group_of(m, x), index, all)->gained[m->limit[x]] +=
                    fminf(m->buffer[x], 1.0F);
            m->buffer[x] = 0;
        }
    }
}

/* Count the events; those whose buffers touch are one. */
static void count_met(const making *m, const davy_vus *vus, size_t length, size_t index, tally *all)
{
    for (size_t k = 0; k < m->event_count;) {
        const event *e = &m->events[k];
        const size_t first = e->first, begin = begin_of(e, length);
        size_t end = end_of(e, length);
        uint8_t met = LIMITS - 1;
        tally *t;

        for (k++; k < m->event_count && m->events[k].run_first == e->run_first &&
                  e->last + length / 2 + length / 2 >= m->events[k].first;
             k++) {
            e = &m->events[k];
            end = end_of(e, length);
        }
        for (size_t x = begin; x <= end; x++)
            met = m->limit[x] < met ? m->limit[x] : met;
        t = tally_of(vus, group_of(m, first), index, all);
        t->met[met]++;
        t->met_total++;
    }
}

static void count_length(making *m, const davy_vus *vus, size_t length, size_t index, tally *all)
{
    if (length > 1) {
        fill_buffer(m, length);
        drain_buffer(m, vus, length, index, all);
    }
    count_met(m, vus, length, index, all);
}

/* The two areas of one buffer length. Rows at a limit are alarms. */
static davy_vus_areas measure_length(const base *b, const tally *t)
{
    double gained = 0, met = 0, alarmed = 0, hits = 0, recall_before = 0, false_before = 0;
    davy_vus_areas areas = {0, 0};

    for (size_t j = 0; j < LIMITS; j++) {
        double positive, recall, false_rate;

        gained += (double) t->gained[j];
        met += (double) t->met[j];
        alarmed += b->alarmed[j];
        hits += b->alarmed_faulty[j];
        positive = b->faulty + gained / 2; /* mean of the events alone and with their buffers */
        recall = fmin((hits + gained) / positive, 1) * met / (double) t->met_total;
        false_rate = (alarmed - hits - gained) / (b->rows - positive);
        areas.roc += (false_rate - false_before) * (recall + recall_before) / 2;
        if (alarmed > 0)
            areas.pr += (recall - recall_before) * (hits + gained) / alarmed;
        recall_before = recall;
        false_before = false_rate;
    }
    areas.roc += (1 - false_before) * (1 + recall_before) / 2;
    return areas;
}

static void add_base(base *to, const base *from, double times)
{
    to->rows += times * from->rows;
    to->faulty += times * from->faulty;
    for (size_t j = 0; j < LIMITS; j++) {
        to->alarmed[j] += times * from->alarmed[j];
        to->alarmed_faulty[j] += times * from->alarmed_faulty[j];
    }
}

static void add_tally(tally *to, const tally *from, float times)
{
    for (size_t j = 0; j < LIMITS; j++) {
        to->gained[j] += times * from->gained[j];
        to->met[j] += times * from->met[j];
    }
    to->met_total += times * from->met_total;
}

static bool has_both(const base *b)
{
    return b->faulty > 0 && b->faulty < b->rows;
}

davy_vus_areas davy_vus_exact(const davy_vus *vus)
{
    return vus->exact;
}

davy_vus_areas davy_vus_measure(const davy_vus *vus, const uint32_t *times)
{
    davy_vus_areas sum = {0, 0};
    base all = {0};

    for (size_t g = 0; g < vus->group_count; g++)
        if (times[g] > 0)
            add_base(&all, &vus->bases[g], times[g]);
    if (!has_both(&all))
        return (davy_vus_areas){NAN, NAN};
    for (size_t l = 0; l < vus->length_count; l++) {
        tally t = {0};
        davy_vus_areas areas;

        for (size_t g = 0; g < vus->group_count; g++)
            if (times[g] > 0 && vus->slots[g] != SIZE_MAX)
                add_tally(&t, &vus->tallies[vus->slots[g] * vus->length_count + l],
                          (float) times[g]);
        areas = measure_length(&all, &t);
        sum.roc += areas.roc / (double) vus->length_count;
        sum.pr += areas.pr / (double) vus->length_count;
    }
    return sum;
}

static void measure_exact(making *m, davy_vus *vus)
{
    const size_t lengths = vus->window + 1;
    base all = {0};

    for (size_t g = 0; g < vus->group_count; g++)
        add_base(&all, &vus->bases[g], 1);
    vus->exact = (davy_vus_areas){NAN, NAN};
    if (!has_both(&all))
        return;
    vus->exact = (davy_vus_areas){0, 0};
    for (size_t length = 0; length < lengths; length++) {
        tally t = {0};
        davy_vus_areas areas;

        count_length(m, vus, length, 0, &t);
        areas = measure_length(&all, &t);
        vus->exact.roc += areas.roc / (double) lengths;
        vus->exact.pr += areas.pr / (double) lengths;
    }
}

static void count_bases(const making *m, davy_vus *vus)
{
    for (size_t i = 0; i < m->in->count; i++) {
        base *b = &vus->bases[group_of(m, i)];

        b->rows++;
        b->faulty += m->in->faulty[i];
        b->alarmed[m->limit[i]]++;
        b->alarmed_faulty[m->limit[i]] += m->in->faulty[i];
    }
}

/* Give a place to every group that an event or its longest buffer reaches into. */
static void find_slots(const making *m, davy_vus *vus)
{
    memset(vus->slots, 0xff, vus->group_count * sizeof *vus->slots);
    for (size_t k = 0; k < m->event_count; k++)
        for (size_t x = begin_of(&m->events[k], vus->window);
             x <= end_of(&m->events[k], vus->window); x++)
            if (vus->slots[group_of(m, x)] == SIZE_MAX)
                vus->slots[group_of(m, x)] = vus->slot_count++;
}

/* As many buffer lengths as there is room for. */
static void choose_lengths(davy_vus *vus)
{
    const size_t room = vus->slot_count > 0 ? TABLES_MAX / vus->slot_count : vus->window + 1;
    const size_t most = room > LENGTHS_MIN ? room : LENGTHS_MIN;

    vus->stride = vus->window / most + 1;
    vus->length_count = vus->window / vus->stride + 1;
}

static davy_status fill(making *m, davy_vus *vus)
{
    davy_status status = place_rows(m);

    if (status != DAVY_OK)
        return status;
    find_events(m);
    count_bases(m, vus);
    find_slots(m, vus);
    choose_lengths(vus);
    vus->tallies = calloc(vus->slot_count * vus->length_count + 1, sizeof *vus->tallies);
    if (!vus->tallies)
        return davy_fail(DAVY_ERR_NOMEM, "%zu groups", vus->slot_count);
    for (size_t l = 0; l < vus->length_count; l++)
        count_length(m, vus, l * vus->stride, l, NULL);
    measure_exact(m, vus);
    return DAVY_OK;
}

static davy_status check(const davy_vus_input *in)
{
    if (in->count == 0)
        return davy_fail(DAVY_ERR_INVALID, "there are no rows");
    for (size_t i = 0; i < in->count; i++)
        if (isnan(in->scores[i]))
            return davy_fail(DAVY_ERR_INVALID, "row %zu has no score", i + 1);
    return DAVY_OK;
}

davy_status davy_vus_create(const davy_vus_input *input, davy_vus **out)
{
    making m = {.in = input};
    davy_vus *vus = NULL;
    davy_status status = check(input);

    if (status != DAVY_OK)
        return status;
    vus = calloc(1, sizeof *vus);
    m.limit = calloc(input->count, 1);
    m.buffer = calloc(input->count, sizeof *m.buffer);
    m.events = calloc(input->count, sizeof *m.events);
    if (vus) {
        vus->window = input->window;
        vus->group_count = input->groups ? input->group_count : 1;
        vus->bases = calloc(vus->group_count + 1, sizeof *vus->bases);
        vus->slots = calloc(vus->group_count + 1, sizeof *vus->slots);
    }
    status = vus && vus->bases && vus->slots && m.limit && m.buffer && m.events
                 ? fill(&m, vus)
                 : davy_fail(DAVY_ERR_NOMEM, "%zu rows", input->count);
    free(m.limit);
    free(m.buffer);
    free(m.events);
    if (status == DAVY_OK)
        *out = vus;
    else
        davy_vus_destroy(vus);
    return status;
}
