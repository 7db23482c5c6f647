/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What Prometheus' functions make of windows, against sums by hand over the samples: random
 * samples, steps, windows and offsets, many of them on the very edges of windows and a nanosecond
 * beside them. The same in memory, sealed, rolled up and with late samples above it, so by both
 * ways: from summaries of the store and sample by sample.
 */
#include "serve/prometheus/evaluate.h"

#include "../store/temporary.h"
#include "../testing.h"

#include <stdlib.h>

#define S         DAVY_NS_PER_S
#define BASE_NS   (1709121600LL * S) /* 2024-02-28T12:00:00Z */
#define SPAN_NS   (30 * 3600 * S)
#define SAMPLES   1200
#define POINTS    4000
#define QUESTIONS 150

static davy_sample model[SAMPLES];
static size_t model_count;
static uint64_t random_state;

static uint64_t random_below(uint64_t bound)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % bound;
}

/* On whole tens of seconds and a nanosecond beside them, or anywhere. */
static int64_t random_time(void)
{
    const int64_t time_ns = BASE_NS + (int64_t) random_below((uint64_t) SPAN_NS);

    return random_below(4) ? time_ns - time_ns % (10 * S) + (int64_t) random_below(3) - 1 : time_ns;
}

static int by_time(const void *a, const void *b)
{
    const davy_sample *x = a, *y = b;

    return (x->time_ns > y->time_ns) - (x->time_ns < y->time_ns);
}

/* A counter that falls now and then, and once in a while is bad or no number. */
static void append_some(davy_store *store, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        davy_sample sample = {random_time(), (double) random_below(1000) / 10, 0, 0};
        size_t i = 0;

        sample.quality = random_below(10) ? DAVY_QUALITY_GOOD : (uint32_t) random_below(3);
        if (random_below(40) == 0)
            sample.value = NAN;
        assert_ok(davy_store_append(store, &sample, 1));
        while (i < model_count && model[i].time_ns != sample.time_ns)
            i++;
        model[i] = sample;
        model_count += i == model_count;
    }
    qsort(model, model_count, sizeof model[0], by_time);
}

/* extrapolatedRate() of Prometheus 3.0 in its own order: the rise is the last less the first, and
 * what every fall lost. */
static double expect_rate(const davy_sample *const *seen, size_t count, int64_t start_ns,
                          int64_t end_ns)
{
    const double first_s = (double) (seen[0]->time_ns - start_ns) / 1e9;
    const double last_s = (double) (end_ns - seen[count - 1]->time_ns) / 1e9;
    const double sampled_s = (double) (seen[count - 1]->time_ns - seen[0]->time_ns) / 1e9;
    const double between_s = sampled_s / (double) (count - 1);
    double rise = seen[count - 1]->value - seen[0]->value;
    double to_start_s = first_s < between_s * 1.1 ? first_s : between_s / 2;
    const double to_end_s = last_s < between_s * 1.1 ? last_s : between_s / 2;

    for (size_t i = 1; i < count; i++)
        rise += seen[i]->value < seen[i - 1]->value ? seen[i - 1]->value : 0;
    if (rise > 0 && seen[0]->value >= 0 && sampled_s * (seen[0]->value / rise) < to_start_s)
        to_start_s = sampled_s * (seen[0]->value / rise);
    return rise * ((sampled_s + to_start_s + to_end_s) / sampled_s) /
           ((double) (end_ns - start_ns) / 1e9);
}

