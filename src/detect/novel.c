/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/novel.h"

#include <math.h>

/* Numbers that differ by less than this share of them are the same number, rounded. */
#define ROUNDING 1e-12

static double clamp(double x, double most)
{
    return fmin(fmax(x, -most), most);
}

static double distance(double a, double b)
{
    const double between = fabs(a - b);

    return between > ROUNDING * fmax(fabs(a), fabs(b)) ? between : 0;
}

/* The means learn no more of a value than the tail does. */
static void follow(davy_novel *novel, double value, double weight)
{
    const double most = davy_tail_reach(&novel->tails[DAVY_NOVELTY_VALUE]);
    const double held = novel->level + clamp(value - novel->level, most);

    novel->short_mean += (held - novel->short_mean) * fmax(weight, 1.0 / DAVY_NOVEL_SHORT);
    novel->level += (held - novel->level) * weight;
    novel->newest = value;
}

/* Once in so many samples by its tail, and never more than its records vouch for. Three questions
 * have three chances to be answered by chance (Bonferroni). */
static double look_at(davy_novel *novel, davy_novelty what, double number, double weight)
{
    davy_tail *tail = &novel->tails[what];
    davy_records *records = &novel->records[what];
    const double surprise = davy_tail_surprise(tail, number);
    double rarity = 1;

    if (surprise > 0) {
        rarity = fmin(exp(surprise) / DAVY_NOVELTY_COUNT,
                      (double) davy_records_age(records, number, novel->count));
        davy_records_add(records, number, novel->count);
    }
    davy_tail_learn(tail, number, weight);
    return rarity;
}

static double learn(davy_novel *novel, double x)
{
    const double weight = 1.0 / fmin((double) novel->count, DAVY_TAIL_MEMORY);
    double numbers[DAVY_NOVELTY_COUNT], rarest = 1;

    numbers[DAVY_NOVELTY_VALUE] = distance(x, novel->level);
    numbers[DAVY_NOVELTY_STEP] = distance(x, novel->newest);
    follow(novel, x, weight);
    numbers[DAVY_NOVELTY_MEAN] = distance(novel->short_mean, novel->level);
    for (unsigned i = 0; i < DAVY_NOVELTY_COUNT; i++) {
        const double rarity = look_at(novel, i, numbers[i], weight);

        if (rarity > rarest) {
            rarest = rarity;
            novel->what = (uint8_t) i;
        }
    }
    return rarest;
}

double davy_novel_look(davy_novel *novel, double limit, double value)
{
    const double x = clamp(value, DAVY_NOVEL_VALUE_MAX);
    double rarity;

    if (!isfinite(value))
        return 1;
    if (novel->count++ == 0)
        novel->level = novel->short_mean = novel->newest = x;
    rarity = learn(novel, x);
    novel->rarity = novel->count > DAVY_NOVEL_WARMUP ? rarity : 1;
    if (novel->rarity >= limit)
        novel->quiet = DAVY_NOVEL_QUIET;
    else if (novel->quiet > 0)
        novel->quiet--;
    return novel->rarity;
}

davy_change davy_novel_update(davy_novel *novel, double limit, const davy_delays *delays,
                              double value, int64_t time_ns, int64_t now_ns)
{
    (void) davy_novel_look(novel, limit, value);
    return davy_delay_update(&novel->delay, novel->quiet > 0, time_ns, now_ns, delays);
}
