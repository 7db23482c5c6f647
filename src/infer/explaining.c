/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/explaining.h"

#include "infer/explain_reply.h"

#include "core/clock.h"

#include <stdlib.h>
#include <string.h>

/* Share of a new explanation in what is known of its kind. */
#define LEARNING 4

typedef struct entry {
    const char *client; /* NULL: a free one */
    int64_t expected_ns;
} entry;

struct davy_explaining {
    davy_gate *gate, *turn; /* `turn` has one place: that of the explanation that runs */
    pthread_mutex_t lock;
    entry entries[DAVY_EXPLANATIONS_MAX];
    double slowness; /* of the wall's time to the gate's, in which costs are told */
    atomic_bool stopping;
};

static int64_t now_ns(void)
{
    return davy_monotonic_ns(davy_clock_system());
}

davy_status davy_explaining_create(davy_gate *gate, davy_explaining **out)
{
    davy_explaining *explaining = calloc(1, sizeof *explaining);
    davy_status status;

    if (!explaining)
        return davy_fail(DAVY_ERR_NOMEM, "the explanations of a host");
    explaining->gate = gate;
    explaining->slowness = 1;
    (void) pthread_mutex_init(&explaining->lock, NULL);
    status = davy_gate_create(1, &explaining->turn);
    if (status != DAVY_OK) {
        davy_explaining_destroy(explaining);
        return status;
    }
    *out = explaining;
    return DAVY_OK;
}

void davy_explaining_destroy(davy_explaining *explaining)
{
    if (!explaining)
        return;
    davy_gate_destroy(explaining->turn);
    (void) pthread_mutex_destroy(&explaining->lock);
    free(explaining);
}

void davy_explaining_stop(davy_explaining *explaining)
{
    atomic_store(&explaining->stopping, true);
}

/* ----------------------------------------------------------------------------------------- costs
 */

/* What a kind of explanation costs is kept by method: those that a client may name, and the usual
 * one. NULL for a word that is none. */
static _Atomic int64_t *cost_of(const davy_visit *visit)
{
    static const char *const methods[DAVY_EXPLAIN_KINDS] = {
        "auto", "paths", "sums", "background", "gradients", "permutation"};
    const char *wanted = visit->request->explain_method;

    for (size_t i = 0; i < DAVY_EXPLAIN_KINDS; i++)
        if (strcmp(wanted ? wanted : "auto", methods[i]) == 0)
            return &visit->desk->explain_ns[i];
    return NULL;
}

int64_t davy_explaining_expect(const davy_visit *visit)
{
    _Atomic int64_t *cost =
        visit->request->explain && visit->desk->info->predictor ? cost_of(visit) : NULL;

    return cost ? (int64_t) visit->matched.rows * atomic_load_explicit(cost, memory_order_relaxed)
                : 0;
}

/* A watcher's shares are part of its answer, and a wrong word is told at once. */
bool davy_explaining_takes(const davy_visit *visit)
{
    const int64_t expected = davy_explaining_expect(visit);

    return visit->request->explain && visit->desk->info->predictor && cost_of(visit) &&
           (expected == 0 || expected > DAVY_EXPLAIN_LONG_NS);
}

static void learn(const davy_visit *visit, int64_t ns)
{
    _Atomic int64_t *cost = cost_of(visit);
    const int64_t each = ns / (int64_t) (visit->matched.rows > 0 ? visit->matched.rows : 1) + 1;
    int64_t known;

    if (!cost)
        return;
    known = atomic_load_explicit(cost, memory_order_relaxed);
    atomic_store_explicit(cost, known > 0 ? known + (each - known) / LEARNING : each,
                          memory_order_relaxed);
}

static int64_t rested_ns(const davy_visit *visit)
{
    return visit->guest ? visit->guest->rested_ns : 0;
}

davy_status davy_explaining_reply(davy_visit *visit, davy_instance *instance)
{
    const int64_t started = now_ns() - rested_ns(visit);
    davy_status status = davy_explain_reply(visit, instance);

    visit->explain_ns = now_ns() - rested_ns(visit) - started;
    if (status == DAVY_OK && visit->desk->info->predictor)
        learn(visit, visit->explain_ns);
    return status;
}

/* ------------------------------------------------------------------------------------- admission
 */

static davy_status refuse(davy_ask *ask, davy_refusal refusal, int64_t retry_ns)
{
    ask->refusal = refusal;
    ask->retry_after_ms = retry_ns > 1000000 ? (unsigned) (retry_ns / 1000000) : 1000;
    return refusal == DAVY_REFUSAL_STATE ? DAVY_ERR_UNAVAILABLE : DAVY_ERR_FULL;
}

/* What is under way: all of it, and this client's. */
typedef struct crowd {
    size_t count, own;
    int64_t wait_ns;
    entry *free;
} crowd;

static crowd count_locked(davy_explaining *explaining, const char *client)
{
    crowd found = {0};

    for (size_t i = 0; i < DAVY_EXPLANATIONS_MAX; i++) {
        entry *at = &explaining->entries[i];

        if (!at->client) {
            found.free = at;
            continue;
        }
        found.count++;
        found.own += client[0] && strcmp(at->client, client) == 0;
        found.wait_ns += (int64_t) (explaining->slowness * (double) at->expected_ns);
    }
    return found;
}

