/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Any bytes as a proposed site file: it is no site, or it is rehearsed beside the one in force over
 * two minutes of two signals, and the answer holds together.
 */
#include "alarm/whatif/whatif.h"
#include "site/load.h"

#include <jansson.h>

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BEGIN   (1767225600LL * DAVY_NS_PER_S)
#define SECONDS 120

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char in_force[] =
    "site: {name: a}\n"
    "positions: [{name: farm, assets: [\"T-*\"]}]\n"
    "assets:\n"
    "- {name: T-101, signals: [{name: pressure, unit: kPa, limits: {hi: 1000}, deadline: 10s}]}\n"
    "- {name: P-1, signals: [{name: current, unit: A, limits: {lo: 1}, deadline: 10s}]}\n";

static char folder[] = "/tmp/davy-fuzz-whatif-XXXXXX";

static void remove_folder(void)
{
    char command[128];

    (void) snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command) != 0)
        abort();
}

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* One half is sealed, the other is not. */
static davy_store *make_history(void)
{
    davy_store *store = NULL;
    davy_signal_id pressure, current;

    check(mkdtemp(folder) && atexit(remove_folder) == 0);
    check(davy_store_open(folder, NULL, &store) == DAVY_OK &&
          davy_store_signal(store, "T-101/pressure", "kPa", &pressure) == DAVY_OK &&
          davy_store_signal(store, "P-1/current", "A", &current) == DAVY_OK);
    for (int second = 0; second < SECONDS; second++) {
        const int64_t time_ns = BEGIN + second * DAVY_NS_PER_S;
        const davy_sample samples[] = {
            {time_ns, 900.0 + second, pressure, second % 50 == 7 ? DAVY_QUALITY_BAD : 0},
            {time_ns, second < 60 ? 5.0 : 0.0, current, DAVY_QUALITY_GOOD},
        };

        check(davy_store_append(store, samples, 2) == DAVY_OK);
        check(second != SECONDS / 2 || davy_store_seal(store) == DAVY_OK);
    }
    return store;
}

/* What is told of both sides adds up. */
static void check_answer(const json_t *answer)
{
    const json_t *alarms = json_object_get(answer, "alarms"), *item;
    json_int_t before = 0, after = 0;
    char *text = json_dumps(answer, 0);
    size_t index;

    check(text && json_is_array(json_object_get(answer, "changes")));
    json_array_foreach(json_object_get(answer, "priorities"), index, item)
    {
        before += json_integer_value(json_object_get(item, "before"));
        after += json_integer_value(json_object_get(item, "after"));
    }
    check(before == json_integer_value(json_object_get(alarms, "before")) &&
          after == json_integer_value(json_object_get(alarms, "after")));
    free(text);
}

static davy_site *parse(const char *text, size_t size)
{
    davy_site_faults faults = {0};
    davy_site *site = NULL;

    if (davy_site_parse("fuzz.yaml", text, size, &faults, &site) != DAVY_OK)
        site = NULL;
    davy_site_faults_clear(&faults);
    return site;
}

static void rehearse(davy_store *store, davy_site *proposed)
{
    davy_event items[] = {
        {.from_ns = BEGIN, .to_ns = BEGIN + 110 * DAVY_NS_PER_S, .name = (char *) "rise"},
        {.from_ns = BEGIN + 61 * DAVY_NS_PER_S,
         .to_ns = BEGIN + 200 * DAVY_NS_PER_S,
         .name = (char *) "P-1/current:lo",
         .asset = (char *) "P-1",
         .lead_ns = 10 * DAVY_NS_PER_S,
         .answer = DAVY_ALARM_FALSE},
    };
    const davy_event_list events = {items, DAVY_ARRAY_LENGTH(items)};
    davy_site *current = parse(in_force, sizeof in_force - 1);
    const davy_whatif_question question = {.store = store,
                                           .registry = folder,
                                           .current = current,
                                           .proposed = proposed,
                                           .from_ns = BEGIN,
                                           .to_ns = BEGIN + SECONDS * DAVY_NS_PER_S,
                                           .events = &events};
    json_t *answer = NULL;

    check(current != NULL);
    if (davy_whatif_ask(&question, &answer) == DAVY_OK)
        check_answer(answer);
    else
        check(davy_error()[0] != '\0');
    json_decref(answer);
    davy_site_destroy(current);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static davy_store *store;
    davy_site *proposed = parse((const char *) data, size);

    if (!proposed)
        return 0;
    if (!store)
        store = make_history();
    rehearse(store, proposed);
    davy_site_destroy(proposed);
    return 0;
}
