/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * davy's command line: finds the verb and runs it.
 */
#include "app/verb.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static const davy_verb *const verbs[] = {
    &davy_verb_run,       &davy_verb_demo,      &davy_verb_check,    &davy_verb_import,
    &davy_verb_query,     &davy_verb_data,      &davy_verb_train,    &davy_verb_models,
    &davy_verb_evaluate,  &davy_verb_infer,     &davy_verb_replay,   &davy_verb_alarms,
    &davy_verb_handover,  &davy_verb_prooftest, &davy_verb_chemical, &davy_verb_impact,
    &davy_verb_incidents, &davy_verb_key,       &davy_verb_storage,  &davy_verb_verify,
    &davy_verb_backup,    &davy_verb_restore,   &davy_verb_version,
};

static void print_help(FILE *file)
{
    (void) fprintf(file, "davy: a safety model server for industrial sites\n\n"
                         "usage: davy VERB [options]\n\n");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(verbs); i++)
        (void) fprintf(file, "  %-10s %s\n", verbs[i]->name, verbs[i]->summary);
    (void) fprintf(file, "\nhelp for one verb: davy VERB --help\n");
}

static const davy_verb *find_verb(const char *name)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(verbs); i++)
        if (strcmp(verbs[i]->name, name) == 0)
            return verbs[i];
    return NULL;
}

int main(int argc, char **argv)
{
    const davy_verb *verb;

    /* Names of signals are UTF-8, whatever the terminal; numbers keep their point. */
    (void) setlocale(LC_CTYPE, "C.UTF-8");
    if (argc < 2) {
        print_help(stderr);
        return EX_USAGE;
    }
    if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
        strcmp(argv[1], "-h") == 0) {
        print_help(stdout);
        return EX_OK;
    }
    verb = strcmp(argv[1], "--version") == 0 ? &davy_verb_version : find_verb(argv[1]);
    if (!verb) {
        (void) fprintf(stderr, "davy: there is no verb '%.40s'; see davy help\n", argv[1]);
        return EX_USAGE;
    }
    /* A client that goes away is no reason for the daemon to end; `davy query | head` is one. */
    if (verb == &davy_verb_run || verb == &davy_verb_demo)
        (void) signal(SIGPIPE, SIG_IGN);
    return verb->run(argc - 1, argv + 1);
}
