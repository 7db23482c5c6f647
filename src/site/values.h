/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/reader.h"

/**
 * @file
 * Readers of single values: a row of a table names one of these.
 *
 * Stage: site. Each writes the type it names at field->offset of the object, or tells a fault and
 * writes nothing.
 */

/** Bytes of the longest text: a path of the file system, a topic, a title. */
#define DAVY_SITE_TEXT_MAX 4096

/* Bounds that several tables use: spans in nanoseconds, and the farthest a thing may stand from the
 * origin in metres. */
#define DAVY_SITE_MS     1e6
#define DAVY_SITE_MINUTE 60e9
#define DAVY_SITE_DAY    86400e9
#define DAVY_SITE_METRES 1e6

davy_site_read davy_site_read_text;        /* const char *: not empty, no control characters */
davy_site_read davy_site_read_name;        /* const char *: a text that may be part of a path */
davy_site_read davy_site_read_unique_name; /* and that stands once in the names at field->aside */
davy_site_read davy_site_read_owner_name;  /* and may stand before the slash of a path */
davy_site_read davy_site_read_texts;       /* const char *const *, and a size_t at field->aside */
davy_site_read davy_site_read_number;      /* double from field->low to field->high */
davy_site_read davy_site_read_integer;     /* int */
davy_site_read davy_site_read_pair;        /* two doubles */
davy_site_read davy_site_read_boolean;     /* bool */
davy_site_read davy_site_read_duration;    /* int64_t nanoseconds */
davy_site_read davy_site_read_rate;        /* double per day */
davy_site_read davy_site_read_mass;        /* double kilograms */
davy_site_read davy_site_read_choice;      /* int: index into the NULL-ended names in field->with */
davy_site_read davy_site_read_quantity;    /* double in the unit of field->with: "20 mm" as "m" */
davy_site_read davy_site_read_spans;       /* davy_site_span *, and a size_t at field->aside */
davy_site_read davy_site_read_nothing;     /* the key is read elsewhere */

/** The text of a scalar, fit to be shown and kept; NULL after a fault. Lives with the tree. */
const char *davy_site_scalar(davy_site_reader *reader, const davy_site_where *where,
                             const davy_yaml_node *node, const davy_site_field *field);

/** A finite number written without quotes; false after a fault. */
bool davy_site_number(davy_site_reader *reader, const davy_site_where *where,
                      const davy_yaml_node *node, const davy_site_field *field, double *value);

/** The number of a text like "2%" or "10x"; false when it is not a number and this suffix. */
bool davy_site_number_before(const char *text, char suffix, double *value);

/** A copy of a text in the site; NULL without memory, which is remembered. */
const char *davy_site_keep(davy_site_reader *reader, const char *text);

/** Index of a text in a NULL-ended list; false, and a fault with the nearest, when it is not in. */
bool davy_site_choose(davy_site_reader *reader, const davy_site_where *where,
                      const davy_yaml_node *node, const char *text, const char *const *names,
                      size_t *index);

/** "7 bar" in another unit of the same quantity; false when it is no number with such a unit. */
bool davy_site_quantity(const char *text, const char *unit, double *value);

/** Write a value that was read as `text`, or tell that it is out of the field's bounds. */
void davy_site_take_quantity(davy_site_reader *reader, const davy_site_where *where,
                             const davy_yaml_node *node, const davy_site_field *field,
                             const char *text, double value, void *object);