static davy_status check(const davy_explaining *explaining, const crowd *found, davy_ask *ask,
                         const char *client)
{
    const int64_t next_ns = found->count > 0 ? found->wait_ns / (int64_t) found->count : 0;

    if (atomic_load(&explaining->stopping))
        return davy_fail(refuse(ask, DAVY_REFUSAL_STATE, 0), "the server stops");
    if (found->own >= DAVY_EXPLANATIONS_CLIENT_MAX)
        return davy_fail(refuse(ask, DAVY_REFUSAL_CAPACITY, next_ns),
                         "'%s' has %zu explanations under way, and no client has more at a time",
                         client, found->own);
    if (!found->free || found->wait_ns > DAVY_EXPLAIN_WAIT_NS)
        return davy_fail(refuse(ask, DAVY_REFUSAL_CAPACITY, next_ns),
                         "%zu explanations are under way, which is %.1f s of work as measured on "
                         "this machine",
                         found->count, (double) found->wait_ns / 1e9);
    return DAVY_OK;
}

size_t davy_explaining_count(davy_explaining *explaining)
{
    crowd found;

    (void) pthread_mutex_lock(&explaining->lock);
    found = count_locked(explaining, "");
    (void) pthread_mutex_unlock(&explaining->lock);
    return found.count;
}

static davy_status admit(davy_explaining *explaining, davy_visit *visit, entry **out)
{
    const char *client = visit->request->client ? visit->request->client : "";
    davy_status status;
    crowd found;

    (void) pthread_mutex_lock(&explaining->lock);
    found = count_locked(explaining, client);
    status = check(explaining, &found, &visit->ask, client);
    if (status == DAVY_OK) {
        *found.free = (entry){client, davy_explaining_expect(visit)};
        *out = found.free;
    }
    (void) pthread_mutex_unlock(&explaining->lock);
    return status;
}

static void leave(davy_explaining *explaining, entry *at, double slowness)
{
    (void) pthread_mutex_lock(&explaining->lock);
    *at = (entry){0};
    if (slowness > 0)
        explaining->slowness += (slowness - explaining->slowness) / LEARNING;
    (void) pthread_mutex_unlock(&explaining->lock);
}

/* ------------------------------------------------------------------------------------------ turn
 */

static davy_status step(void *context)
{
    davy_desk *desk = context;
    davy_guest *guest = &desk->guest;
    int64_t taken;

    davy_guest_step(guest);
    if (atomic_load(&desk->host->explaining->stopping))
        return davy_fail(DAVY_ERR_UNAVAILABLE, "the server stops");
    taken = now_ns() - desk->explain_began_ns - guest->rested_ns;
    return taken < DAVY_EXPLAIN_LONGEST_NS
               ? DAVY_OK
               : davy_fail(DAVY_ERR_INVALID,
                           "explaining took longer than the %d s that one request may: send fewer "
                           "samples, or name another method",
                           (int) (DAVY_EXPLAIN_LONGEST_NS / 1000000000));
}

static davy_status open_place(davy_desk *desk)
{
    davy_status status = davy_place_open(&desk->explainer, desk->served, desk->host->pool);

    if (status == DAVY_OK)
        davy_instance_set_pace(desk->explainer.instance, (davy_explain_pace){step, desk});
    return status;
}

static davy_status time_out(davy_visit *visit)
{
    visit->ask.refusal = DAVY_REFUSAL_TIMEOUT;
    return davy_fail(DAVY_ERR_TIMEOUT,
                     "model '%s': the request waited longer than the %llu us it may",
                     visit->desk->info->name, (unsigned long long) visit->ask.timeout_us);
}

/* It has its turn: nobody else uses the desk's explainer. */
static davy_status run(davy_visit *visit, int64_t until_ns)
{
    davy_desk *desk = visit->desk;
    davy_ask *const asks[] = {&visit->ask};
    davy_status status;

    davy_guest_init(&desk->guest, desk->host->gate);
    visit->guest = &desk->guest;
    if (!davy_guest_enter(&desk->guest, until_ns))
        return time_out(visit);
    visit->ask.started_ns = desk->explain_began_ns = now_ns();
    status = open_place(desk);
    if (status == DAVY_OK)
        davy_desk_execute(desk, &desk->explainer, asks, 1);
    davy_guest_leave(&desk->guest);
    if (status == DAVY_OK && visit->ask.status != DAVY_OK)
        status = davy_fail(visit->ask.status, "%s", visit->ask.sentence);
    return status;
}

davy_status davy_explaining_run(davy_visit *visit)
{
    davy_explaining *explaining = visit->desk->host->explaining;
    davy_ask *ask = &visit->ask;
    double slowness = 0;
    entry *at = NULL;
    davy_status status;
    int64_t until_ns, began;

    ask->arrived_ns = ask->started_ns = now_ns();
    until_ns = davy_ask_until(ask);
    status = admit(explaining, visit, &at);
    if (status != DAVY_OK)
        return status;
    if (davy_gate_enter(explaining->turn, until_ns)) {
        began = now_ns();
        status = run(visit, until_ns);
        if (status == DAVY_OK && visit->explain_ns > 0)
            slowness = (double) (now_ns() - began) / (double) visit->explain_ns;
        davy_gate_leave(explaining->turn);
    } else {
        status = time_out(visit);
    }
    leave(explaining, at, slowness);
    return status;
}
