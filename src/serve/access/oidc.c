/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/access/oidc.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/sample.h"
#include "serve/access/oidc_claims.h"
#include "serve/access/oidc_fetch.h"

#define FRESH_NS   (INT64_C(3600) * DAVY_NS_PER_S) /* keys are fetched again */
#define RETRY_NS   (30 * DAVY_NS_PER_S)            /* after a failure */
#define WANTED_NS  (60 * DAVY_NS_PER_S)            /* for keys that tokens name, at most so often */
#define REMEMBERED 256                             /* tokens that need no second verification */
#define HASH_BYTES 32

typedef struct remembered {
    unsigned char hash[HASH_BYTES];
    davy_oidc_who who; /* ends_ns 0: free */
} remembered;

struct davy_oidc {
    davy_oidc_options options;
    pthread_mutex_t guard; /* of all below */
    pthread_cond_t changed;
    davy_jwks *keys;    /* NULL until they were fetched */
    int64_t fetched_ns; /* monotonic; the last try */
    bool failed, wanted;
    atomic_bool stop;
    bool running;
    pthread_t thread;
    remembered tokens[REMEMBERED];
};

static int64_t now_ns(void)
{
    return davy_monotonic_ns(davy_clock_system());
}

/* -- Fetching ---------------------------------------------------------------------------------- */

/* When to fetch next; called with the guard. */
static int64_t due_ns(const davy_oidc *oidc)
{
    if (oidc->fetched_ns == 0)
        return 0;
    return oidc->fetched_ns + (oidc->failed ? RETRY_NS : oidc->wanted ? WANTED_NS : FRESH_NS);
}

/* What was believed is believed by the new keys only. */
static void take_keys(davy_oidc *oidc, davy_jwks *keys)
{
    davy_jwks_destroy(oidc->keys);
    oidc->keys = keys;
    sodium_memzero(oidc->tokens, sizeof oidc->tokens);
}

static void fetch(davy_oidc *oidc)
{
    davy_jwks *keys = NULL;
    davy_status status = davy_oidc_fetch(oidc->options.issuer, &oidc->stop, &keys);

    if (status != DAVY_OK && !atomic_load(&oidc->stop))
        davy_log(DAVY_LOG_WARNING, "serve", "keys of tokens stay as they were: %s", davy_error());
    pthread_mutex_lock(&oidc->guard);
    oidc->fetched_ns = now_ns();
    oidc->failed = status != DAVY_OK;
    oidc->wanted = false;
    if (status == DAVY_OK)
        take_keys(oidc, keys);
    pthread_mutex_unlock(&oidc->guard);
}

static void *run(void *context)
{
    davy_oidc *oidc = context;

    pthread_mutex_lock(&oidc->guard);
    while (!atomic_load(&oidc->stop)) {
        int64_t due = due_ns(oidc);
        struct timespec until = {due / DAVY_NS_PER_S, due % DAVY_NS_PER_S};

        if (now_ns() >= due) {
            pthread_mutex_unlock(&oidc->guard);
            fetch(oidc);
            pthread_mutex_lock(&oidc->guard);
        } else {
            (void) pthread_cond_timedwait(&oidc->changed, &oidc->guard, &until);
        }
    }
    pthread_mutex_unlock(&oidc->guard);
    return NULL;
}

static char *copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

/* The options are kept: whoever gave them may forget them. */
static davy_status copy_options(davy_oidc *oidc, const davy_oidc_options *options)
{
    char **roles = calloc(options->role_count + 1, sizeof *roles);
    bool whole = roles != NULL;

    oidc->options.issuer = copy(options->issuer);
    oidc->options.audience = copy(options->audience);
    oidc->options.claim = copy(options->claim);
    oidc->options.roles = (const char *const *) roles;
    whole = whole && oidc->options.issuer && oidc->options.audience &&
            (!options->claim || oidc->options.claim);
    for (size_t i = 0; whole && i < options->role_count; i++) {
        roles[i] = copy(options->roles[i]);
        whole = roles[i] != NULL;
        oidc->options.role_count = i + 1;
    }
    return whole ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "the issuer of tokens");
}

static void free_options(davy_oidc_options *options)
{
    for (size_t i = 0; i < options->role_count; i++)
        free((char *) options->roles[i]);
    free((char **) options->roles);
    free((char *) options->claim);
    free((char *) options->audience);
    free((char *) options->issuer);
}

