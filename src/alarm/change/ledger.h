/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/site.h"
#include "store/records.h"

#include <stdbool.h>

struct json_t;

/**
 * @file
 * Management of change: what differed when a site file came into force, who gave which reason, and
 * that nobody gave one.
 *
 * Stage: alarm. Three records of kind DAVY_RECORD_AUDIT:
 *
 *     site.whatif    by, reason, before and after (hashes), changes (sentences), more (of them that
 *                    were left out), figures (of the what-if), files (before and after: hashes of
 *                    both files, or null): somebody means to change this so
 *     site.settings  before (null at first), after, changes (null: not known), more, owner (of the
 *                    site's file), reason and by and whatif (sequence), or null: it was done
 *                    Also silenced (keys of conditions that ring no longer, or less: they were
 *                    removed, or a logic that suppresses them is new) and silenced_more
 *     site.file      the same of the file itself, line by line (alarm/change/lines.h)
 *
 * The settings are those of the alarms; the file is all there is, so whoever took a receiver away
 * is found too. Either takes its reason from the newest site.whatif with the same two hashes since
 * the record of its kind before it. So a reason serves for one change, and one that was meant for
 * other settings, or another file, for none.
 *
 * The settings and the file themselves are in DATA/settings/HASH, so that the next change has
 * something to be compared with. The hash is in the records, whose chain tells when one was
 * altered.
 */

#define DAVY_CHANGE_SETTINGS "site.settings"
#define DAVY_CHANGE_FILE     "site.file"
#define DAVY_CHANGE_WHATIF   "site.whatif"

/** Most sentences in one record; the number of the others is there. */
#define DAVY_CHANGE_TEXTS_MAX ((size_t) 200)

/** Most conditions in "silenced" of one record; the number of the others is there. */
#define DAVY_CHANGE_SILENCED_MAX ((size_t) 1000)

/** What davy_change_note() and davy_change_note_file() found. */
typedef struct davy_change_found {
    bool changed; /* it is not what was recorded last, and there was a record */
    bool flagged; /* as in davy_change_is_flagged() */
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

/** The same for the text of the site's file, as it was read. */
DAVY_MUST_CHECK davy_status davy_change_note_file(davy_records *records, const char *data,
                                                  const davy_site *site, int64_t now_ns,
                                                  davy_change_found *found);

/**
 * Keep a what-if as the reason of a change to come.
 *
 * @param whatif  of davy_whatif_ask(), perhaps from another program
 * @return DAVY_ERR_INVALID for a reason that is empty, too long or holds control characters, and
 *         for what is no what-if or changes nothing
 *         for one that was not asked against the settings in force, which could never serve
 */
DAVY_MUST_CHECK davy_status davy_change_keep(davy_records *records, const struct json_t *whatif,
                                             const char *by, const char *reason, int64_t now_ns);

/**
 * Of the body of a site.settings or site.file: something changed and nobody gave a reason. A file
 * in which nothing but comments and blank lines differ needs none.
 */
bool davy_change_is_flagged(const struct json_t *change);

/**
 * Changes, the newest first: [{"sequence", "time", "of": "alarms" or "file", then as in
 * site.settings, "flagged"}], a new reference.
 */
DAVY_MUST_CHECK davy_status davy_change_list(davy_records *records, size_t limit,
                                             struct json_t **out);
