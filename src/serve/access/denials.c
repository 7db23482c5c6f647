/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/access/denials.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/sample.h"
#include "serve/call.h"
#include "serve/limits.h"

#define MINUTE_NS    (60 * DAVY_NS_PER_S)
#define MANY_ADDRESS "many"

typedef struct denial_entry {
    char address[DAVY_ADDRESS_MAX]; /* "" when free */
    int64_t since_ns;
    unsigned attempts, wrong_keys;
    uint64_t more; /* not recorded one by one */
} denial_entry;

struct davy_denials {
    pthread_mutex_t guard;
    uint64_t displaced; /* of addresses that made room */
    denial_entry entries[DAVY_HTTP_ADDRESSES_MAX];
};

davy_status davy_denials_create(davy_denials **out)
{
    davy_denials *denials = calloc(1, sizeof *denials);

    if (!denials)
        return davy_fail(DAVY_ERR_NOMEM, "the table of denied attempts");
    pthread_mutex_init(&denials->guard, NULL);
    *out = denials;
    return DAVY_OK;
}

void davy_denials_destroy(davy_denials *denials)
{
    if (!denials)
        return;
    pthread_mutex_destroy(&denials->guard);
    free(denials);
}

/* An IPv6 address becomes its /64; others stay as they are. */
static void address_fold(const char *address, char folded[DAVY_ADDRESS_MAX])
{
    struct in6_addr bytes;

    if (inet_pton(AF_INET6, address, &bytes) == 1 && !IN6_IS_ADDR_V4MAPPED(&bytes)) {
        memset(&bytes.s6_addr[8], 0, 8);
        if (inet_ntop(AF_INET6, &bytes, folded, DAVY_ADDRESS_MAX))
            return;
    }
    (void) snprintf(folded, DAVY_ADDRESS_MAX, "%s", address);
}

/* The entry of an address; when the table is full, the oldest makes room and its number is kept. */
static denial_entry *entry_of(davy_denials *denials, const char *address, int64_t now_ns)
{
    denial_entry *oldest = &denials->entries[0];

    for (size_t i = 0; i < DAVY_HTTP_ADDRESSES_MAX; i++) {
        denial_entry *entry = &denials->entries[i];

        if (strcmp(entry->address, address) == 0)
            return entry;
        if (oldest->address[0] && (!entry->address[0] || entry->since_ns < oldest->since_ns))
            oldest = entry;
    }
    denials->displaced += oldest->more;
    *oldest = (denial_entry){.since_ns = now_ns};
    (void) snprintf(oldest->address, sizeof oldest->address, "%s", address);
    return oldest;
}

davy_denial davy_denials_count(davy_denials *denials, const char *address, bool wrong_key,
                               int64_t now_ns)
{
    char folded[DAVY_ADDRESS_MAX];
    davy_denial denial = {0};
    denial_entry *entry;

    address_fold(address, folded);
    pthread_mutex_lock(&denials->guard);
    entry = entry_of(denials, folded, now_ns);
    if (now_ns - entry->since_ns >= MINUTE_NS) {
        entry->since_ns = now_ns;
        entry->attempts = entry->wrong_keys = 0;
    }
    denial.record = entry->attempts < DAVY_HTTP_DENIALS_RECORDED_PER_MINUTE;
    if (denial.record)
        entry->attempts++;
    else
        entry->more++;
    denial.too_many = wrong_key && entry->wrong_keys >= DAVY_HTTP_WRONG_KEYS_PER_MINUTE;
    if (wrong_key && !denial.too_many)
        entry->wrong_keys++;
    denial.retry_after_s =
        (unsigned) ((entry->since_ns + MINUTE_NS - now_ns + DAVY_NS_PER_S - 1) / DAVY_NS_PER_S);
    pthread_mutex_unlock(&denials->guard);
    return denial;
}

bool davy_denials_is_over(davy_denials *denials, const char *address, int64_t now_ns)
{
    char folded[DAVY_ADDRESS_MAX];
    bool over = false;

    address_fold(address, folded);
    pthread_mutex_lock(&denials->guard);
    for (size_t i = 0; i < DAVY_HTTP_ADDRESSES_MAX && !over; i++)
        over = strcmp(denials->entries[i].address, folded) == 0 &&
               denials->entries[i].wrong_keys >= DAVY_HTTP_WRONG_KEYS_PER_MINUTE &&
               now_ns - denials->entries[i].since_ns < MINUTE_NS;
    pthread_mutex_unlock(&denials->guard);
    return over;
}

void davy_denials_return(davy_denials *denials, const char *address)
{
    char folded[DAVY_ADDRESS_MAX];

    address_fold(address, folded);
    pthread_mutex_lock(&denials->guard);
    entry_of(denials, folded, 0)->more++;
    pthread_mutex_unlock(&denials->guard);
}

void davy_denials_expire(davy_denials *denials, int64_t now_ns, bool all, davy_denials_visit visit,
                         void *context)
{
    uint64_t displaced;

    for (size_t i = 0; i < DAVY_HTTP_ADDRESSES_MAX; i++) {
        denial_entry over = {0};

        pthread_mutex_lock(&denials->guard);
        if (denials->entries[i].address[0] &&
            (all || now_ns - denials->entries[i].since_ns >= MINUTE_NS)) {
            over = denials->entries[i];
            denials->entries[i] = (denial_entry){0};
        }
        pthread_mutex_unlock(&denials->guard);
        if (over.more > 0)
            visit(context, over.address, over.more);
    }
    pthread_mutex_lock(&denials->guard);
    displaced = denials->displaced;
    denials->displaced = 0;
    pthread_mutex_unlock(&denials->guard);
    if (displaced > 0)
        visit(context, MANY_ADDRESS, displaced);
}
