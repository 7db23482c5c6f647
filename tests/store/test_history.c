/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Random histories against a model that keeps every sample in an array. Late, repeated and
 * corrected samples; sealed, closed, opened, read by another process's eyes and put under other
 * classes of retention at random moments.
 * A failure prints its seed.
 */
#include "store/private.h"
#include "store/store.h"

#include "../testing.h"
#include "temporary.h"

#include <math.h>

#define SIGNALS   3
#define PLACES    6000                           /* different times of a signal */
#define STEP_NS   (30 * DAVY_NS_PER_S)           /* 6,000 of them are two days and two hours */
#define START_NS  (1767268800LL * DAVY_NS_PER_S) /* 2026-01-01T12:00:00Z */
#define HISTORIES 40
#define ACTIONS   150

static struct {
    bool there;
    double value;
    uint8_t quality;
} model[SIGNALS][PLACES];

static uint64_t random_state;

static uint64_t random_below(uint64_t bound)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % bound;
}

static int64_t time_of(size_t place)
{
    return START_NS + (int64_t) place * STEP_NS;
}

/* A value as plants have them, and now and then one that is hard to keep. */
static double random_value(void)
{
    switch (random_below(40)) {
    case 0:
        return -0.0;
    case 1:
        return 1.0 / 3 * (double) random_below(1000);
    case 2:
        return (double) (float) 0.1 * (double) random_below(7);
    default:
        return (double) random_below(500) / 10;
    }
}

static davy_sample random_sample(size_t signal, size_t place)
{
    davy_sample sample = {time_of(place), random_value(), (davy_signal_id) signal, 0};

    if (signal > 0 && random_below(20) == 0) /* the first signal is good all the time */
        sample.quality = (uint32_t) random_below(3);
    if (sample.quality == DAVY_QUALITY_BAD && random_below(2))
        sample.value = NAN;
    return sample;
}

static void note(const davy_sample *sample)
{
    size_t place = (size_t) ((sample->time_ns - START_NS) / STEP_NS);

    model[sample->signal][place].there = true;
    model[sample->signal][place].value = sample->value;
    model[sample->signal][place].quality = (uint8_t) sample->quality;
}

/* A stretch in order, as a plant sends it, or samples from anywhere. */
static void append_some(davy_store *store)
{
    static davy_sample samples[2500];
    size_t count = 1 + random_below(random_below(6) ? 40 : DAVY_ARRAY_LENGTH(samples));
    size_t signal = random_below(SIGNALS), place = random_below(PLACES);
    bool in_order = random_below(3) > 0;

    for (size_t i = 0; i < count; i++) {
        if (in_order)
            samples[i] = random_sample(signal, (place + i) % PLACES);
        else
            samples[i] = random_sample(random_below(SIGNALS), random_below(PLACES));
    }
    assert_ok(davy_store_append(store, samples, count));
    for (size_t i = 0; i < count; i++)
        note(&samples[i]);
}

struct walk {
    size_t signal, place, end;
};

static void expect_next(struct walk *walk)
{
    while (walk->place < walk->end && !model[walk->signal][walk->place].there)
        walk->place++;
}

static davy_status compare_run(void *context, const davy_store_run *run)
{
    struct walk *walk = context;

    for (size_t i = 0; i < run->count; i++, walk->place++) {
        expect_next(walk);
        assert_true(walk->place < walk->end);
        assert_true(run->times[i] == time_of(walk->place));
        assert_memory_equal(&run->values[i], &model[walk->signal][walk->place].value, 8);
        assert_int_equal(run->quality[i], model[walk->signal][walk->place].quality);
    }
    return DAVY_OK;
}

static void compare_scan(davy_store *store, size_t signal, size_t from, size_t to)
{
    struct walk walk = {signal, from, to};

    assert_ok(davy_store_scan(store, (davy_signal_id) signal, time_of(from), time_of(to),
                              compare_run, &walk));
    expect_next(&walk);
    assert_true(walk.place >= to); /* nothing is missing */
}

static size_t stretches_taken;
static size_t times_packed; /* with at least a block */

/* What the model has of a stretch. */
struct seen {
    size_t count, bad, uncertain;
    double min, max, first, last, steepest;
    int64_t last_ns, shortest_ns, longest_ns, still_ns, still_last_ns;
};

static int64_t gap_between(size_t before, size_t place)
{
    return time_of(place) - time_of(before);
}

/* A step of the model is longer than the span of a rate, so every neighbour is one. */
static void see(struct seen *seen, size_t signal, size_t before, size_t place)
{
    const double value = model[signal][place].value;

    seen->bad += model[signal][place].quality == DAVY_QUALITY_BAD;
    seen->uncertain += model[signal][place].quality == DAVY_QUALITY_UNCERTAIN;
    seen->min = value < seen->min ? value : seen->min;
    seen->max = value > seen->max ? value : seen->max;
    seen->last_ns = time_of(place);
    if (seen->count++ == 0) {
        seen->first = seen->last = value;
        return;
    }
    if (gap_between(before, place) < seen->shortest_ns)
        seen->shortest_ns = gap_between(before, place);
    if (gap_between(before, place) > seen->longest_ns)
        seen->longest_ns = gap_between(before, place);
    seen->steepest = fmax(seen->steepest,
                          fabs(value - seen->last) / ((double) gap_between(before, place) * 1e-9));
    seen->still_last_ns =
        value == seen->last ? seen->still_last_ns + gap_between(before, place) : 0;
    if (seen->still_last_ns > seen->still_ns)
        seen->still_ns = seen->still_last_ns;
    seen->last = value;
}

