/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/registry/author.h"
#include "models/registry/registry.h"

/**
 * @file
 * The writing half of the registry: a draft that becomes the next version, whole or not at all.
 *
 * Stage: models. The draft is a hidden folder beside the versions. To publish it is to sync and
 * sign all its files, whatever they are, to rename it to its number, and to move the alias
 * `champion` to it. The version before stays where it is. A lock keeps two trainers of one model
 * apart; what a dead one left is removed by the next that begins, of whatever
 * model.
 */
typedef struct davy_registry_draft {
    const char *folder, *name;
    unsigned version;   /* that it will have */
    davy_author author; /* who will sign it */
    char path[4096];    /* to write the files into; "" once it is published */
    int lock;
} davy_registry_draft;

/** Names are borrowed until the end. Call davy_registry_end() also after a failure. */
DAVY_MUST_CHECK davy_status davy_registry_begin(const char *folder, const char *name,
                                                davy_registry_draft *draft);
/** Sign it, make it a version and the champion. */
DAVY_MUST_CHECK davy_status davy_registry_publish(davy_registry_draft *draft);
/** Unlock; remove what was not published. */
void davy_registry_end(davy_registry_draft *draft);

/** Whether a version could be signed here: asked before hours are spent on learning it. Drafts of
 * trainers that died are removed meanwhile, also those of other models. */
DAVY_MUST_CHECK davy_status davy_registry_ready(const char *folder);
