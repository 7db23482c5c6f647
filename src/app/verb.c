/* SPDX-License-Identifier: Apache-2.0 */
#include "app/verb.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int davy_verb_fail(const char *verb, davy_status status)
{
    (void) fprintf(stderr, "davy %s: %s\n", verb, davy_error());
    return davy_status_exit_code(status);
}

int davy_verb_faults(const char *verb, davy_status status, davy_site_faults *faults)
{
    int code = davy_status_exit_code(status);

    if (faults->count > 0)
        davy_site_faults_print(faults, stderr, isatty(STDERR_FILENO) && !getenv("NO_COLOR"));
    else if (status != DAVY_OK)
        code = davy_verb_fail(verb, status);
    davy_site_faults_clear(faults);
    return code;
}

int davy_verb_call(const davy_usage *usage, const davy_option *options, size_t option_count,
                   size_t words_min, size_t words_max, int argc, char **argv, davy_verb_body body,
                   void *settings)
{
    davy_option_list words = {0};
    davy_status status;
    bool help;
    int code = EX_OK;

    status = davy_options_parse(usage, options, option_count, argc, argv, &words, &help);
    if (status == DAVY_OK && !help && (words.count < words_min || words.count > words_max))
        status =
            davy_fail(DAVY_ERR_INVALID, "call it as: davy %s %s", usage->verb, usage->positional);
    if (status != DAVY_OK) {
        (void) fprintf(stderr, "davy %s: %s\n", usage->verb, davy_error());
        code = EX_USAGE;
    } else if (!help) {
        code = body(settings, &words);
    }
    davy_options_clear(options, option_count, &words);
    return code;
}

const char *davy_verb_user(char *text, size_t capacity)
{
    const struct passwd *user = getpwuid(getuid());

    if (user)
        (void) snprintf(text, capacity, "%s", user->pw_name);
    else
        (void) snprintf(text, capacity, "%u", (unsigned) getuid());
    return text;
}

const char *davy_models_folder(const char *data, const char *models, char *text, size_t capacity)
{
    if (models)
        return models;
    (void) snprintf(text, capacity, "%s/models", data);
    return text;
}
