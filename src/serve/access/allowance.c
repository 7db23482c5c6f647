/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/access/allowance.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/sample.h"
#include "serve/limits.h"

#define DAY_NS (INT64_C(86400) * DAVY_NS_PER_S)

/* Seconds of its rate that a key may owe for answers that cost more than one. */
#define DEBT_S 60.0

typedef struct key_account {
    char name[DAVY_KEY_NAME_MAX];
    int64_t key_created_ns; /* a key made anew under an old name begins anew */
    double tokens;
    int64_t filled_ns; /* monotonic; until when the bucket was filled */
    int64_t day;       /* since 1970, UTC */
    uint64_t queries;  /* of that day */
} key_account;

struct davy_allowances {
    pthread_mutex_t guard;
    key_account *accounts; /* at most one for each key that ever had limits */
    size_t count;
};

davy_status davy_allowances_create(davy_allowances **out)
{
    davy_allowances *allowances = calloc(1, sizeof *allowances);

    if (!allowances)
        return davy_fail(DAVY_ERR_NOMEM, "the allowances of keys");
    pthread_mutex_init(&allowances->guard, NULL);
    *out = allowances;
    return DAVY_OK;
}

void davy_allowances_destroy(davy_allowances *allowances)
{
    if (!allowances)
        return;
    pthread_mutex_destroy(&allowances->guard);
    free(allowances->accounts);
    free(allowances);
}

static double bucket_size(const davy_key_terms *terms)
{
    return terms->burst ? terms->burst : terms->rate;
}

static void account_open(key_account *account, const davy_key *key, int64_t monotonic_ns)
{
    memset(account, 0, sizeof *account);
    memcpy(account->name, key->name, sizeof account->name);
    account->key_created_ns = key->created_ns;
    account->tokens = bucket_size(&key->terms);
    account->filled_ns = monotonic_ns;
}

/* The account of a key, a new one with a full bucket; NULL without memory. Keys are made by
 * administrators, so the list is bounded by what they make between two starts. */
static key_account *account_of(davy_allowances *allowances, const davy_key *key,
                               int64_t monotonic_ns)
{
    key_account *grown;

    for (size_t i = 0; i < allowances->count; i++)
        if (strcmp(allowances->accounts[i].name, key->name) == 0) {
            if (allowances->accounts[i].key_created_ns != key->created_ns)
                account_open(&allowances->accounts[i], key, monotonic_ns);
            return &allowances->accounts[i];
        }
    grown = realloc(allowances->accounts, (allowances->count + 1) * sizeof *grown);
    if (!grown)
        return NULL;
    allowances->accounts = grown;
    account_open(&grown[allowances->count], key, monotonic_ns);
    return &grown[allowances->count++];
}

static void fill(key_account *account, const davy_key_terms *terms, int64_t monotonic_ns)
{
    double seconds = (double) (monotonic_ns - account->filled_ns) / (double) DAVY_NS_PER_S;

    account->filled_ns = monotonic_ns;
    account->tokens += seconds * terms->rate;
    if (account->tokens > bucket_size(terms))
        account->tokens = bucket_size(terms);
}

static unsigned seconds_up(double seconds)
{
    unsigned whole = (unsigned) seconds;

    return whole < seconds ? whole + 1 : whole > 0 ? whole : 1;
}

static davy_allowance take(key_account *account, const davy_key_terms *terms, bool query,
                           int64_t monotonic_ns, int64_t wall_ns, unsigned *retry_after_s)
{
    bool counts = query && terms->queries_per_day > 0;
    int64_t day = wall_ns / DAY_NS;

    if (day > account->day) {
        account->day = day;
        account->queries = 0;
    }
    if (terms->rate > 0) {
        fill(account, terms, monotonic_ns);
        if (account->tokens < 1) {
            *retry_after_s = seconds_up((1 - account->tokens) / terms->rate);
            return DAVY_ALLOWANCE_RATE;
        }
    }
    if (counts && account->queries >= terms->queries_per_day) {
        *retry_after_s =
            seconds_up((double) ((account->day + 1) * DAY_NS - wall_ns) / (double) DAVY_NS_PER_S);
        return DAVY_ALLOWANCE_DAY;
    }
    account->tokens -= terms->rate > 0;
    account->queries += counts;
    return DAVY_ALLOWANCE_LEFT;
}

davy_allowance davy_allowances_take(davy_allowances *allowances, const davy_key *key, bool query,
                                    int64_t monotonic_ns, int64_t wall_ns, unsigned *retry_after_s)
{
    davy_allowance allowance = DAVY_ALLOWANCE_LEFT;
    key_account *account;

    if (key->terms.rate == 0 && key->terms.queries_per_day == 0)
        return DAVY_ALLOWANCE_LEFT;
    pthread_mutex_lock(&allowances->guard);
    account = account_of(allowances, key, monotonic_ns);
    if (account) {
        allowance = take(account, &key->terms, query, monotonic_ns, wall_ns, retry_after_s);
    } else {
        *retry_after_s = 1; /* a limit that cannot be kept is not left aside */
        allowance = DAVY_ALLOWANCE_RATE;
    }
    pthread_mutex_unlock(&allowances->guard);
    return allowance;
}

void davy_allowances_charge(davy_allowances *allowances, const davy_key *key, double answers,
                            int64_t monotonic_ns)
{
    key_account *account;

    if (key->terms.rate == 0 || answers <= 1)
        return;
    pthread_mutex_lock(&allowances->guard);
    account = account_of(allowances, key, monotonic_ns);
    if (account) {
        account->tokens -= answers - 1;
        account->tokens = fmax(account->tokens, -DEBT_S * (double) key->terms.rate);
    }
    pthread_mutex_unlock(&allowances->guard);
}
