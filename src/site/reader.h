/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "site/load.h"
#include "site/names.h"
#include "site/site.h"
#include "site/texts.h"
#include "site/yaml_tree.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * Reads a mapping of the site file by its table of keys, and collects every fault on the way.
 *
 * Stage: site. A key is a row of a table: its name, the reader of its value, where the value goes,
 * whether it must be there, what to write instead of something wrong. One function walks all
 * tables, so that an unknown, a repeated and a missing key are told in the same way everywhere.
 *
 * A reader never stops: it tells the fault, leaves the default in place, and goes on.
 */

/** What a file is read with; lives as long as one davy_site_parse(). */
typedef struct davy_site_reader {
    davy_site *site;
    davy_texts texts; /* in the site's arena */
    davy_arena *scratch;
    davy_site_faults *faults;
    davy_status status; /* DAVY_ERR_NOMEM once memory has run out */
    davy_names sources, assets, signals, detectors, resources, positions; /* name -> index */
    davy_names receivers, places, junctions, scenarios, classes;
    davy_names routes, prooftests, stretches; /* empty: they have no names */
} davy_site_reader;

/** A place in the file as a path: a key in a mapping, or an index in a sequence. */
typedef struct davy_site_where {
    const struct davy_site_where *parent; /* NULL for the top */
    const char *key;                      /* NULL for an index */
    size_t index;
} davy_site_where;

typedef struct davy_site_field davy_site_field;

/** Read the value of one key into its place in `object`. */
typedef void davy_site_read(davy_site_reader *reader, const davy_site_where *where,
                            const davy_yaml_node *node, const davy_site_field *field, void *object);

/** A row of a table of keys. */
struct davy_site_field {
    const char *key;
    davy_site_read *read;
    size_t offset; /* of the value in the object */
    size_t aside;  /* a second offset: of a list's count in the object, of names in the reader */
    bool required;
    const char *write; /* an example of the whole entry: "name: T-101" */
    double low, high;  /* a number's bounds, when low < high; in the unit of the object */
    const void *with;  /* a schema, a list or names: what this reader needs */
};

/** Keys of one kind of mapping. */
typedef struct davy_site_schema {
    const char *what; /* "signal": its heading in docs/site.md */
    const davy_site_field *fields;
    size_t count;
    /* Checks that look at several keys at once; may be NULL. */
    void (*check)(davy_site_reader *reader, const davy_site_where *where,
                  const davy_yaml_node *node, void *object);
    bool open; /* unknown keys are no fault: another fault hides what they mean */
} davy_site_schema;

/** A sequence of named mappings that becomes an array of the site. */
typedef struct davy_site_list {
    const davy_site_schema *schema;
    const void *defaults; /* of one entry */
    size_t size;          /* of one entry */
    size_t line;          /* offset in an entry of the line it begins on */
    size_t names;         /* offset in the reader of the table that will hold the names */
    size_t max;
    /* Read one entry; NULL to read it by `schema`. */
    void (*read)(davy_site_reader *reader, const davy_site_where *where, const davy_yaml_node *node,
                 void *entry);
} davy_site_list;

/** Most keys of one schema. */
#define DAVY_SITE_FIELDS_MAX 24

/** Bytes of a remedy with its zero. */
#define DAVY_SITE_REMEDY_MAX ((size_t) 400)

/** Tell a fault. `node` gives the line and column. */
void davy_site_refuse(davy_site_reader *reader, const davy_site_where *where,
                      const davy_yaml_node *node, const char *remedy, const char *format, ...)
    DAVY_PRINTF(5, 6);

/** The same with the example of the row as the remedy. */
void davy_site_refuse_value(davy_site_reader *reader, const davy_site_where *where,
                            const davy_yaml_node *node, const davy_site_field *field,
                            const char *format, ...) DAVY_PRINTF(5, 6);

/** The same for the value of a key, or for the mapping when the key is not there. */
void davy_site_refuse_key(davy_site_reader *reader, const davy_site_where *where,
                          const davy_yaml_node *mapping, const char *key, const char *remedy,
                          const char *format, ...) DAVY_PRINTF(6, 7);

/** A remedy: the nearest of the NULL-ended names, or `otherwise` and all of them. @return remedy */
const char *davy_site_suggest(const char *word, const char *const *names, const char *otherwise,
                              char remedy[DAVY_SITE_REMEDY_MAX]);

/** True for a node of this kind; else, and for an alias, anchor or tag, a fault. */
bool davy_site_expect(davy_site_reader *reader, const davy_site_where *where,
                      const davy_yaml_node *node, davy_yaml_kind kind, const char *example);

/** Remember that memory ran out; the load fails with it. */
void davy_site_no_memory(davy_site_reader *reader);

/** Read a mapping into an object that holds its defaults. */
void davy_site_read_mapping(davy_site_reader *reader, const davy_site_where *where,
                            const davy_yaml_node *node, const davy_site_schema *schema,
                            void *object);

/** davy_site_read of a mapping (`with` is its schema) and of a list of mappings (`with` its
 * list).*/
davy_site_read davy_site_read_nested, davy_site_read_list;
