/* SPDX-License-Identifier: Apache-2.0 */
#include "site/schedule.h"
#include "site/schema.h"
#include "site/selection.h"
#include "site/values.h"

/* Proof tests that run by themselves: which conditions, how often, at which time of the day. */

#define PROOFTEST(field) offsetof(davy_site_prooftest, field)

/* The longest interval: plants that stand still once in ten years are proved then. */
#define INTERVAL_MAX (3660 * DAVY_SITE_DAY)

static void read_match(davy_site_reader *reader, const davy_site_where *where,
                       const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const davy_site_selection selection = davy_site_select(reader, where, node, field);

    if (selection.count > DAVY_SITE_PROOFTEST_CONDITIONS_MAX)
        davy_site_refuse(reader, where, node, "split it into several tests",
                         "%zu conditions are more than the %zu of one proof test", selection.count,
                         DAVY_SITE_PROOFTEST_CONDITIONS_MAX);
    ((davy_site_prooftest *) object)->match = selection.joined;
}

static void read_at(davy_site_reader *reader, const davy_site_where *where,
                    const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const char *text = davy_site_scalar(reader, where, node, field);

    if (text && !davy_site_minute_parse(text, &((davy_site_prooftest *) object)->at_min))
        davy_site_refuse_value(reader, where, node, field, "'%.60s' is no time of the day", text);
}

static void check_prooftest(davy_site_reader *reader, const davy_site_where *where,
                            const davy_yaml_node *node, void *object)
{
    const davy_site_prooftest *test = object;

    if (test->at_min >= 0 && test->interval_ns > 0 && (double) test->interval_ns < DAVY_SITE_DAY)
        davy_site_refuse_key(reader, where, node, "at", "take it out, or write 'interval: 1d'",
                             "a test that comes more than once a day has no time of the day");
}

static const davy_site_field prooftest_fields[] = {
    {"match", read_match, .required = true, .write = "match: [\"T-101/*:hihi\", T-101-health]"},
    {"interval", davy_site_read_duration, PROOFTEST(interval_ns), .required = true,
     .low = DAVY_SITE_MINUTE, .high = INTERVAL_MAX, .write = "interval: 30d"},
    {"at", read_at, .write = "at: \"02:00\""},
    {"notify", davy_site_read_boolean, PROOFTEST(notify), .write = "notify: true"},
};

const davy_site_schema davy_site_schema_prooftest = {.what = "proof test",
                                                     .fields = prooftest_fields,
                                                     .count = DAVY_ARRAY_LENGTH(prooftest_fields),
                                                     .check = check_prooftest};

static const davy_site_prooftest no_prooftest = {.at_min = -1};

const davy_site_list davy_site_list_prooftests = {
    .schema = &davy_site_schema_prooftest,
    .defaults = &no_prooftest,
    .size = sizeof(davy_site_prooftest),
    .line = PROOFTEST(line),
    .names = offsetof(davy_site_reader, prooftests),
    .max = DAVY_SITE_PROOFTESTS_MAX,
};
