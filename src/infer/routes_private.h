/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/chores.h"
#include "infer/routes.h"

#include <sys/queue.h>

/**
 * @file
 * Inside of routes: what was seen of the traffic of one model.
 */
#define DAVY_ROUTE_ID_MAX 128 /* characters of an id that are kept */

typedef struct davy_disagreement {
    int64_t time_ns; /* wall clock */
    char id[DAVY_ROUTE_ID_MAX], client[DAVY_ROUTE_ID_MAX];
    unsigned version, shadow;
    char reason[256];
} davy_disagreement;

typedef struct davy_route {
    char *model;
    davy_traffic traffic;         /* that the counts are of */
    uint64_t seen, failed;        /* of the canary */
    uint64_t compared, disagreed; /* of the shadow */
    uint64_t absent;              /* requests that came before the canary was there */
    uint64_t skipped;             /* requests that the shadow was not asked */
    bool taken_back;              /* the canary; until the traffic is set anew */
    davy_disagreement *ring;      /* [DAVY_DISAGREEMENTS_MAX] NULL: none yet */
    uint64_t written;
    SLIST_ENTRY(davy_route) link;
} davy_route;

struct davy_routes {
    davy_host *host;
    pthread_mutex_t lock;
    SLIST_HEAD(davy_route_list, davy_route) list;
};

/** The route of a model, made when it is not there; NULL without memory. The lock is held. */
davy_route *davy_route_of(davy_routes *routes, const char *model);

/** Counts are of one setting: a new one starts from nothing. The lock is held. */
void davy_route_follow(davy_route *route, const davy_traffic *traffic);

/** Take the canary back when the bound is passed. The lock is held. */
void davy_route_judge(davy_routes *routes, davy_route *route);

/* shadow.c */

/** Have the shadow asked what was just answered, when there is time. */
void davy_shadow_ask(davy_routes *routes, const davy_traffic *traffic,
                     const davy_infer_request *request, const davy_infer_response *response);
