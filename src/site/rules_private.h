/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/rules.h"

/**
 * @file
 * Rules on their way from the file (rules.c) to the conditions that they match (rules_lay.c).
 *
 * Stage: site, inside.
 */

/** One entry of the list. */
typedef struct davy_rule_entry {
    const char *const *patterns; /* [pattern_count] */
    size_t pattern_count;
    uint32_t given; /* a bit for each key that a later rule may lay over an earlier one's */
    davy_site_rule says;
} davy_rule_entry;

/** Where it stands. */
typedef struct davy_rule_place {
    davy_site_reader *reader;
    const davy_site_where *where;
    const davy_yaml_node *node;
} davy_rule_place;

/** What several rules say together. Each rule makes one new sum of each sum that it meets. */
typedef struct davy_rule_sum {
    davy_site_rule rule;
    size_t maker;               /* the last rule that made a new sum of this one; 0: none */
    struct davy_rule_sum *made; /* by it */
} davy_rule_sum;

typedef struct davy_rule_sums {
    davy_rule_sum plain; /* stands for conditions that nothing matched so far */
    size_t count;        /* of the others */
} davy_rule_sums;

/** Lay the keys that a rule gives over what those before it say together. */
void davy_rule_lay_over(davy_site_rule *below, const davy_rule_entry *rule);

/** Lay a rule over all conditions that it matches. A pattern that matches none is a fault. */
void davy_rule_lay(const davy_rule_place *place, const davy_rule_entry *rule, davy_rule_sums *sums);
