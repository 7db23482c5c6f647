/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy models`: what is in the registry.
 */
#include "app/model_find.h"
#include "app/table_print.h"
#include "app/verb.h"
#include "core/timestamp.h"
#include "models/registry.h"

#include <limits.h>
#include <stdio.h>

static const davy_usage usage = {"models", "", "List the models of the registry.", NULL};

struct settings {
    const char *data, *models, *registry;
    bool json;
    davy_print *print;
};

static davy_status print_model(void *context, const char *name, unsigned version,
                               const char *aliases)
{
    const struct settings *settings = context;
    char reference[PATH_MAX], number[16], trained[DAVY_TIMESTAMP_MAX], budget[32], promise[32];
    const davy_model_info *info;
    davy_found_model found;
    davy_status status;

    (void) snprintf(reference, sizeof reference, "%s@%u", name, version);
    (void) snprintf(number, sizeof number, "%u", version);
    if (davy_model_find(settings->data, settings->registry, reference, &found) != DAVY_OK)
        return davy_print_row(settings->print, (const char *const[]){name, number, aliases, "", "",
                                                                     "", "", "", davy_error()});
    if (found.predictor) {
        const davy_predictor_info *answers = davy_predictor_describe(found.predictor);

        davy_timestamp_format(answers->trained_ns, 0, trained);
        status = davy_print_row(settings->print,
                                (const char *const[]){name, number, aliases, answers->kind,
                                                      davy_task_name(answers->task), "", "",
                                                      trained, ""});
    } else {
        info = davy_model_describe(found.watcher);
        davy_timestamp_format(info->trained_ns, 0, trained);
        (void) snprintf(budget, sizeof budget, "%.4g", info->budget_per_day);
        (void) snprintf(promise, sizeof promise, "%.4g", info->promise_per_day);
        status = davy_print_row(settings->print,
                                (const char *const[]){name, number, aliases, info->kind, info->task,
                                                      budget, promise, trained, ""});
    }
    davy_found_model_close(&found);
    return status;
}

static int list_models(void *context, const davy_option_list *words)
{
    static const davy_print_column columns[] = {
        {"name", false, false},          {"version", true, true},   {"aliases", false, false},
        {"kind", false, false},          {"task", false, false},    {"budget_per_day", true, true},
        {"promise_per_day", true, true}, {"trained", false, false}, {"fault", false, false},
    };
    struct settings *settings = context;
    char folder[PATH_MAX];
    davy_status status;

    (void) words;
    settings->registry =
        davy_models_folder(settings->data, settings->models, folder, sizeof folder);
    status = davy_print_create("models", columns, DAVY_ARRAY_LENGTH(columns), settings->json,
                               &settings->print);
    if (status == DAVY_OK)
        status = davy_registry_list(settings->registry, print_model, settings);
    davy_print_finish(settings->print);
    return status == DAVY_OK ? EX_OK : davy_verb_fail("models", status);
}

static int models(int argc, char **argv)
{
    struct settings settings = {.data = DAVY_DATA_FOLDER};
    const davy_option options[] = {
        {"data", DAVY_OPTION_TEXT, &settings.data, "DIR",
         "folder of the daemon's data (davy-data)"},
        {"models", DAVY_OPTION_TEXT, &settings.models, "DIR", "folder of models (DATA/models)"},
        {"json", DAVY_OPTION_FLAG, &settings.json, NULL, "print JSON"},
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 0, 0, argc, argv,
                          list_models, &settings);
}

const davy_verb davy_verb_models = {"models", "list the models of the registry", models};
