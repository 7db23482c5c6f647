/* SPDX-License-Identifier: Apache-2.0 */
#include "site/reader.h"

#include "core/buffer.h"
#include "site/faults.h"
#include "site/nearest.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What a kind of node is called in a sentence. */
static const char *const kind_names[] = {"a single value", "a mapping", "a list", "an alias"};

static void append_path(davy_buffer *path, const davy_site_where *where)
{
    if (!where)
        return;
    append_path(path, where->parent);
    if (where->key)
        davy_buffer_printf(path, "%s%.60s", path->length ? "." : "", where->key);
    else
        davy_buffer_printf(path, "[%zu]", where->index);
}

void davy_site_no_memory(davy_site_reader *reader)
{
    reader->status = davy_fail(DAVY_ERR_NOMEM, "site file");
}

static void refuse(davy_site_reader *reader, const davy_site_where *where,
                   const davy_yaml_node *node, const char *remedy, const char *format,
                   va_list arguments) DAVY_PRINTF(5, 0);

static void refuse(davy_site_reader *reader, const davy_site_where *where,
                   const davy_yaml_node *node, const char *remedy, const char *format,
                   va_list arguments)
{
    davy_buffer path = {0};
    char what[512];

    if (!davy_site_faults_want(reader->faults, node->line, node->column))
        return;
    (void) vsnprintf(what, sizeof what, format, arguments);
    append_path(&path, where);
    if (davy_buffer_ok(&path) != DAVY_OK ||
        davy_site_faults_add(reader->faults, node->line, node->column,
                             path.length ? path.bytes : "", what, remedy) != DAVY_OK)
        davy_site_no_memory(reader);
    davy_buffer_clear(&path);
}

void davy_site_refuse(davy_site_reader *reader, const davy_site_where *where,
                      const davy_yaml_node *node, const char *remedy, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    refuse(reader, where, node, remedy, format, arguments);
    va_end(arguments);
}

static const char *show_example(const char *example, char remedy[DAVY_SITE_REMEDY_MAX])
{
    (void) snprintf(remedy, DAVY_SITE_REMEDY_MAX, "write for example '%s'", example);
    return remedy;
}

void davy_site_refuse_value(davy_site_reader *reader, const davy_site_where *where,
                            const davy_yaml_node *node, const davy_site_field *field,
                            const char *format, ...)
{
    char remedy[DAVY_SITE_REMEDY_MAX];
    va_list arguments;

    va_start(arguments, format);
    refuse(reader, where, node, show_example(field->write, remedy), format, arguments);
    va_end(arguments);
}

void davy_site_refuse_key(davy_site_reader *reader, const davy_site_where *where,
                          const davy_yaml_node *mapping, const char *key, const char *remedy,
                          const char *format, ...)
{
    const davy_yaml_node *value = davy_yaml_get(mapping, key);
    const davy_site_where inner = {.parent = where, .key = key};
    va_list arguments;

    va_start(arguments, format);
    refuse(reader, value ? &inner : where, value ? value : mapping, remedy, format, arguments);
    va_end(arguments);
}

bool davy_site_expect(davy_site_reader *reader, const davy_site_where *where,
                      const davy_yaml_node *node, davy_yaml_kind kind, const char *example)
{
    char remedy[DAVY_SITE_REMEDY_MAX];

    if (node->kind == DAVY_YAML_ALIAS)
        davy_site_refuse(reader, where, node, "write the value out; put a text with * in quotes",
                         "aliases are not taken");
    else if (node->anchored)
        davy_site_refuse(reader, where, node, "take the &name out; put a text with & in quotes",
                         "anchors are not taken");
    else if (node->tagged)
        davy_site_refuse(reader, where, node, "take the !tag out; put a text with ! in quotes",
                         "tags are not taken");
    else if (node->kind != kind)
        davy_site_refuse(reader, where, node, show_example(example, remedy),
                         "%s stands where %s is expected", kind_names[node->kind],
                         kind_names[kind]);
    return node->kind == kind && !node->tagged;
}

static const davy_site_field *find_field(const davy_site_schema *schema, const davy_yaml_node *key)
{
    for (size_t i = 0; i < schema->count; i++)
        if (davy_yaml_is(key, schema->fields[i].key))
            return &schema->fields[i];
    return NULL;
}

const char *davy_site_suggest(const char *word, const char *const *names, const char *otherwise,
                              char remedy[DAVY_SITE_REMEDY_MAX])
{
    davy_nearest nearest = {.word = word};
    size_t length;

    for (size_t i = 0; names[i]; i++)
        davy_nearest_offer(&nearest, names[i]);
    if (nearest.best) {
        (void) snprintf(remedy, DAVY_SITE_REMEDY_MAX, "did you mean '%s'?", nearest.best);
        return remedy;
    }
    length = (size_t) snprintf(remedy, DAVY_SITE_REMEDY_MAX, "%s", otherwise);
    for (size_t i = 0; names[i] && length < DAVY_SITE_REMEDY_MAX; i++)
        length += (size_t) snprintf(remedy + length, DAVY_SITE_REMEDY_MAX - length, "%s %s",
                                    i ? "," : "", names[i]);
    return remedy;
}

