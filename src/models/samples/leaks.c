/* SPDX-License-Identifier: Apache-2.0 */
#include "models/samples/leaks.h"

#include "core/bulk.h"
#include "models/samples/bins.h"

#include <math.h>
#include <stdlib.h>

#define CLOCK_SAMPLES_MAX ((size_t) 100000)
#define CLOCK_SAMPLES_MIN ((size_t) 20)
#define CLOCK_F1_NEAR     0.02 /* a clock is as good as the model when this little is missing */
#define CLOCK_RMSE_NEAR   1.05
#define CLOCK_F1_CHANCE   0.1 /* and says something only when it is this far ahead of a constant */
#define CLOCK_RMSE_CHANCE 0.9

static bool is_of_side(const davy_leak_side *side, size_t i)
{
    return (!side->part || (side->which >> side->part[i] & 1U)) &&
           isfinite(side->samples->targets[i]);
}

size_t *davy_leak_members(const davy_leak_side *side, size_t most, size_t *count)
{
    size_t all = 0, seen = 0, *members;

    for (size_t i = 0; i < side->samples->count; i++)
        all += is_of_side(side, i);
    *count = all < most ? all : most;
    members = davy_bulk_alloc(*count + 1, sizeof *members);
    for (size_t i = 0; members && i < side->samples->count; i++) {
        if (!is_of_side(side, i))
            continue;
        if (seen * *count / all != (seen + 1) * *count / all)
            members[seen * *count / all] = i;
        seen++;
    }
    return members;
}

/* Two clocks: rows since the run began, and rows since all began. */
enum { IN_RUN, IN_ALL, CLOCKS };

/* Places of samples and their answers, packed. */
typedef struct clock_side {
    float *places[CLOCKS];
    double *targets;
    size_t count;
} clock_side;

static void clock_side_clear(clock_side *side)
{
    for (size_t c = 0; c < CLOCKS; c++)
        davy_bulk_free(side->places[c]);
    davy_bulk_free(side->targets);
}

/* First row of each run, of all samples of a set. NULL without memory. */
static size_t *find_begins(const davy_sample_set *samples, size_t *runs)
{
    size_t *begins;

    *runs = 1;
    for (size_t i = 0; i < samples->count; i++) {
        const size_t run = davy_sample_set_where(samples, i).run;

        *runs = run >= *runs ? run + 1 : *runs;
    }
    begins = calloc(*runs, sizeof *begins);
    for (size_t run = 0; begins && run < *runs; run++)
        begins[run] = SIZE_MAX;
    for (size_t i = 0; begins && i < samples->count; i++) {
        const davy_sample_place place = davy_sample_set_where(samples, i);

        if (place.first < begins[place.run])
            begins[place.run] = place.first;
    }
    return begins;
}

static davy_status clock_side_init(const davy_leak_side *from, clock_side *side)
{
    size_t runs, *begins = find_begins(from->samples, &runs);
    size_t *members = davy_leak_members(from, CLOCK_SAMPLES_MAX, &side->count);
    davy_status status = DAVY_OK;

    side->targets = davy_bulk_alloc(side->count + 1, sizeof *side->targets);
    for (size_t c = 0; c < CLOCKS; c++)
        side->places[c] = davy_bulk_alloc(side->count + 1, sizeof *side->places[c]);
    if (!begins || !members || !side->targets || !side->places[IN_RUN] || !side->places[IN_ALL])
        status = davy_fail_in(DAVY_ERR_NOMEM, "a clock of %zu samples", side->count);
    for (size_t m = 0; m < side->count && status == DAVY_OK; m++) {
        const davy_sample_place place = davy_sample_set_where(from->samples, members[m]);

        side->targets[m] = from->samples->targets[members[m]];
        side->places[IN_RUN][m] = (float) (place.last - begins[place.run]);
        side->places[IN_ALL][m] = (float) place.last;
    }
    free(begins);
    davy_bulk_free(members);
    return status;
}

static davy_status judge_clock(const clock_side *learnt, const clock_side *judged, size_t which,
                               size_t classes, davy_bins_figures *figures)
{
    davy_bins bins = {0};
    davy_status status =
        davy_bins_fit(learnt->places[which], learnt->targets, learnt->count, classes, &bins);

    if (status == DAVY_OK)
        status =
            davy_bins_judge(&bins, judged->places[which], judged->targets, judged->count, figures);
    davy_bins_clear(&bins);
    return status;
}

/* What the same answer always gets: the macro-F1 of the most common class, the spread of numbers.
 */
