/* SPDX-License-Identifier: Apache-2.0 */
#include "app/site_slot.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

struct held_site {
    davy_site *site;
    size_t holders;
    struct held_site *older;
};

struct davy_site_slot {
    pthread_mutex_t mutex;
    struct held_site *newest; /* the site now, then replaced ones that someone still holds */
};

davy_status davy_site_slot_create(davy_site *site, davy_site_slot **out)
{
    davy_site_slot *slot = calloc(1, sizeof *slot);
    davy_status status;

    if (!slot)
        return davy_fail(DAVY_ERR_NOMEM, "site");
    pthread_mutex_init(&slot->mutex, NULL);
    status = davy_site_slot_replace(slot, site);
    if (status != DAVY_OK) {
        davy_site_slot_destroy(slot);
        return status;
    }
    *out = slot;
    return DAVY_OK;
}

void davy_site_slot_destroy(davy_site_slot *slot)
{
    if (!slot)
        return;
    while (slot->newest) {
        struct held_site *older = slot->newest->older;

        assert(slot->newest->holders == 0);
        davy_site_destroy(slot->newest->site);
        free(slot->newest);
        slot->newest = older;
    }
    pthread_mutex_destroy(&slot->mutex);
    free(slot);
}

const davy_site *davy_site_slot_acquire(davy_site_slot *slot)
{
    const davy_site *site;

    pthread_mutex_lock(&slot->mutex);
    slot->newest->holders++;
    site = slot->newest->site;
    pthread_mutex_unlock(&slot->mutex);
    return site;
}

/* Free the replaced sites that nobody holds; the newest stays. */
static void free_unheld(davy_site_slot *slot)
{
    struct held_site **link;

    assert(slot->newest);
    link = &slot->newest->older;
    while (*link) {
        struct held_site *held = *link;

        if (held->holders > 0) {
            link = &held->older;
            continue;
        }
        *link = held->older;
        davy_site_destroy(held->site);
        free(held);
    }
}

void davy_site_slot_release(davy_site_slot *slot, const davy_site *site)
{
    pthread_mutex_lock(&slot->mutex);
    for (struct held_site *held = slot->newest; held; held = held->older)
        if (held->site == site)
            held->holders--;
    free_unheld(slot);
    pthread_mutex_unlock(&slot->mutex);
}

davy_status davy_site_slot_replace(davy_site_slot *slot, davy_site *site)
{
    struct held_site *held = calloc(1, sizeof *held);

    if (!held)
        return davy_fail(DAVY_ERR_NOMEM, "site");
    pthread_mutex_lock(&slot->mutex);
    *held = (struct held_site){site, 0, slot->newest};
    slot->newest = held;
    free_unheld(slot);
    pthread_mutex_unlock(&slot->mutex);
    return DAVY_OK;
}

davy_status davy_site_bind(davy_site *site, davy_store *store)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < site->signal_count && status == DAVY_OK; i++)
        status = davy_store_signal(store, site->signals[i].path, site->signals[i].unit,
                                   &site->signals[i].id);
    return status == DAVY_OK ? davy_site_index(site) : status;
}

davy_status davy_site_load_bound(const char *path, davy_store *store, davy_site_faults *faults,
                                 davy_site **out)
{
    davy_site *site;
    davy_status status = davy_site_load(path, faults, &site);

    if (status != DAVY_OK)
        return status;
    status = davy_site_bind(site, store);
    if (status != DAVY_OK) {
        davy_site_destroy(site);
        return status;
    }
    *out = site;
    return DAVY_OK;
}
