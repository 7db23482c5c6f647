/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Chunks that are passed without being decoded: what rings is the same to the nanosecond as when
 * every sample is looked at. Random sites and random histories, with gaps, bad samples, samples
 * that are no number, corrections and late ones, sealed at random moments. A failure prints its
 * seed.
 */
#include "alarm/whatif/rehearsal.h"

#include "core/random.h"
#include "site/load.h"

#include "../store/temporary.h"
#include "../testing.h"

#include <math.h>
#include <stdlib.h>

#define S       DAVY_NS_PER_S
#define BEGIN   (1767268800LL * S) /* 2026-01-01T12:00:00Z */
#define SAMPLES 6000
#define SEEDS   120
#define HEARD   20000

/* Numbers of one seed, one after the other. */
typedef struct numbers {
    uint64_t seed, next;
} numbers;

static double uniform(numbers *random)
{
    return (double) davy_random_uniform(random->seed, 0, random->next++);
}

struct word {
    size_t condition;
    bool rings, stands;
    int64_t time_ns;
};

/* One of the two ways, and what it announced. */
struct way {
    davy_rehearsal *rehearsal;
    struct word *words;
    size_t count, passed, looked;
};

static void hear(void *context, size_t condition, bool rings, bool stands, int64_t time_ns)
{
    struct way *way = context;

    assert_true(way->count < HEARD);
    way->words[way->count++] = (struct word){condition, rings, stands, time_ns};
}

/* What looks at how the value moves: each is there or not. */
static void random_moves(numbers *random, char *text, size_t size)
{
    const bool rate = uniform(random) < 0.4, stuck = uniform(random) < 0.4;
    const bool shift = uniform(random) < 0.15, novel = uniform(random) < 0.15;

    char limit[32] = "";

    if (rate)
        (void) snprintf(limit, sizeof limit, ", rate_limit: %.3f/s", 0.15 + 0.25 * uniform(random));
    (void) snprintf(text, size, "%s%s%s%s", limit, stuck ? ", stuck: 40s" : "",
                    shift ? ", shift: 5" : "", novel ? ", novel: 2000" : "");
}

static const char *random_rule(numbers *random)
{
    const double which = uniform(random);

    return which < 0.3   ? "alarms:\n- {match: [\"T/p:lo\"], re_alarm: 45s}\n"
           : which < 0.6 ? "alarms:\n- {match: [\"T/p:lo\", \"T/p:hi\"], on_delay: 90s}\n"
                         : "";
}

/* Often so short that one sample rings. */
static int random_delay_ms(numbers *random)
{
    return 1 + (int) (uniform(random) < 0.4 ? 0.0 : uniform(random) * 9000.0);
}

static davy_site *random_site(numbers *random)
{
    davy_site_faults faults = {0};
    davy_site *site = NULL;
    char text[768], moves[128];

    random_moves(random, moves, sizeof moves);

    (void) snprintf(
        text, sizeof text,
        "site: {name: a}\nassets:\n- {name: T, signals: [{name: p, limits: {hi: %.3f, lo: %.3f,"
        " lolo: -4}, deadband: %.3f, on_delay: %dms, off_delay: %dms%s%s}]}\n%s",
        1.0 + 2.0 * uniform(random), -1.0 - 2.0 * uniform(random), uniform(random) + 0.001,
        random_delay_ms(random), random_delay_ms(random),
        uniform(random) < 0.8 ? ", deadline: 12s" : "", moves, random_rule(random));
    if (davy_site_parse("test.yaml", text, strlen(text), &faults, &site) != DAVY_OK)
        fail_msg("%s", davy_error());
    davy_site_faults_clear(&faults);
    site->signals[0].id = 0;
    assert_ok(davy_site_index(site));
    return site;
}

/* What a history is like. */
struct nature {
    double rare;  /* share of samples that are odd */
    bool regular; /* a sample every whole second */
    bool rests;   /* the value stands still now and then */
    bool fails;   /* nothing but bad samples for a while, now and then */
    double jump;  /* from one sealed chunk to the next */
};

static struct nature random_nature(numbers *random)
{
    return (struct nature){0.004 * uniform(random), uniform(random) < 0.5, uniform(random) < 0.5,
                           uniform(random) < 0.3,
                           uniform(random) < 0.5 ? 0.3 + 0.5 * uniform(random) : 0.0};
}

/* What no instrument says, and what one far beyond its range does. */
static double odd_value(numbers *random)
{
    static const double odd[] = {NAN, NAN, INFINITY, -INFINITY, 1e308, -1e308, -0.0};

    return uniform(random) < 0.4 ? odd[(size_t) (uniform(random) * 6.999)]
                                 : 10.0 * (uniform(random) - 0.5);
}

static davy_sample random_sample(numbers *random, const struct nature *nature, size_t i,
                                 int64_t time_ns)
{
    davy_sample sample = {time_ns, 1.8 * sin((double) i * 0.003) + 0.2 * (uniform(random) - 0.5), 0,
                          DAVY_QUALITY_GOOD};

    if (uniform(random) < 0.5)
        sample.value = round(100.0 * sample.value) / 100.0;
    if (nature->rests && i / 500 % 3 == 1)
        sample.value = (double) (i / 60 % 2) * 0.01; /* for a minute, which is too long */
    if (nature->rests && i / 500 % 5 == 2)
        sample.value = 0.25;
    if (nature->fails && i / 700 % 4 == 2)
        sample.quality = DAVY_QUALITY_BAD;
    if (uniform(random) < nature->rare)
        sample.value = odd_value(random);
    if (uniform(random) < nature->rare)
        sample.quality = uniform(random) < 0.5 ? DAVY_QUALITY_BAD : DAVY_QUALITY_UNCERTAIN;
    return sample;
}