davy_status davy_oidc_start(const davy_oidc_options *options, davy_oidc **out)
{
    davy_status status = davy_oidc_check_options(options);
    davy_oidc *oidc;
    pthread_condattr_t attributes;

    if (status != DAVY_OK)
        return status;
    oidc = calloc(1, sizeof *oidc);
    if (!oidc)
        return davy_fail(DAVY_ERR_NOMEM, "the issuer of tokens");
    pthread_mutex_init(&oidc->guard, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&oidc->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    status = copy_options(oidc, options);
    if (status == DAVY_OK) {
        oidc->running = pthread_create(&oidc->thread, NULL, run, oidc) == 0;
        if (!oidc->running)
            status = davy_fail(DAVY_ERR_NOMEM, "cannot start a thread for the issuer of tokens");
    }
    if (status == DAVY_OK)
        *out = oidc;
    else
        davy_oidc_stop(oidc);
    return status;
}

void davy_oidc_stop(davy_oidc *oidc)
{
    if (!oidc)
        return;
    pthread_mutex_lock(&oidc->guard);
    atomic_store(&oidc->stop, true);
    pthread_cond_broadcast(&oidc->changed);
    pthread_mutex_unlock(&oidc->guard);
    if (oidc->running)
        pthread_join(oidc->thread, NULL);
    davy_jwks_destroy(oidc->keys);
    free_options(&oidc->options);
    pthread_cond_destroy(&oidc->changed);
    pthread_mutex_destroy(&oidc->guard);
    free(oidc);
}

/* -- Tokens ------------------------------------------------------------------------------------ */

static void hash_token(const char *token, unsigned char hash[HASH_BYTES])
{
    (void) crypto_generichash(hash, HASH_BYTES, (const unsigned char *) token, strlen(token), NULL,
                              0);
}

static remembered *place_of(davy_oidc *oidc, const unsigned char hash[HASH_BYTES])
{
    return &oidc->tokens[hash[0] % REMEMBERED];
}

bool davy_oidc_recall(davy_oidc *oidc, const char *token, int64_t wall_ns, davy_oidc_who *who)
{
    unsigned char hash[HASH_BYTES];
    const remembered *place;
    bool known;

    hash_token(token, hash);
    pthread_mutex_lock(&oidc->guard);
    place = place_of(oidc, hash);
    known = wall_ns < place->who.ends_ns && memcmp(place->hash, hash, sizeof hash) == 0;
    if (known)
        *who = place->who;
    pthread_mutex_unlock(&oidc->guard);
    return known;
}

/* Verify with the keys that are there; a key that is not there is fetched for the next time. */
static davy_status verify(davy_oidc *oidc, const davy_jwt *jwt)
{
    davy_status status;

    pthread_mutex_lock(&oidc->guard);
    status = oidc->keys ? davy_jwks_verify(oidc->keys, jwt)
                        : davy_fail(DAVY_ERR_UNAVAILABLE, "the issuer of tokens has not answered");
    if (status == DAVY_ERR_NOT_FOUND) {
        oidc->wanted = true;
        pthread_cond_broadcast(&oidc->changed);
    }
    pthread_mutex_unlock(&oidc->guard);
    return status == DAVY_ERR_NOT_FOUND ? DAVY_ERR_DENIED : status;
}

static void remember(davy_oidc *oidc, const char *token, const davy_oidc_who *who)
{
    unsigned char hash[HASH_BYTES];
    remembered *place;

    hash_token(token, hash);
    pthread_mutex_lock(&oidc->guard);
    place = place_of(oidc, hash);
    memcpy(place->hash, hash, sizeof hash);
    place->who = *who;
    pthread_mutex_unlock(&oidc->guard);
}

davy_status davy_oidc_check(davy_oidc *oidc, const char *token, int64_t wall_ns, davy_oidc_who *who)
{
    davy_jwt jwt;
    davy_status status = davy_jwt_parse(token, &jwt);

    if (status != DAVY_OK)
        return DAVY_ERR_DENIED;
    status = verify(oidc, &jwt);
    if (status == DAVY_OK)
        status = davy_oidc_read_claims(&oidc->options, jwt.claims, wall_ns, who);
    davy_jwt_clear(&jwt);
    if (status == DAVY_OK)
        remember(oidc, token, who);
    return status;
}
