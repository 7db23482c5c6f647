/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/site.h"
#include "store/records.h"

#include <stdbool.h>

struct json_t;

/**
 * @file
 * Management of change: what differed when the alarms' settings changed, who gave which reason, and
 * that nobody gave one.
 *
 * Stage: alarm. Two records of kind DAVY_RECORD_AUDIT:
 *
 *     site.whatif    by, reason, before and after (hashes), changes (sentences), more (of them that
 *                    were left out), figures (of the what-if): somebody means to change this so
 *     site.settings  before (null at first), after, changes (null: not known), more, owner (of the
 *                    site's file), reason and by and whatif (sequence), or null: it was done
 *
 * A site.settings takes its reason from the newest site.whatif with the same two hashes since the
 * site.settings before it. So a reason serves for one change, and one that was meant for other
 * settings for none.
 *
 * The settings themselves are in DATA/settings/HASH, so that the next change has something to be
 * compared with. The hash is in the records, whose chain tells when one was altered.
 */

#define DAVY_CHANGE_SETTINGS "site.settings"
#define DAVY_CHANGE_WHATIF   "site.whatif"

/** Most sentences in one record; the number of the others is there. */
#define DAVY_CHANGE_TEXTS_MAX ((size_t) 200)

/** What davy_change_note() found. */
typedef struct davy_change_found {
    bool changed; /* the settings are not those of the last record, and there was one */
    bool reasoned;
    size_t count; /* of what differs */
} davy_change_found;

/**
 * A site comes into force: if its settings are not those that were recorded last, record what
 * differs, with its reason or none.
 *
 * @param data  folder of the daemon
 */
DAVY_MUST_CHECK davy_status davy_change_note(davy_records *records, const char *data,
                                             const davy_site *site, int64_t now_ns,
                                             davy_change_found *found);

/**
 * Keep a what-if as the reason of a change to come.
 *
 * @param whatif  of davy_whatif_ask(), perhaps from another program
 * @return DAVY_ERR_INVALID for a reason that is empty, too long or holds control characters, and
 *         for what is no what-if or changes nothing
 */
DAVY_MUST_CHECK davy_status davy_change_keep(davy_records *records, const struct json_t *whatif,
                                             const char *by, const char *reason, int64_t now_ns);

/**
 * Changes, the newest first: [{"sequence", "time", then as in site.settings, "flagged"}], a new
 * reference. `flagged`: settings changed and nobody gave a reason.
 */
DAVY_MUST_CHECK davy_status davy_change_list(davy_records *records, size_t limit,
                                             struct json_t **out);
