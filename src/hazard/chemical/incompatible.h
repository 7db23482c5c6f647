/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * Pairs that are known to be dangerous, by name: the lists that laboratories hang on the wall.
 *
 * Stage: hazard, room chemical. They name what has killed and not what reacts: what no list names
 * may react all the same.
 *
 * Source: lists of incompatible chemicals of Cornell University (Laboratory Safety Manual, appendix
 * K), Florida State University (Safety Manual), the University of Sydney (from AS 2243.10-2004),
 * the American Chemical Society (from Hill and Finster), and two that name no author (docslib
 * 7153656 and 8531191), each read as far as a public store keeps it. A rule stands here where two
 * lists have it; those of oxygen, white phosphorus and the alcohols against nitric acid are of the
 * American Chemical Society alone.
 */

/** A substance or a family as the lists name it; "Powdered metals". */
typedef struct davy_matter davy_matter;

/** Of the rules, for people. */
#define DAVY_LISTED_SOURCE                                                                \
    "lists of incompatible chemicals: Cornell University, Florida State University, the " \
    "University "                                                                         \
    "of Sydney (AS 2243.10-2004), American Chemical Society"

/** Most matters that one chemical is kept from. */
#define DAVY_MATTERS_MAX ((size_t) 40)

const char *davy_matter_name(const davy_matter *matter);

/** Whether a chemical is meant by it. */
bool davy_matter_is(const davy_matter *matter, const char *cas);

/**
 * What the lists keep a chemical from, by its own entries and by those that name it. Fluorine is
 * kept from everything, which says something of fluorine and nothing of the others: it alone has
 * that entry.
 *
 * @return how many; 0 says nothing
 */
size_t davy_listed_against(const char *cas, const davy_matter *out[DAVY_MATTERS_MAX]);

/** Two chemicals that a list keeps apart. */
bool davy_listed_apart(const char *a, const char *b);
