/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/load.h"
#include "store/store.h"

/**
 * @file
 * The site now: readers hold it while they look, a reload puts a new one in its place.
 *
 * Stage: app. A site that was replaced lives until its last holder lets go. Any thread.
 */
typedef struct davy_site_slot davy_site_slot;

/** Takes ownership of `site`, which must be bound. */
DAVY_MUST_CHECK davy_status davy_site_slot_create(davy_site *site, davy_site_slot **out);
/** NULL is fine; nobody may hold a site any more. */
void davy_site_slot_destroy(davy_site_slot *slot);

const davy_site *davy_site_slot_acquire(davy_site_slot *slot);
void davy_site_slot_release(davy_site_slot *slot, const davy_site *site);

/** Replace the site; takes ownership on DAVY_OK. */
DAVY_MUST_CHECK davy_status davy_site_slot_replace(davy_site_slot *slot, davy_site *site);

/** Give every signal of a site its id in the store. */
DAVY_MUST_CHECK davy_status davy_site_bind(davy_site *site, davy_store *store);

/** Read a site file and give every signal its id in the store. Faults as davy_site_load() does. */
DAVY_MUST_CHECK davy_status davy_site_load_bound(const char *path, davy_store *store,
                                                 davy_site_faults *faults, davy_site **out);
