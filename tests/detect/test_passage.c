/* SPDX-License-Identifier: Apache-2.0 */

/* Samples that are passed together tell what samples one by one tell, to the bit: random signals
 * and histories, beside the plain way, whose time is looked at at every whole second. */
#include "detect/engine.h"
#include "detect/passage.h"

#include "core/random.h"
#include "detect_testing.h"

#include <math.h>
#include <stdlib.h>

#define SAMPLES 4000
#define SEEDS   300

struct heard {
    davy_finding findings[SAMPLES];
    size_t count;
};

static void keep(void *context, const davy_finding *finding)
{
    struct heard *heard = context;

    assert_true(heard->count < SAMPLES);
    heard->findings[heard->count++] = *finding;
}

/* Numbers of one seed, one after the other. */
typedef struct numbers {
    uint64_t seed, next;
} numbers;

static double uniform(numbers *random)
{
    return (double) davy_random_uniform(random->seed, 0, random->next++);
}

static davy_site *random_site(numbers *random)
{
    char text[512];
    const double moves = uniform(random);

    (void) snprintf(
        text, sizeof text,
        "site: {name: a}\nassets:\n- {name: T, signals: [{name: p, limits: {hi: %.3f, lo: %.3f,"
        " lolo: -4}, deadband: %.3f, on_delay: %dms, off_delay: %dms, deadline: %ds%s}]}\n",
        1.0 + 2.0 * uniform(random), -1.0 - 2.0 * uniform(random), uniform(random) + 0.001,
        1 + (int) (uniform(random) * 4000), 1 + (int) (uniform(random) * 4000),
        2 + (int) (uniform(random) * 8),
        moves < 0.2   ? ", rate_limit: 2/s"
        : moves < 0.3 ? ", stuck: 4s"
        : moves < 0.4 ? ", shift: 4, rate_limit: 3/s"
        : moves < 0.5 ? ", novel: 1000"
                      : "");
    return site_from(text);
}

/* A slow wave with noise, sometimes far out, with gaps, bad samples and samples that are no number.
 */
static void random_history(numbers *random, int64_t *times, double *values, uint8_t *quality)
{
    const double noise = 0.3 * uniform(random), rare = 0.01 * uniform(random);
    int64_t time_ns = 1000 * S;

    for (size_t i = 0; i < SAMPLES; i++) {
        time_ns += uniform(random) < rare ? (int64_t) (uniform(random) * 20.0 * (double) S)
                                          : (int64_t) (S / 4 + uniform(random) * (double) S);
        times[i] = time_ns;
        values[i] = 1.5 * sin((double) i * 0.004) + noise * (uniform(random) - 0.5);
        if (uniform(random) < rare)
            values[i] = uniform(random) < 0.2 ? NAN : 10.0 * (uniform(random) - 0.5);
        if (i / 300 % 6 == 4)
            values[i] = (double) (i / 10 % 2); /* stands still for a while */
        quality[i] = uniform(random) < rare ? DAVY_QUALITY_BAD : DAVY_QUALITY_GOOD;
    }
}

static davy_detect *start(const davy_site *site, struct heard *heard)
{
    const davy_detect_callbacks callbacks = {heard, keep, NULL, NULL};
    davy_detect *engine = NULL;

    assert_ok(davy_detect_create(site, "", &callbacks, 1000 * S, NULL, &engine));
    return engine;
}

static void look_at(davy_detect *engine, int64_t *ticked_ns, int64_t time_ns, double value,
                    uint8_t quality)
{
    const davy_sample sample = {time_ns, value, 0, quality};

    for (; time_ns - *ticked_ns >= S;) {
        *ticked_ns += S;
        davy_detect_tick(engine, *ticked_ns, *ticked_ns);
    }
    davy_detect_samples(engine, &sample, 1, time_ns);
}

/* @return samples that were passed */
static size_t compare_once(numbers *random, int64_t *times, double *values, uint8_t *quality)
{
    static struct heard plain, fast;
    davy_site *site = random_site(random);
    davy_detect *engines[] = {start(site, &plain), start(site, &fast)};
    int64_t plain_ns = 1000 * S, fast_ns = 1000 * S;
    size_t passed = 0;

    plain.count = fast.count = 0;
    random_history(random, times, values, quality);
    for (size_t i = 0; i < SAMPLES; i++)
        look_at(engines[0], &plain_ns, times[i], values[i], quality[i]);
    for (size_t from = 0; from < SAMPLES;) {
        size_t count = 1 + (size_t) (uniform(random) * 60.0);
        davy_passage passage;

        count = count < SAMPLES - from ? count : SAMPLES - from;
        davy_passage_look(&passage, times + from, values + from, quality + from, count);
        if (davy_detect_pass(engines[1], 0, &passage)) {
            fast_ns = passage.last_ns - passage.last_ns % S;
            passed += count;
        } else {
            for (size_t i = from; i < from + count; i++)
                look_at(engines[1], &fast_ns, times[i], values[i], quality[i]);
        }
        from += count;
    }
    assert_int_equal(fast.count, plain.count);
    for (size_t i = 0; i < plain.count; i++)
        assert_memory_equal(&fast.findings[i], &plain.findings[i], sizeof plain.findings[i]);
    davy_detect_destroy(engines[0]);
    davy_detect_destroy(engines[1]);
    davy_site_destroy(site);
    return passed;
}

static void passing_tells_the_same_to_the_bit(void **state)
{
    int64_t *times = calloc(SAMPLES, sizeof *times);
    double *values = calloc(SAMPLES, sizeof *values);
    uint8_t *quality = calloc(SAMPLES, 1);
    size_t passed = 0;

    (void) state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        numbers random = {seed, 0};

        passed += compare_once(&random, times, values, quality);
    }
    /* It would be no test if nothing was passed, or all of it. */
    assert_in_range(passed, SEEDS * SAMPLES / 10, SEEDS * SAMPLES * 9 / 10);
    free(times);
    free(values);
    free(quality);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passing_tells_the_same_to_the_bit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
