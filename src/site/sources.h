/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/schema.h"
#include "site/values.h"

/**
 * @file
 * What the kinds of sources share: rows of their tables and readers.
 *
 * Stage: site. A kind is one file, kind_<name>.c, with two tables and a davy_site_kind at its end.
 */

#define DAVY_SITE_SOURCE(field) offsetof(davy_site_source, field)
#define DAVY_SITE_FROM(field)   offsetof(davy_site_signal, from.field)

/** True for "SCHEME://host:port" (scheme: "tcp://"), with an IPv6 address in brackets. */
bool davy_site_is_address(const char *text, const char *scheme);

davy_site_read davy_site_read_kind;    /* const char *kind */
davy_site_read davy_site_read_address; /* const char *: `with` is the scheme, "tcp://" */
davy_site_read davy_site_read_scale;   /* double, not 0 */

/* Rows every source has, and rows of every `from`. clang-format would tear them. */
/* clang-format off */
#define DAVY_SITE_ROWS_OF_SOURCES                                                              \
    {"name", davy_site_read_unique_name, DAVY_SITE_SOURCE(name), .required = true,             \
     .aside = offsetof(davy_site_reader, sources), .write = "name: plc-1"},                    \
    {"kind", davy_site_read_kind, DAVY_SITE_SOURCE(kind), .required = true,                    \
     .write = "kind: modbus"}

/* davy_site_read_from() has read `source`, or told that it is missing, before it knows the table. */
#define DAVY_SITE_ROWS_OF_FROM                                                                 \
    {"source", davy_site_read_nothing, DAVY_SITE_FROM(source), .write = "source: plc-1"}

#define DAVY_SITE_ROWS_OF_SCALE                                                                \
    {"scale", davy_site_read_scale, DAVY_SITE_FROM(scale), .write = "scale: 0.1"},             \
    {"offset", davy_site_read_number, DAVY_SITE_FROM(offset), .write = "offset: -273.15"}
/* clang-format on */
