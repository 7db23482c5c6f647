/* SPDX-License-Identifier: Apache-2.0 */
#include "app/check_retention.h"

#include "app/storage_print.h"
#include "core/clock.h"
#include "store/moved.h"
#include "store/terms.h"

#include <stdlib.h>

/* Of a class whose days would go; `sentence` has the class, days, samples and bytes. */
static void tell_losses(const davy_terms *terms, const davy_holding *holding, int64_t now_ns,
                        const char *sentence, FILE *file)
{
    for (size_t i = 0; i < terms->count; i++) {
        const davy_term *term = &terms->items[i];
        const davy_terms_loss loss = davy_terms_lose(terms, term, holding, now_ns);
        char bytes[DAVY_BYTES_TEXT_MAX];

        if (term->from_ns == 0 || (loss.files == 0 && loss.rollups == 0))
            continue;
        (void) fprintf(file, "remark: class '%s': %llu day%s (%llu samples, %s)", term->class_name,
                       (unsigned long long) loss.files, loss.files == 1 ? "" : "s",
                       (unsigned long long) loss.samples,
                       davy_bytes_text((double) loss.bytes, bytes));
        if (loss.rollups > 0)
            (void) fprintf(file, " and the rollups of %llu", (unsigned long long) loss.rollups);
        (void) fprintf(file, " %s\n", sentence);
    }
}

static void tell_moved(void *context, const davy_moved *moved)
{
    (void) fprintf(context,
                   "remark: %zu signal%s, '%s' among them, move%s from class '%s' to '%s': what is "
                   "stored of them goes when the time of '%s' is over\n",
                   moved->signals, moved->signals == 1 ? "" : "s", moved->example,
                   moved->signals == 1 ? "s" : "", moved->from, moved->to, moved->from);
}

/* @param promised  the terms that count now; without them for ever */
static void tell(const davy_site *site, const char *data, bool promised, const char *sentence,
                 FILE *file)
{
    const int64_t now_ns = davy_wall_ns(davy_clock_system());
    davy_terms *terms = calloc(1, sizeof *terms);
    davy_holding holding;

    if (!terms)
        return;
    if (davy_holding_read(data, NULL, DAVY_HOLDING_ASK_ALL, &holding) == DAVY_OK) {
        if (promised && davy_terms_read(data, terms) != DAVY_OK)
            terms->known = false; /* damaged: a daemon takes it so too */
        davy_terms_follow(terms, site->classes, site->class_count, &holding, now_ns, terms);
        tell_losses(terms, &holding, now_ns, sentence, file);
        davy_holding_clear(&holding);
    }
    free(terms);
}

void davy_check_retention(const davy_site *site, const char *data, FILE *file)
{
    davy_status status;

    tell(site, data, true,
         "would be removed 24 hours after davy takes this file, and stay as things are: docs/"
         "storage.md",
         file);
    status = davy_moved_find(data, site->classes, site->class_count, tell_moved, file);
    if (status != DAVY_OK && status != DAVY_ERR_NOT_FOUND)
        (void) fprintf(file, "remark: which signals change their class is not told: %s\n",
                       davy_error());
}

void davy_check_imported(const davy_site *site, const char *data, FILE *file)
{
    tell(site, data, false, "are older than they are kept: a daemon removes them", file);
}
