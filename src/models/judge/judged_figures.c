/* SPDX-License-Identifier: Apache-2.0 */
#include "models/judge/judged_figures.h"

#include "core/bulk.h"
#include "data/metrics_class.h"
#include "models/judge/judge_groups.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PROBABILITY_MIN 1e-12 /* as in an evaluation */
#define CLASS_FIGURES   5
#define NUMBER_FIGURES  2

static const char *const class_keys[CLASS_FIGURES] = {"accuracy", "balanced_accuracy", "macro_f1",
                                                      "log_loss", "common_accuracy"};
static const char *const number_keys[NUMBER_FIGURES] = {"rmse", "mae"};

/* The judged samples of one training. */
typedef struct judged_samples {
    const davy_teaching *teaching;
    size_t *members; /* [count] */
    size_t count;
    davy_row_groups groups;
    double *cells; /* [classes * classes] scratch of a draw */
} judged_samples;

static void measure_classes(const void *context, const uint32_t *times, double *values)
{
    const judged_samples *j = context;
    const davy_answer_set *answers = &j->teaching->answers;
    const size_t classes = j->teaching->samples->class_count;
    double loss = 0, weight = 0;
    davy_class_summary summary;

    memset(j->cells, 0, classes * classes * sizeof *j->cells);
    for (size_t i = 0; i < j->count; i++) {
        const size_t sample = j->members[i];
        const size_t right = (size_t) j->teaching->samples->targets[sample];
        const double p = (double) answers->probabilities[sample * classes + right];
        const double count = times[j->groups.of[i]];

        j->cells[right * classes + davy_answer_class(answers, sample)] += count;
        loss -= count * log(fmin(fmax(p, PROBABILITY_MIN), 1));
        weight += count;
    }
    summary = davy_class_summarise(j->cells, classes, NULL);
    values[0] = summary.accuracy;
    values[1] = summary.balanced_accuracy;
    values[2] = summary.f1;
    values[3] = weight > 0 ? loss / weight : NAN;
    values[4] = summary.common_accuracy;
}

static void measure_numbers(const void *context, const uint32_t *times, double *values)
{
    const judged_samples *j = context;
    double squares = 0, sizes = 0, weight = 0;

    for (size_t i = 0; i < j->count; i++) {
        const size_t sample = j->members[i];
        const double off =
            (double) j->teaching->answers.values[sample] - j->teaching->samples->targets[sample];
        const double count = times[j->groups.of[i]];

        squares += count * off * off;
        sizes += count * fabs(off);
        weight += count;
    }
    values[0] = weight > 0 ? sqrt(squares / weight) : NAN;
    values[1] = weight > 0 ? sizes / weight : NAN;
}

static davy_status list_members(judged_samples *j)
{
    const davy_teaching *teaching = j->teaching;
    const davy_sample_set *samples = teaching->samples;
    const uint8_t *part = davy_teaching_judge(teaching);
    uint32_t *groups = davy_bulk_alloc(samples->count + 1, sizeof *groups);
    davy_status status = DAVY_OK;

    j->members = davy_bulk_alloc(samples->count + 1, sizeof *j->members);
    j->cells = davy_bulk_alloc(samples->class_count * samples->class_count + 1, sizeof *j->cells);
    if (!groups || !j->members || !j->cells)
        status = davy_fail_in(DAVY_ERR_NOMEM, "%zu samples", samples->count);
    for (size_t i = 0; i < samples->count && status == DAVY_OK; i++) {
        if ((part && part[i] != DAVY_PURPOSE_JUDGE) || !teaching->answers.given[i] ||
            !isfinite(samples->targets[i]))
            continue;
        groups[j->count] = samples->groups[i];
        j->members[j->count++] = i;
    }
    if (status == DAVY_OK)
        status = davy_judge_group_rows(groups, NULL, j->count,
                                       samples->group_count >= samples->count, &j->groups);
    davy_bulk_free(groups);
    return status;
}

/* No interval is null in JSON. */
static json_t *make_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *make_figures(const char *const *keys, const davy_estimate *found, size_t count)
{
    json_t *figures = json_object();

    for (size_t i = 0; i < count; i++)
        json_object_set_new(figures, keys[i],
                            json_pack("{so so so}", "value", make_number(found[i].value), "low",
                                      make_number(found[i].low), "high",
                                      make_number(found[i].high)));
    return figures;
}

static davy_status measure(const judged_samples *j, json_t **out)
{
    const davy_teaching *teaching = j->teaching;
    const bool classes = teaching->samples->class_count > 0;
    const size_t count = classes ? CLASS_FIGURES : NUMBER_FIGURES;
    const davy_bootstrap bootstrap = {.group_count = j->groups.count,
                                      .seed = teaching->options->seed};
    davy_estimate found[CLASS_FIGURES];
    davy_status status = davy_bootstrap_run(&bootstrap, classes ? measure_classes : measure_numbers,
                                            j, count, found);

    if (status != DAVY_OK)
        return status;
    *out = json_pack("{ss sI ss sI sI so}", "part",
                     davy_teaching_judge(teaching) ? "judged" : "learnt", "samples",
                     (json_int_t) j->count, "drawn", j->groups.drawn.en, "groups",
                     (json_int_t) j->groups.count, "draws", (json_int_t) DAVY_BOOTSTRAP_DRAWS,
                     "figures", make_figures(classes ? class_keys : number_keys, found, count));
    return *out ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "figures");
}

davy_status davy_judged_answer_figures(const davy_teaching *teaching, json_t **out)
{
    judged_samples j = {.teaching = teaching};
    davy_status status = list_members(&j);

    if (status == DAVY_OK)
        status = measure(&j, out);
    davy_row_groups_clear(&j.groups);
    davy_bulk_free(j.members);
    davy_bulk_free(j.cells);
    return status;
}

/* Chance of at most `count` events where `mean` are expected. */
static double chance_of_at_most(size_t count, double mean)
{
    double term = exp(-mean), sum = term;

    if (mean > 700) /* e^-mean is 0: the normal distribution is near enough */
        return 0.5 * erfc((mean - (double) count - 0.5) / sqrt(2 * mean));
    for (size_t i = 1; i <= count; i++) {
        term *= mean / (double) i;
        sum += term;
    }
    return sum;
}

/* The mean at which the chance falls to `chance`, by halving: the chance falls as the mean grows.
 */
static double find_mean(size_t count, double chance)
{
    double low = 0, high = 2 * (double) count + 20;

    for (int step = 0; step < 100; step++) {
        const double middle = (low + high) / 2;

        if (chance_of_at_most(count, middle) > chance)
            low = middle;
        else
            high = middle;
    }
    return low;
}

void davy_poisson_interval(size_t count, double *low, double *high)
{
    const double tail = (1 - DAVY_BOOTSTRAP_LEVEL) / 2;

    *low = count > 0 ? find_mean(count - 1, 1 - tail) : 0;
    *high = find_mean(count, tail);
}

json_t *davy_judged_watch_figures(const davy_calibration *calibration)
{
    static const char *const keys[] = {"false_episodes_per_day"};
    davy_estimate rate = {NAN, NAN, NAN};
    double low, high;

    davy_poisson_interval(calibration->episodes, &low, &high);
    if (calibration->days > 0)
        rate = (davy_estimate){(double) calibration->episodes / calibration->days,
                               low / calibration->days, high / calibration->days};
    return json_pack("{ss sI ss so}", "part", "calibration", "samples",
                     (json_int_t) calibration->rows, "drawn", "Poisson", "figures",
                     make_figures(keys, &rate, 1));
}