static void compare_moves(const davy_moves *moves, const struct seen *seen)
{
    assert_true(moves->known && moves->odd == 0);
    assert_int_equal(moves->uncertain, seen->uncertain);
    assert_true(moves->still_ns == seen->still_ns);
    assert_true(moves->still_last_ns == seen->still_last_ns);
    /* Kept in thousandths of the last decimal of the values: of 0.1, or not rounded at all. */
    assert_true(moves->steepest >= seen->steepest && moves->steepest < seen->steepest + 1.1e-4);
}

/* What is told of it is what the model has; it is taken or not at random. */
static bool compare_stretch(void *context, const davy_store_stretch *stretch)
{
    struct walk *walk = context;
    const bool is_taken = random_below(2) == 0;
    struct seen seen = {
        .min = INFINITY, .max = -INFINITY, .last = NAN, .shortest_ns = INT64_MAX, .longest_ns = 0};
    size_t place, before = 0;

    expect_next(walk);
    assert_true(stretch->first_ns == time_of(walk->place));
    for (place = walk->place; place < walk->end && time_of(place) <= stretch->last_ns; place++) {
        if (!model[walk->signal][place].there)
            continue;
        see(&seen, walk->signal, before, place);
        before = place;
    }
    assert_int_equal(stretch->count, seen.count);
    assert_true(stretch->last_ns == seen.last_ns && stretch->longest_gap_ns == seen.longest_ns);
    assert_true(stretch->shortest_gap_ns == seen.shortest_ns);
    assert_int_equal(seen.bad, stretch->bad ? seen.count : 0);
    if (!stretch->bad) {
        assert_true(stretch->min == seen.min && stretch->max == seen.max);
        assert_true(stretch->first == seen.first && stretch->last == seen.last);
        compare_moves(&stretch->moves, &seen);
    }
    if (is_taken) {
        walk->place = place;
        stretches_taken++;
    }
    return is_taken;
}

static void compare_stretches(davy_store *store, size_t signal, size_t from, size_t to)
{
    struct walk walk = {signal, from, to};

    assert_ok(davy_store_scan_stretches(store, (davy_signal_id) signal, time_of(from), time_of(to),
                                        compare_stretch, compare_run, &walk));
    expect_next(&walk);
    assert_true(walk.place >= to); /* nothing is missing */
}

/* The bucket of the model, places [from, to). */
static davy_store_bucket expect_bucket(size_t signal, size_t from, size_t to)
{
    davy_store_bucket bucket = {.min = NAN, .max = NAN, .sum = NAN, .first = NAN, .last = NAN};

    for (size_t i = from; i < to; i++) {
        double value = model[signal][i].value;

        if (!model[signal][i].there)
            continue;
        if (model[signal][i].quality == DAVY_QUALITY_BAD) {
            bucket.bad++;
            continue;
        }
        if (bucket.count++ == 0) {
            bucket.first = bucket.min = bucket.max = value;
            bucket.sum = 0;
        }
        bucket.min = fmin(bucket.min, value);
        bucket.max = fmax(bucket.max, value);
        bucket.sum += value;
        bucket.last = value;
    }
    return bucket;
}

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static void compare_summary(davy_store *store, size_t signal, size_t from, size_t to)
{
    static davy_store_bucket buckets[PLACES];
    size_t step = 1 + random_below(random_below(2) ? 40 : 4000);
    size_t count = (to - from + step - 1) / step;

    if (from == to)
        return;
    assert_ok(davy_store_summarise(store, (davy_signal_id) signal, time_of(from), time_of(to),
                                   (int64_t) step * STEP_NS, buckets, count));
    for (size_t i = 0; i < count; i++) {
        size_t begin = from + i * step, end = begin + step < to ? begin + step : to;
        davy_store_bucket expected = expect_bucket(signal, begin, end);

        assert_int_equal(buckets[i].count, expected.count);
        assert_int_equal(buckets[i].bad, expected.bad);
        assert_true(buckets[i].time_ns == time_of(begin));
        assert_true(same(buckets[i].min, expected.min) && same(buckets[i].max, expected.max));
        assert_true(same(buckets[i].first, expected.first) && same(buckets[i].last, expected.last));
        assert_true(same(buckets[i].sum, expected.sum) ||
                    fabs(buckets[i].sum - expected.sum) <= 1e-9 * (1 + fabs(expected.sum)));
        if (expected.count == 0)
            continue;
        assert_true(
            same(model[signal][(buckets[i].min_time_ns - START_NS) / STEP_NS].value, expected.min));
        assert_true(
            same(model[signal][(buckets[i].max_time_ns - START_NS) / STEP_NS].value, expected.max));
    }
}

