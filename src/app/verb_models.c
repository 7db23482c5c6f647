/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy models`: what is in the registry, which version answers, and whether it can be relied on.
 */
#include "app/model_find.h"
#include "app/models_verb.h"
#include "app/verb.h"
#include "models/registry/registry.h"
#include "models/registry/seal.h"

#include <stdio.h>
#include <string.h>

static const davy_usage usage = {
    "models",
    "[list | show NAME | compare NAME NAME | promote NAME@VERSION | rollback NAME | verify [NAME] "
    "| "
    "export NAME DIR]",
    "List the versions of models, compare them, choose the one that answers, and check their "
    "signatures.",
    "NAME is a model's champion, NAME@3 its version 3. promote moves an alias (champion) to a "
    "version,\n"
    "rollback moves it back to where it was before. A running daemon takes it up with SIGHUP.\n"
    "verify checks every file against the signature of its author, also of an exported folder\n"
    "(./DIR). compare puts two versions side by side; with --csv also on the same labelled "
    "rows.\n"};

davy_status davy_models_resolve(const davy_models_call *call, const char *word,
                                davy_models_version *out)
{
    davy_status status =
        davy_registry_resolve(call->registry, word, out->name, sizeof out->name, &out->version);

    if (status == DAVY_OK && snprintf(out->folder, sizeof out->folder, "%s/%s/%u", call->registry,
                                      out->name, out->version) >= (int) sizeof out->folder)
        status = davy_fail(DAVY_ERR_INVALID, "the path of the model is too long");
    return status;
}

/* What cannot be opened, or is not as it was signed, must not answer. */
static davy_status promote(const davy_models_call *call)
{
    davy_models_version which;
    davy_found_model found = {0};
    davy_status status = davy_models_resolve(call, call->words[0], &which);

    if (status == DAVY_OK)
        status = davy_model_find(call->dataset.data, call->registry, call->words[0], &found);
    davy_found_model_close(&found);
    if (status == DAVY_OK)
        status = davy_seal_check(which.folder);
    if (status == DAVY_OK)
        status = davy_registry_set_alias(call->registry, which.name, call->alias, which.version);
    if (status == DAVY_OK)
        (void) printf("%s@%s is version %u\n", which.name, call->alias, which.version);
    return status;
}

static davy_status roll_back(const davy_models_call *call)
{
    unsigned version;
    davy_status status =
        davy_registry_rollback(call->registry, call->words[0], call->alias, &version);

    if (status == DAVY_OK)
        (void) printf("%s@%s is version %u\n", call->words[0], call->alias, version);
    return status;
}

static davy_status export_version(const davy_models_call *call)
{
    davy_models_version which;
    davy_status status = davy_models_resolve(call, call->words[0], &which);

    if (status == DAVY_OK)
        status = davy_registry_export(call->registry, which.name, which.version, call->words[1]);
    if (status == DAVY_OK)
        (void) printf("%s version %u in %s\n", which.name, which.version, call->words[1]);
    return status;
}

static const struct action {
    const char *name;
    size_t words_min, words_max; /* after its name */
    davy_status (*run)(const davy_models_call *call);
} actions[] = {
    {"list", 0, 0, davy_models_list},       {"show", 1, 1, davy_models_show},
    {"compare", 2, 2, davy_models_compare}, {"promote", 1, 1, promote},
    {"rollback", 1, 1, roll_back},          {"verify", 0, 1, davy_models_verify},
    {"export", 2, 2, export_version},
};

static const struct action *find_action(const char *name)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(actions); i++)
        if (strcmp(actions[i].name, name) == 0)
            return &actions[i];
    return NULL;
}

static int run_action(void *context, const davy_option_list *words)
{
    davy_models_call *call = context;
    const struct action *action = find_action(words->count > 0 ? words->items[0] : "list");
    char folder[PATH_MAX];
    davy_status status;

    call->words = words->count > 0 ? words->items + 1 : NULL;
    call->word_count = words->count > 0 ? words->count - 1 : 0;
    call->registry = davy_models_folder(call->dataset.data, call->models, folder, sizeof folder);
    if (action && call->word_count >= action->words_min && call->word_count <= action->words_max)
        status = action->run(call);
    else
        status = davy_fail(DAVY_ERR_INVALID, "call it as: davy models %s", usage.positional);
    davy_dataset_clear(&call->dataset);
    return status == DAVY_OK ? EX_OK : davy_verb_fail("models", status);
}

static int models(int argc, char **argv)
{
    davy_models_call call = {.dataset = davy_dataset_default(), .alias = "champion"};
    const davy_option options[] = {
        {"alias", DAVY_OPTION_TEXT, &call.alias, "NAME", "alias to move (champion)"},
        {"author", DAVY_OPTION_TEXT, &call.author, "KEY",
         "public key that must have signed what is verified"},
        DAVY_DATASET_OPTIONS(&call.dataset),
        DAVY_PICTURE_OPTIONS(&call.dataset),
        {"report", DAVY_OPTION_TEXT, &call.report, "FILE", "write a page of the comparison"},
        {"seed", DAVY_OPTION_INTEGER, &call.seed, "N", "seed of the draws of a comparison (0)"},
        {"models", DAVY_OPTION_TEXT, &call.models, "DIR", "folder of models (DATA/models)"},
        {"json", DAVY_OPTION_FLAG, &call.json, NULL, "print JSON"},
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 0, 3, argc, argv, run_action,
                          &call);
}

const davy_verb davy_verb_models = {"models", "list, compare, choose and verify models", models};
