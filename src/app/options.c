/* SPDX-License-Identifier: Apache-2.0 */
#include "app/options.h"

#include "core/clock.h"
#include "core/quantity.h"
#include "core/timestamp.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static davy_status add_word(davy_option_list *list, const char *word)
{
    const char **items = realloc(list->items, (list->count + 1) * sizeof *items);

    if (!items)
        return davy_fail(DAVY_ERR_NOMEM, "'%s'", word);
    list->items = items;
    list->items[list->count++] = word;
    return DAVY_OK;
}

davy_status davy_option_time(const char *text, int64_t *time_ns)
{
    int64_t now_ns = davy_wall_ns(davy_clock_system());
    int64_t ago_ns;

    if (strcmp(text, "now") == 0) {
        *time_ns = now_ns;
        return DAVY_OK;
    }
    if (text[0] == '-' && davy_duration_parse(text + 1, &ago_ns) == DAVY_OK) {
        *time_ns = now_ns - ago_ns;
        return DAVY_OK;
    }
    return davy_timestamp_parse(text, time_ns);
}

static davy_status parse_integer(const char *text, uint64_t *value)
{
    char *end;

    errno = 0;
    *value = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0)
        return davy_fail(DAVY_ERR_INVALID, "'%.40s' is not a whole number", text);
    return DAVY_OK;
}

static davy_status set_value(const davy_option *option, const char *text)
{
    switch (option->type) {
    case DAVY_OPTION_FLAG:
        *(bool *) option->value = true;
        return DAVY_OK;
    case DAVY_OPTION_TEXT:
        *(const char **) option->value = text;
        return DAVY_OK;
    case DAVY_OPTION_LIST:
    case DAVY_OPTION_WORDS:
        return add_word(option->value, text);
    case DAVY_OPTION_TIME:
        return davy_option_time(text, option->value);
    case DAVY_OPTION_DURATION:
        return davy_duration_parse(text, option->value);
    case DAVY_OPTION_RATE:
        return davy_rate_parse(text, option->value);
    case DAVY_OPTION_INTEGER:
        return parse_integer(text, option->value);
    }
    return davy_fail(DAVY_ERR_INVALID, "option --%s", option->name);
}

static const davy_option *find_option(const davy_option *options, size_t count, const char *name,
                                      size_t length)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(options[i].name) == length && memcmp(options[i].name, name, length) == 0)
            return &options[i];
    return NULL;
}

static bool is_option(const char *word)
{
    return word[0] == '-' && word[1] == '-' && word[2] != '\0';
}

static void print_help(const davy_usage *usage, const davy_option *options, size_t count)
{
    (void) printf("davy %s%s%s%s\n\n%s\n", usage->verb, usage->positional[0] ? " " : "",
                  usage->positional, count ? " [options]" : "", usage->summary);
    if (count)
        (void) printf("\n");
    for (size_t i = 0; i < count; i++) {
        char left[64];

        (void) snprintf(left, sizeof left, "--%s%s%s", options[i].name,
                        options[i].argument ? " " : "",
                        options[i].argument ? options[i].argument : "");
        (void) printf("  %-24s %s\n", left, options[i].help);
    }
    if (usage->more)
        (void) printf("\n%s", usage->more);
}

/* The value of the option at argv[*at]: behind '=', or the next word or words. */
static davy_status take_option(const davy_usage *usage, const davy_option *option, int argc,
                               char **argv, int *at)
{
    const char *equals = strchr(argv[*at], '=');
    davy_status status;

    if (option->type == DAVY_OPTION_FLAG && equals)
        return davy_fail(DAVY_ERR_INVALID, "option --%s takes no value", option->name);
    if (option->type == DAVY_OPTION_FLAG)
        return set_value(option, NULL);
    if (!equals && *at + 1 >= argc)
        return davy_fail(DAVY_ERR_INVALID, "option --%s needs a value: %s; see davy %s --help",
                         option->name, option->argument, usage->verb);
    status = set_value(option, equals ? equals + 1 : argv[++*at]);
    while (status == DAVY_OK && !equals && option->type == DAVY_OPTION_LIST && *at + 1 < argc &&
           !is_option(argv[*at + 1]))
        status = set_value(option, argv[++*at]);
    return status == DAVY_OK ? status : davy_fail_in(status, "option --%s", option->name);
}

davy_status davy_options_parse(const davy_usage *usage, const davy_option *options,
                               size_t option_count, int argc, char **argv, davy_option_list *words,
                               bool *help)
{
    bool only_words = false;
    davy_status status = DAVY_OK;

    *help = false;
    for (int at = 1; at < argc && status == DAVY_OK; at++) {
        const char *word = argv[at];

        if (!only_words && strcmp(word, "--") == 0) {
            only_words = true;
        } else if (!only_words && (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)) {
            *help = true;
            print_help(usage, options, option_count);
            return DAVY_OK;
        } else if (!only_words && is_option(word)) {
            const davy_option *option =
                find_option(options, option_count, word + 2, strcspn(word + 2, "="));

            if (!option)
                return davy_fail(DAVY_ERR_INVALID, "unknown option %.60s; see davy %s --help", word,
                                 usage->verb);
            status = take_option(usage, option, argc, argv, &at);
        } else {
            status = add_word(words, word);
        }
    }
    return status;
}

void davy_options_clear(const davy_option *options, size_t option_count, davy_option_list *words)
{
    for (size_t i = 0; i < option_count; i++)
        if (options[i].type == DAVY_OPTION_LIST || options[i].type == DAVY_OPTION_WORDS)
            free(((davy_option_list *) options[i].value)->items);
    free(words->items);
}