static davy_status judge_constant(const clock_side *learnt, const clock_side *judged,
                                  size_t classes, davy_bins_figures *figures)
{
    float *nothing = davy_bulk_alloc(
        (learnt->count > judged->count ? learnt->count : judged->count) + 1, sizeof *nothing);
    davy_bins bins = {0};
    davy_status status =
        nothing ? davy_bins_fit(nothing, learnt->targets, learnt->count, classes, &bins)
                : davy_fail_in(DAVY_ERR_NOMEM, "a clock of %zu samples", learnt->count);

    if (status == DAVY_OK)
        status = davy_bins_judge(&bins, nothing, judged->targets, judged->count, figures);
    davy_bins_clear(&bins);
    davy_bulk_free(nothing);
    return status;
}

static void say_clock(const davy_leak_case *given, const davy_clock_figures *clock,
                      const davy_bins_figures *constant, davy_cautions *cautions)
{
    const bool classes = given->class_count > 0;
    const double found = classes ? clock->macro_f1 : clock->rmse;
    const double model = classes ? given->model_f1 : given->model_rmse;
    const bool near = classes ? found >= model - CLOCK_F1_NEAR : found <= model * CLOCK_RMSE_NEAR;
    const bool says = classes ? found >= constant->macro_f1 + CLOCK_F1_CHANCE
                              : found <= constant->rmse * CLOCK_RMSE_CHANCE;

    if (!near || !says)
        return;
    davy_cautions_add(
        cautions, "clock", found,
        "A CLOCK IS AS GOOD: one that sees only the place of a sample in its run has %s %.4g, the "
        "model %.4g. The layout of the data gives the answer away, and nothing shows that the "
        "model "
        "knows more. Judge it on runs with the event at another place, or with none.",
        "时钟同样好：只看样本在序列中位置的时钟，其 %s 为 %.4g，模型为 %.4g。数据的排布泄露了答案，"
        "无法证明模型懂得更多。请用事件位置不同或没有事件的序列来评估。",
        classes ? "macro-F1" : "RMSE", found, model);
}

/* The better of the clocks, which flatters it: so it is the harder to beat. */
static davy_status run_clocks(const davy_leak_case *given, const clock_side *learnt,
                              const clock_side *judged, davy_cautions *cautions,
                              davy_clock_figures *clock)
{
    davy_bins_figures constant, figures;
    davy_status status = judge_constant(learnt, judged, given->class_count, &constant);

    for (size_t c = 0; c < CLOCKS && status == DAVY_OK; c++) {
        status = judge_clock(learnt, judged, c, given->class_count, &figures);
        if (status == DAVY_OK) {
            clock->macro_f1 = fmax(clock->macro_f1, figures.macro_f1);
            clock->rmse = fmin(clock->rmse, figures.rmse);
        }
    }
    if (status == DAVY_OK)
        say_clock(given, clock, &constant, cautions);
    return status;
}

davy_status davy_leaks_check_clock(const davy_leak_case *given, davy_cautions *cautions,
                                   davy_clock_figures *clock)
{
    const davy_sample_set *samples = given->learnt.samples;
    clock_side learnt = {.count = 0}, judged = {.count = 0};
    davy_status status = DAVY_OK;

    *clock = (davy_clock_figures){NAN, NAN};
    /* Without order, time or runs there is no clock. */
    if (samples->group_count >= samples->count || samples->form.kind == DAVY_FORM_IMAGE)
        return DAVY_OK;
    status = clock_side_init(&given->learnt, &learnt);
    if (status == DAVY_OK)
        status = clock_side_init(&given->judged, &judged);
    if (status == DAVY_OK && learnt.count >= CLOCK_SAMPLES_MIN && judged.count >= CLOCK_SAMPLES_MIN)
        status = run_clocks(given, &learnt, &judged, cautions, clock);
    clock_side_clear(&learnt);
    clock_side_clear(&judged);
    return status;
}

davy_status davy_leaks_check(const davy_leak_case *given, davy_cautions *cautions,
                             davy_clock_figures *clock)
{
    davy_status status = DAVY_OK;

    *clock = (davy_clock_figures){NAN, NAN};
    if (given->learnt.samples->form.kind == DAVY_FORM_IMAGE)
        return DAVY_OK;
    status = davy_leaks_check_copies(given, cautions);
    if (status == DAVY_OK)
        status = davy_leaks_check_columns(given, cautions);
    if (status == DAVY_OK)
        status = davy_leaks_check_clock(given, cautions, clock);
    return status;
}
