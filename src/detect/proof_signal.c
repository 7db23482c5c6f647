/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/monitor.h"
#include "detect/proof_private.h"

#include <math.h>

/* Samples of what is measured over a stretch. */
#define RUN 32

/* A limit is passed by so much of it, at least. */
#define SHARE 0.01

static const davy_site_signal *signal_of(const davy_proof *proof)
{
    return &proof->site.signals[0];
}

/* The newest real value; one between the limits when there is none. */
static double newest(const davy_proof *proof)
{
    const davy_site_limits *limits = &signal_of(proof)->limits;
    double low = isnan(limits->lo) ? limits->lolo : limits->lo;
    double high = isnan(limits->hi) ? limits->hihi : limits->hi;
    davy_sample sample;

    if (davy_store_latest(proof->parts.store, proof->real[0], &sample) == DAVY_OK &&
        isfinite(sample.value))
        return sample.value;
    if (isnan(low))
        return isnan(high) ? 0.0 : high;
    return isnan(high) ? low : (low + high) / 2.0;
}

static int64_t delay_ns(const davy_proof *proof)
{
    return proof->parts.condition->on_delay_ns;
}

/* Beyond the limit for as long as the on-delay, up to now. */
static davy_status pass_limit(davy_proof *proof)
{
    const davy_condition *condition = proof->parts.condition;
    double beyond = fmax(condition->deadband, SHARE * fmax(fabs(condition->limit), SHARE));
    double value = condition->kind >= DAVY_CONDITION_HI ? condition->limit + beyond
                                                        : condition->limit - beyond;
    int64_t now_ns = proof->parts.wall_ns;

    if (delay_ns(proof) > 0)
        davy_proof_add(proof, 0, now_ns - delay_ns(proof), value, DAVY_QUALITY_GOOD);
    davy_proof_add(proof, 0, now_ns, value, DAVY_QUALITY_GOOD);
    return DAVY_OK;
}

/* Samples up to now, so far apart that a run is longer than the on-delay and `least_ns`. */
static int64_t step_of(const davy_proof *proof, int64_t least_ns)
{
    int64_t step_ns = delay_ns(proof) / (RUN / 2) + 1;

    return step_ns > least_ns ? step_ns : least_ns;
}

/* Each step is twice the limit, and never less than the next number that is another one. */
static davy_status change_fast(davy_proof *proof)
{
    int64_t step_ns = step_of(proof, DAVY_RATE_SPAN_NS);
    double value = newest(proof);
    double step = 2.0 * signal_of(proof)->rate_limit * (double) step_ns * 1e-9;

    step = fmax(step, fabs(value) * 1e-12);
    for (int i = RUN - 1; i >= 0; i--)
        davy_proof_add(proof, 0, proof->parts.wall_ns - i * step_ns, value + (RUN - i) * step,
                       DAVY_QUALITY_GOOD);
    return DAVY_OK;
}

/* A gap counts as half of the time at most. */
static davy_status stand_still(davy_proof *proof)
{
    int64_t stuck_ns = signal_of(proof)->stuck_ns;
    int64_t step_ns = (stuck_ns + delay_ns(proof)) / (RUN / 2) + 1;
    double value = newest(proof);

    for (int i = RUN - 1; i >= 0; i--)
        davy_proof_add(proof, 0, proof->parts.wall_ns - i * step_ns, value, DAVY_QUALITY_GOOD);
    return DAVY_OK;
}

static davy_status send_bad(davy_proof *proof)
{
    int64_t now_ns = proof->parts.wall_ns;

    if (delay_ns(proof) > 0)
        davy_proof_add(proof, 0, now_ns - delay_ns(proof), newest(proof), DAVY_QUALITY_BAD);
    davy_proof_add(proof, 0, now_ns, newest(proof), DAVY_QUALITY_BAD);
    return DAVY_OK;
}

static void send_run(davy_proof *proof, double value)
{
    int64_t step_ns = step_of(proof, DAVY_NS_PER_S);

    for (int i = RUN - 1; i >= 0; i--)
        davy_proof_add(proof, 0, proof->parts.wall_ns - i * step_ns, value, DAVY_QUALITY_GOOD);
    proof->batch = 4;
}

static davy_status move_mean(davy_proof *proof)
{
    const davy_shift *shift = davy_detect_shift(proof->engine, 0);

    if (!shift->ready)
        return davy_fail(DAVY_ERR_UNAVAILABLE,
                         "it has seen %u of the %u samples of its baseline and can tell nothing",
                         (unsigned) shift->learnt, (unsigned) DAVY_SHIFT_BASELINE);
    send_run(proof, shift->ewma.target + DAVY_PROOF_SIGMAS * shift->ewma.sigma);
    return DAVY_OK;
}

static davy_status do_new(davy_proof *proof)
{
    const davy_novel *novel = davy_detect_novel(proof->engine, 0);
    double limit = signal_of(proof)->novel;
    double reach = davy_tail_reach(&novel->tails[DAVY_NOVELTY_VALUE]);

    if (novel->count <= DAVY_NOVEL_WARMUP || (double) novel->count < limit)
        return davy_fail(DAVY_ERR_UNAVAILABLE,
                         "it has seen %llu samples and cannot tell what comes once in %.0f",
                         (unsigned long long) novel->count, limit);
    if (!isfinite(reach))
        reach = fmax(fabs(novel->level), 1.0);
    send_run(proof, novel->level + DAVY_PROOF_SIGMAS * reach);
    return DAVY_OK;
}

davy_status davy_proof_deviate_signal(davy_proof *proof)
{
    static davy_status (*const ways[])(davy_proof *) = {
        [DAVY_CONDITION_LOLO] = pass_limit,  [DAVY_CONDITION_LO] = pass_limit,
        [DAVY_CONDITION_HI] = pass_limit,    [DAVY_CONDITION_HIHI] = pass_limit,
        [DAVY_CONDITION_RATE] = change_fast, [DAVY_CONDITION_STUCK] = stand_still,
        [DAVY_CONDITION_SHIFT] = move_mean,  [DAVY_CONDITION_NOVEL] = do_new,
        [DAVY_CONDITION_QUALITY] = send_bad,
    };
    davy_status status = davy_proof_take_room(proof, RUN);

    return status == DAVY_OK ? ways[proof->parts.condition->kind](proof) : status;
}
