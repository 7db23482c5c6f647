/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/reader.h"

/**
 * @file
 * `alarms`: rules over the conditions of the site.
 *
 * Stage: site. A rule names conditions by patterns and says something about their alarms. All rules
 * that match apply, in their order; a later one wins for the keys it gives. What they say together
 * is resolved here, once: a condition points to one davy_site_rule, which conditions that are
 * matched by the same rules share.
 */

/** Most different sums of rules. */
#define DAVY_SITE_RULE_SUMS_MAX ((size_t) 65536)

/** davy_site_read of the section; sources, assets and detectors must have been read. */
davy_site_read davy_site_read_rules;

extern const davy_site_schema davy_site_schema_rule;