static void refuse_unknown(davy_site_reader *reader, const davy_site_where *where,
                           const davy_yaml_node *key, const davy_site_schema *schema)
{
    const davy_site_where inner = {.parent = where, .key = key->text};
    const char *names[DAVY_SITE_FIELDS_MAX + 1] = {0};
    char remedy[DAVY_SITE_REMEDY_MAX];

    for (size_t i = 0; i < schema->count; i++)
        names[i] = schema->fields[i].key;
    davy_site_refuse(reader, &inner, key,
                     davy_site_suggest(key->text, names, "the keys here are", remedy),
                     "unknown key '%.60s'", key->text);
}

/* Find the row of a key and note its value; unknown and repeated keys are faults. */
static void take_entry(davy_site_reader *reader, const davy_site_where *where,
                       const davy_yaml_node *value, const davy_site_schema *schema,
                       const davy_yaml_node *values[])
{
    const davy_yaml_node *key = value->key;
    const davy_site_where inner = {.parent = where, .key = key->text};
    const davy_site_field *field;
    char remedy[DAVY_SITE_REMEDY_MAX];

    if (!davy_site_expect(reader, where, key, DAVY_YAML_SCALAR, "key: value"))
        return;
    field = find_field(schema, key);
    if (!field && !schema->open) {
        refuse_unknown(reader, where, key, schema);
    } else if (field && values[field - schema->fields]) {
        (void) snprintf(remedy, sizeof remedy, "keep one; the first is on line %u",
                        (unsigned) values[field - schema->fields]->line);
        davy_site_refuse(reader, &inner, key, remedy, "'%s' is given twice", field->key);
    } else if (field) {
        values[field - schema->fields] = value;
    }
}

static void read_field(davy_site_reader *reader, const davy_site_where *where,
                       const davy_yaml_node *mapping, const davy_yaml_node *value,
                       const davy_site_field *field, void *object)
{
    const davy_site_where inner = {.parent = where, .key = field->key};
    char remedy[DAVY_SITE_REMEDY_MAX];

    if (value) {
        field->read(reader, &inner, value, field, object);
    } else if (field->required) {
        (void) snprintf(remedy, sizeof remedy, "add for example '%s'", field->write);
        davy_site_refuse(reader, where, mapping, remedy, "'%s' is missing", field->key);
    }
}

void davy_site_read_mapping(davy_site_reader *reader, const davy_site_where *where,
                            const davy_yaml_node *node, const davy_site_schema *schema,
                            void *object)
{
    const davy_yaml_node *values[DAVY_SITE_FIELDS_MAX] = {0};

    assert(schema->count <= DAVY_SITE_FIELDS_MAX);
    if (!davy_site_expect(reader, where, node, DAVY_YAML_MAPPING, "{key: value}"))
        return;
    for (const davy_yaml_node *value = node->first; value; value = value->next)
        take_entry(reader, where, value, schema, values);
    /* In the order of the table, so that a reader may look at what stands above its row. */
    for (size_t i = 0; i < schema->count; i++)
        read_field(reader, where, node, values[i], &schema->fields[i], object);
    if (schema->check)
        schema->check(reader, where, node, object);
}

void davy_site_read_nested(davy_site_reader *reader, const davy_site_where *where,
                           const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    davy_site_read_mapping(reader, where, node, field->with, (char *) object + field->offset);
}

static void read_entry(davy_site_reader *reader, const davy_site_where *where,
                       const davy_yaml_node *node, const davy_site_list *list, char *entry)
{
    memcpy(entry, list->defaults, list->size);
    *(size_t *) (void *) (entry + list->line) = node->line;
    if (list->read)
        list->read(reader, where, node, entry);
    else
        davy_site_read_mapping(reader, where, node, list->schema, entry);
}

void davy_site_read_list(davy_site_reader *reader, const davy_site_where *where,
                         const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const davy_site_list *list = field->with;
    davy_names *names = (davy_names *) ((char *) reader + list->names);
    size_t *count = (size_t *) ((char *) object + field->aside);
    davy_site_where inner = {.parent = where};
    char *entries;

    if (!davy_site_expect(reader, where, node, DAVY_YAML_SEQUENCE, "[a, b]"))
        return;
    if (node->length > list->max) {
        davy_site_refuse(reader, where, node, "split the plant into several sites",
                         "%zu entries are more than the %zu that are allowed",
                         (size_t) node->length, list->max);
        return;
    }
    entries = davy_arena_array(&reader->site->arena, node->length, list->size);
    if (!entries || davy_names_init(names, reader->scratch, node->length) != DAVY_OK) {
        davy_site_no_memory(reader);
        return;
    }

    memcpy((char *) object + field->offset, &entries, sizeof entries);
    for (const davy_yaml_node *entry = node->first; entry; entry = entry->next) {
        inner.index = *count;
        read_entry(reader, &inner, entry, list, entries + list->size * (*count)++);
    }
}
