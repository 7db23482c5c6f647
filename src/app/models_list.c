/* SPDX-License-Identifier: Apache-2.0 */
#include "app/model_find.h"
#include "app/models_verb.h"
#include "app/table_print.h"
#include "core/timestamp.h"
#include "models/registry/registry.h"

#include <stdio.h>

typedef struct listing {
    const davy_models_call *call;
    davy_print *print;
} listing;

/* The first digits of a key are enough to tell authors apart. */
#define KEY_SHOWN 13

static davy_status print_found(davy_print *print, const char *const head[3],
                               const davy_found_model *found)
{
    char trained[DAVY_TIMESTAMP_MAX], budget[32] = "", promise[32] = "", signer[KEY_SHOWN];
    const char *kind, *task, *who;
    int64_t trained_ns;

    if (found->predictor) {
        const davy_predictor_info *info = davy_predictor_describe(found->predictor);

        kind = info->kind;
        task = davy_task_name(info->task);
        who = info->signer;
        trained_ns = info->trained_ns;
    } else {
        const davy_model_info *info = davy_model_describe(found->watcher);

        kind = info->kind;
        task = info->task;
        who = info->signer;
        trained_ns = info->trained_ns;
        (void) snprintf(budget, sizeof budget, "%.4g", info->budget_per_day);
        (void) snprintf(promise, sizeof promise, "%.4g", info->promise_per_day);
    }
    (void) snprintf(signer, sizeof signer, "%s", who[0] ? who : "no");
    davy_timestamp_format(trained_ns, 0, trained);
    return davy_print_row(print, (const char *const[]){head[0], head[1], head[2], kind, task,
                                                       budget, promise, trained, signer, ""});
}

static davy_status print_model(void *context, const char *name, unsigned version,
                               const char *aliases)
{
    const listing *list = context;
    char reference[PATH_MAX], number[16];
    const char *const head[3] = {name, number, aliases};
    davy_found_model found;
    davy_status status;

    (void) snprintf(reference, sizeof reference, "%s@%u", name, version);
    (void) snprintf(number, sizeof number, "%u", version);
    if (davy_model_find(list->call->dataset.data, list->call->registry, reference, &found) !=
        DAVY_OK)
        return davy_print_row(list->print, (const char *const[]){name, number, aliases, "", "", "",
                                                                 "", "", "", davy_error()});
    status = print_found(list->print, head, &found);
    davy_found_model_close(&found);
    return status;
}

davy_status davy_models_list(const davy_models_call *call)
{
    static const davy_print_column columns[] = {
        {"name", false, false},          {"version", true, true},   {"aliases", false, false},
        {"kind", false, false},          {"task", false, false},    {"budget_per_day", true, true},
        {"promise_per_day", true, true}, {"trained", false, false}, {"signed", false, false},
        {"fault", false, false},
    };
    listing list = {.call = call};
    davy_status status =
        davy_print_create("models", columns, DAVY_ARRAY_LENGTH(columns), call->json, &list.print);

    if (status == DAVY_OK)
        status = davy_registry_list(call->registry, print_model, &list);
    davy_print_finish(list.print);
    return status;
}