static int64_t random_gap(numbers *random, const struct nature *nature)
{
    if (uniform(random) < nature->rare)
        return (1 + (int64_t) (uniform(random) * 40.0)) * S;
    return nature->regular ? S : (int64_t) (S / 2 + uniform(random) * (double) S);
}

/* Samples about once a second, and where they end. Now and then one is written again later. */
static int64_t write_history(davy_store *store, numbers *random)
{
    static davy_sample batch[400];
    const struct nature nature = random_nature(random);
    const double late = uniform(random) < 0.3 ? 0.002 : 0.0;
    int64_t time_ns = BEGIN;
    size_t count = 0, most = 100, batches = 0;

    for (size_t i = 0; i < SAMPLES; i++) {
        time_ns += random_gap(random, &nature);
        batch[count] = random_sample(random, &nature, i, time_ns);
        batch[count++].value += batches % 2 ? nature.jump : 0.0;
        if (uniform(random) < late)
            batch[count - 1].time_ns -= (int64_t) (uniform(random) * 300.0 * (double) S);
        if (count < most && i + 1 < SAMPLES)
            continue;
        most = 20 + (size_t) (uniform(random) * 200.0);
        assert_ok(davy_store_append(store, batch, count));
        batches++;
        count = 0;
        if (uniform(random) < 0.7)
            assert_ok(davy_store_seal(store));
    }
    return time_ns + 60 * S;
}

static davy_status look_at_each(void *context, const davy_store_run *run)
{
    struct way *way = context;
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < run->count && status == DAVY_OK; i++) {
        const davy_sample sample = {run->times[i], run->values[i], run->signal, run->quality[i]};

        status = davy_rehearsal_sample(way->rehearsal, &sample);
    }
    return status;
}

static davy_status look_at_run(void *context, const davy_store_run *run)
{
    struct way *way = context;

    way->looked += run->count;
    return davy_rehearsal_run(way->rehearsal, run);
}

static bool pass(void *context, const davy_store_stretch *stretch)
{
    struct way *way = context;
    const davy_passage passage = davy_passage_of(stretch);
    const bool passed = davy_rehearsal_pass(way->rehearsal, stretch->signal, &passage);

    way->passed += passed ? stretch->count : 0;
    return passed;
}

static void begin(struct way *way, const davy_site *site)
{
    const davy_rehearsal_options options = {site, "", BEGIN, way, hear};

    way->count = 0;
    assert_ok(davy_rehearsal_create(&options, &way->rehearsal));
}

static void compare_once(davy_store *store, uint64_t seed, struct way *plain, struct way *fast)
{
    numbers random = {seed, 0};
    davy_site *site = random_site(&random);
    const int64_t end_ns = write_history(store, &random);
    const int64_t from_ns = uniform(&random) < 0.5 ? BEGIN : BEGIN + 777 * S;

    begin(plain, site);
    begin(fast, site);
    assert_ok(davy_store_scan(store, 0, from_ns, end_ns, look_at_each, plain));
    assert_ok(davy_store_scan_stretches(store, 0, from_ns, end_ns, pass, look_at_run, fast));
    assert_ok(davy_rehearsal_end(plain->rehearsal, end_ns));
    assert_ok(davy_rehearsal_end(fast->rehearsal, end_ns));
    if (fast->count != plain->count)
        fail_msg("seed %llu: %zu announcements, and %zu one by one", (unsigned long long) seed,
                 fast->count, plain->count);
    for (size_t i = 0; i < plain->count; i++)
        if (plain->words[i].condition != fast->words[i].condition ||
            plain->words[i].rings != fast->words[i].rings ||
            plain->words[i].stands != fast->words[i].stands ||
            plain->words[i].time_ns != fast->words[i].time_ns)
            fail_msg("seed %llu: announcement %zu differs", (unsigned long long) seed, i);
    davy_rehearsal_destroy(plain->rehearsal);
    davy_rehearsal_destroy(fast->rehearsal);
    davy_site_destroy(site);
}

static void chunks_that_are_passed_ring_what_their_samples_ring(void **state)
{
    struct way plain = {.words = calloc(HEARD, sizeof *plain.words)};
    struct way fast = {.words = calloc(HEARD, sizeof *fast.words)};
    size_t heard = 0;

    assert_non_null(plain.words);
    assert_non_null(fast.words);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        davy_signal_id id;
        davy_store *store;

        assert_ok(davy_store_open(temporary, NULL, &store));
        assert_ok(davy_store_signal(store, "T/p", NULL, &id));
        compare_once(store, seed, &plain, &fast);
        heard += plain.count;
        davy_store_close(store);
        assert_int_equal(temporary_remove(state), 0);
        assert_int_equal(temporary_make(state), 0);
    }
    /* It would be no test if no chunk was passed, or all, or nothing rang. */
    assert_true(fast.passed > (fast.passed + fast.looked) / 10);
    assert_true(fast.looked > (fast.passed + fast.looked) / 10);
    assert_true(heard > (size_t) 10 * SEEDS);
    print_message("# %zu samples passed, %zu looked at, %zu announcements\n", fast.passed,
                  fast.looked, heard);
    free(plain.words);
    free(fast.words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(chunks_that_are_passed_ring_what_their_samples_ring,
                                        temporary_make, temporary_remove),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