/* The value at a step; NaN: none. */
static double expect(const davy_promql *query, int64_t at_ns)
{
    static const davy_sample *seen[SAMPLES];
    const bool newest = query->function == DAVY_PROMQL_NEWEST;
    const int64_t end_ns = at_ns - query->offset_ns;
    const int64_t start_ns = end_ns - (newest ? DAVY_PROMETHEUS_LOOKBACK_NS : query->window_ns);
    double sum = 0, min = INFINITY, max = -INFINITY;
    size_t count = 0;

    for (size_t i = 0; i < model_count; i++) {
        const bool good = model[i].quality != DAVY_QUALITY_BAD && !isnan(model[i].value);

        if (model[i].time_ns > start_ns && model[i].time_ns <= end_ns && (good || newest))
            seen[count++] = &model[i];
    }
    if (count == 0)
        return NAN;
    if (newest)
        return seen[count - 1]->quality == DAVY_QUALITY_BAD ? NAN : seen[count - 1]->value;
    if (query->function == DAVY_PROMQL_RATE)
        return count < 2 ? NAN : expect_rate(seen, count, start_ns, end_ns);
    for (size_t i = 0; i < count; i++) {
        sum += seen[i]->value;
        min = fmin(min, seen[i]->value);
        max = fmax(max, seen[i]->value);
    }
    return query->function == DAVY_PROMQL_AVG   ? sum / (double) count
           : query->function == DAVY_PROMQL_MIN ? min
           : query->function == DAVY_PROMQL_MAX ? max
           : query->function == DAVY_PROMQL_SUM ? sum
                                                : (double) count;
}

struct answer {
    size_t count;
    int64_t times[POINTS];
    double values[POINTS];
};

static void take_point(void *context, int64_t time_ns, double value)
{
    struct answer *answer = context;

    assert_true(answer->count < POINTS);
    answer->times[answer->count] = time_ns;
    answer->values[answer->count++] = value;
}

/* Steps and windows in whole tens of seconds and such that are not; an instant now and then. */
static void ask_at_random(davy_store *store)
{
    static const int64_t units[] = {10 * S, 60 * S, 600 * S, 1001 * (S / 1000), 7 * S};
    static struct answer answer;
    const int64_t unit_ns = units[random_below(DAVY_ARRAY_LENGTH(units))];
    davy_promql query = {.function = DAVY_PROMQL_NEWEST + (int) random_below(7),
                         .window_ns = unit_ns * (int64_t) (1 + random_below(70)),
                         .offset_ns = random_below(3) ? 0 : (int64_t) random_below(5000) * S};
    davy_prometheus_range range = {.start_ns = random_time(),
                                   .step_ns = unit_ns * (int64_t) (1 + random_below(20)),
                                   .point = take_point,
                                   .context = &answer};
    size_t at = 0;

    range.start_ns -= random_below(2) ? range.start_ns % unit_ns : 0;
    range.end_ns = range.start_ns;
    if (random_below(4))
        range.end_ns += (int64_t) random_below((uint64_t) (300 * range.step_ns));
    answer.count = 0;
    assert_ok(davy_prometheus_evaluate(store, 0, &query, &range));
    for (int64_t t = range.start_ns; t <= range.end_ns; t += range.step_ns) {
        const double expected = expect(&query, t);

        if (isnan(expected))
            continue;
        assert_true(at < answer.count && answer.times[at] == t);
        assert_near(answer.values[at], expected, 1e-9 * (1 + fabs(expected)));
        at++;
    }
    assert_int_equal(at, answer.count);
}

static void ask_all(davy_store *store)
{
    for (int i = 0; i < QUESTIONS; i++)
        ask_at_random(store);
}

static void windows_have_their_samples_and_no_others(void **state)
{
    davy_signal_id id;
    davy_store *store;

    for (uint64_t seed = 1; seed <= 3; seed++) {
        print_message("# seed %llu\n", (unsigned long long) seed);
        random_state = seed * 0x9e3779b97f4a7c15ULL;
        model_count = 0;
        assert_ok(davy_store_open(temporary, NULL, &store));
        assert_ok(davy_store_signal(store, "T-101/level", "", &id));
        append_some(store, 800);
        ask_all(store);
        assert_ok(davy_store_seal(store));
        ask_all(store);
        assert_ok(davy_store_roll_up(store, INT64_MAX));
        ask_all(store);
        append_some(store, 300);
        ask_all(store);
        davy_store_close(store);
        assert_int_equal(temporary_remove(state), 0);
        assert_int_equal(temporary_make(state), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(windows_have_their_samples_and_no_others, temporary_make,
                                        temporary_remove),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