static void compare_latest(davy_store *store, size_t signal)
{
    size_t last = PLACES;
    davy_sample sample;

    while (last > 0 && !model[signal][last - 1].there)
        last--;
    if (last == 0) {
        assert_fails(davy_store_latest(store, (davy_signal_id) signal, &sample), DAVY_ERR_NOT_FOUND,
                     "no sample");
        return;
    }
    assert_ok(davy_store_latest(store, (davy_signal_id) signal, &sample));
    assert_true(sample.time_ns == time_of(last - 1));
    assert_memory_equal(&sample.value, &model[signal][last - 1].value, 8);
}

static void compare(davy_store *store)
{
    size_t signal = random_below(SIGNALS);
    size_t from = random_below(PLACES), to = from + random_below(PLACES - from + 1);

    if (random_below(3) == 0) {
        from = 0;
        to = PLACES;
    }
    compare_scan(store, signal, from, to);
    compare_stretches(store, signal, from, to);
    compare_summary(store, signal, from, to);
    compare_latest(store, signal);
}

static davy_store *open_store(bool read_only)
{
    davy_store_options options = {.read_only = read_only};
    davy_store *store;

    assert_ok(davy_store_open(temporary, &options, &store));
    return store;
}

static void compare_as_reader(void)
{
    davy_store *reader = open_store(true);

    compare(reader);
    davy_store_close(reader);
}

/* Signals change their class from day to day, and nothing of it is seen. */
static void change_classes(davy_store *store)
{
    static const char *const paths[] = {"unit/0", "unit/1", "unit/2", "unit/*"};
    const davy_site_class classes[] = {
        {.name = "bulk", .match = &paths[random_below(4)], .match_count = 1},
        {.name = "slow", .match = &paths[random_below(4)], .match_count = 1},
    };

    assert_ok(davy_store_set_retention(store, classes, random_below(3)));
}

static void act(davy_store **store)
{
    switch (random_below(14)) {
    case 0:
        assert_ok(davy_store_seal(*store));
        break;
    case 1:
        davy_store_close(*store);
        *store = open_store(false);
        break;
    case 2:
        compare_as_reader();
        break;
    case 3:
    case 4:
        compare(*store);
        break;
    case 5:
        change_classes(*store);
        break;
    case 6:
        assert_ok(davy_hot_pack((*store)->hot)); /* as when memory is short */
        times_packed +=
            davy_hot_bytes((*store)->hot) < davy_hot_count((*store)->hot) * DAVY_POINT_BYTES;
        break;
    default:
        append_some(*store);
    }
}

static davy_status count_samples(void *context, const davy_store_run *run)
{
    *(uint64_t *) context += run->count;
    return DAVY_OK;
}

/* After it nothing overlaps, so a summary is made of heads, and every sample is kept once. */
static void compare_compacted(davy_store *store)
{
    davy_store_stats stats;
    uint64_t samples = 0;

    assert_ok(davy_store_seal(store));
    assert_ok(davy_store_compact(store));
    for (size_t signal = 0; signal < SIGNALS; signal++) {
        compare_scan(store, signal, 0, PLACES);
        assert_ok(davy_store_scan(store, (davy_signal_id) signal, INT64_MIN, INT64_MAX,
                                  count_samples, &samples));
    }
    davy_store_get_stats(store, &stats);
    assert_int_equal(stats.chunk_samples, samples);
    assert_true(stats.chunks <= SIGNALS * (size_t) (3 + PLACES / 512));
}

static void live_through(uint64_t seed)
{
    davy_store *store;
    davy_store_stats stats;
    uint64_t checked, damaged;

    random_state = seed * 0x9e3779b97f4a7c15ULL + 1;
    memset(model, 0, sizeof model);
    store = open_store(false);
    for (size_t i = 0; i < SIGNALS; i++) {
        davy_signal_id id;
        char path[16];

        (void) snprintf(path, sizeof path, "unit/%zu", i);
        assert_ok(davy_store_signal(store, path, "", &id));
        assert_int_equal(id, i);
    }
    for (int i = 0; i < ACTIONS; i++)
        act(&store);
    for (size_t signal = 0; signal < SIGNALS; signal++)
        compare_scan(store, signal, 0, PLACES);
    compare_compacted(store);
    assert_ok(davy_store_verify(store, &checked, &damaged));
    davy_store_get_stats(store, &stats);
    assert_int_equal(damaged, 0);
    assert_int_equal(checked, stats.chunks);
    assert_int_equal(stats.damaged_chunks, 0);
    davy_store_close(store);
}

static void every_history_reads_as_the_model_says(void **state)
{
    for (uint64_t seed = 1; seed <= HISTORIES; seed++) {
        print_message("# seed %llu\n", (unsigned long long) seed);
        live_through(seed);
        assert_int_equal(temporary_remove(state), 0);
        assert_int_equal(temporary_make(state), 0);
    }
    assert_true(stretches_taken > 20); /* or it was no test of them */
    assert_true(times_packed > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_history_reads_as_the_model_says, temporary_make,
                                        temporary_remove),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
