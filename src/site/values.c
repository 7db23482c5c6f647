/* SPDX-License-Identifier: Apache-2.0 */
#include "site/values.h"

#include "core/pattern.h"
#include "core/quantity.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void *target_of(void *object, const davy_site_field *field)
{
    return (char *) object + field->offset;
}

static bool has_control_character(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char) text[i];

        if (c < 0x20 || c == 0x7F)
            return true;
        if (c == 0xC2 && i + 1 < length && (unsigned char) text[i + 1] < 0xA0)
            return true; /* U+0080 to U+009F */
    }
    return false;
}

static bool is_null(const davy_yaml_node *node)
{
    return node->plain &&
           (node->length == 0 || strcmp(node->text, "~") == 0 || strcmp(node->text, "null") == 0);
}

const char *davy_site_scalar(davy_site_reader *reader, const davy_site_where *where,
                             const davy_yaml_node *node, const davy_site_field *field)
{

    if (!davy_site_expect(reader, where, node, DAVY_YAML_SCALAR, field->write))
        return NULL;
    if (is_null(node))
        davy_site_refuse_value(reader, where, node, field, "no value is given");
    else if (has_control_character(node->text, node->length))
        davy_site_refuse(reader, where, node, "take it out; keep the text on one line",
                         "the text holds a control character");
    else if (node->length > DAVY_SITE_TEXT_MAX)
        davy_site_refuse(reader, where, node, "shorten it", "the text is longer than %d bytes",
                         DAVY_SITE_TEXT_MAX);
    else
        return node->text;
    return NULL;
}

const char *davy_site_keep(davy_site_reader *reader, const char *text)
{
    const char *copy = davy_texts_copy(&reader->texts, text, strlen(text));

    if (!copy)
        davy_site_no_memory(reader);
    return copy;
}

void davy_site_read_nothing(davy_site_reader *reader, const davy_site_where *where,
                            const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    (void) reader;
    (void) where;
    (void) node;
    (void) field;
    (void) object;
}

void davy_site_read_text(davy_site_reader *reader, const davy_site_where *where,
                         const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const char *text = davy_site_scalar(reader, where, node, field);

    if (text && !*text)
        davy_site_refuse_value(reader, where, node, field, "the text is empty");
    else if (text)
        *(const char **) target_of(object, field) = davy_site_keep(reader, text);
}

/* What keeps a text from being a name, or NULL. */
static const char *why_no_name(const char *text)
{
    size_t length = strlen(text);

    if (length == 0)
        return "is empty";
    if (strpbrk(text, "/,*"))
        return "holds '/', ',' or '*', which mean something in paths and patterns";
    if (text[0] == ' ' || text[length - 1] == ' ')
        return "begins or ends with a blank";
    if (length + sizeof "/score" > DAVY_PATH_MAX)
        return "is too long";
    return NULL;
}

static const char *read_name(davy_site_reader *reader, const davy_site_where *where,
                             const davy_yaml_node *node, const davy_site_field *field)
{
    const char *text = davy_site_scalar(reader, where, node, field);
    const char *why = text ? why_no_name(text) : NULL;

    if (!why)
        return text ? davy_site_keep(reader, text) : NULL;
    davy_site_refuse_value(reader, where, node, field, "the name '%.60s' %s", text, why);
    return NULL;
}

void davy_site_read_name(davy_site_reader *reader, const davy_site_where *where,
                         const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    *(const char **) target_of(object, field) = read_name(reader, where, node, field);
}

/* A name that is taken stays NULL, so that nothing that depends on it is told as a fault too. */
void davy_site_read_unique_name(davy_site_reader *reader, const davy_site_where *where,
                                const davy_yaml_node *node, const davy_site_field *field,
                                void *object)
{
    davy_names *names = (davy_names *) ((char *) reader + field->aside);
    const davy_site_where *entry = where->parent;
    const char *name = read_name(reader, where, node, field);
    size_t first;

    if (!name)
        return;
    if (davy_names_add(names, name, entry->index, &first))
        *(const char **) target_of(object, field) = name;
    else
        davy_site_refuse(reader, where, node, "give each its own name",
                         "the name '%s' is taken by %s[%zu]", name, entry->parent->key, first);
}

void davy_site_read_owner_name(davy_site_reader *reader, const davy_site_where *where,
                               const davy_yaml_node *node, const davy_site_field *field,
                               void *object)
{
    const char **name = (const char **) target_of(object, field);

    davy_site_read_unique_name(reader, where, node, field, object);
    if (*name && strcmp(*name, DAVY_PROOF_ASSET) == 0)
        davy_site_refuse(reader, where, node, "give it another name",
                         "the name '" DAVY_PROOF_ASSET "' marks the samples of proof tests");
}

void davy_site_read_texts(davy_site_reader *reader, const davy_site_where *where,
                          const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const davy_site_field one = {.read = davy_site_read_text, .write = field->write};
    davy_site_where inner = {.parent = where};
    const char **texts;

    if (!davy_site_expect(reader, where, node, DAVY_YAML_SEQUENCE, field->write))
        return;
    if (node->length == 0)
        davy_site_refuse_value(reader, where, node, field, "the list is empty");
    texts = davy_arena_array(&reader->site->arena, node->length, sizeof *texts);
    if (!texts) {
        davy_site_no_memory(reader);
        return;
    }
    for (const davy_yaml_node *text = node->first; text; text = text->next, inner.index++)
        davy_site_read_text(reader, &inner, text, &one, &texts[inner.index]);
    *(const char ***) target_of(object, field) = texts;
    *(size_t *) ((char *) object + field->aside) = node->length;
}

bool davy_site_number(davy_site_reader *reader, const davy_site_where *where,
                      const davy_yaml_node *node, const davy_site_field *field, double *value)
{
    const char *text = davy_site_scalar(reader, where, node, field);

    if (!text)
        return false;
    if (davy_number_parse(text, value) != DAVY_OK)
        davy_site_refuse_value(reader, where, node, field, "'%.60s' is not a number", text);
    else if (!node->plain)
        davy_site_refuse(reader, where, node, "take the quotes off",
                         "'%.60s' in quotes is a text and not a number", text);
    else if (field->low < field->high && (*value < field->low || *value > field->high))
        davy_site_refuse_value(reader, where, node, field, "%.17g is not from %.15g to %.15g",
                               *value, field->low, field->high);
    else
        return true;
    return false;
}

bool davy_site_number_before(const char *text, char suffix, double *value)
{
    size_t length = strlen(text);
    char number[40];

    if (length == 0 || length > sizeof number || text[length - 1] != suffix)
        return false;
    (void) snprintf(number, sizeof number, "%.*s", (int) length - 1, text);
    return davy_number_parse(number, value) == DAVY_OK;
}

void davy_site_read_number(davy_site_reader *reader, const davy_site_where *where,
                           const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    double value;

    if (davy_site_number(reader, where, node, field, &value))
        *(double *) target_of(object, field) = value;
}

void davy_site_read_integer(davy_site_reader *reader, const davy_site_where *where,
                            const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    double value;

    if (!davy_site_number(reader, where, node, field, &value))
        return;
    if (value != floor(value))
        davy_site_refuse_value(reader, where, node, field, "%g is not a whole number", value);
    else
        *(int *) target_of(object, field) = (int) value;
}

void davy_site_read_pair(davy_site_reader *reader, const davy_site_where *where,
                         const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    davy_site_where inner = {.parent = where};
    double pair[2];
    bool fine = true;

    if (!davy_site_expect(reader, where, node, DAVY_YAML_SEQUENCE, field->write))
        return;
    if (node->length != 2) {
        davy_site_refuse_value(reader, where, node, field,
                               "%u numbers stand where two are expected", (unsigned) node->length);
        return;
    }
    for (const davy_yaml_node *one = node->first; one; one = one->next, inner.index++)
        fine = davy_site_number(reader, &inner, one, field, &pair[inner.index]) && fine;
    if (fine)
        memcpy(target_of(object, field), pair, sizeof pair);
}

void davy_site_read_boolean(davy_site_reader *reader, const davy_site_where *where,
                            const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const char *text = davy_site_scalar(reader, where, node, field);

    if (text && (strcmp(text, "true") == 0 || strcmp(text, "false") == 0))
        *(bool *) target_of(object, field) = *text == 't';
    else if (text)
        davy_site_refuse(reader, where, node, "write true or false",
                         "'%.60s' is neither true nor false", text);
}

void davy_site_read_duration(davy_site_reader *reader, const davy_site_where *where,
                             const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const char *text = davy_site_scalar(reader, where, node, field);
    char low[32], high[32];
    int64_t ns;

    if (!text)
        return;
    if (davy_duration_parse(text, &ns) != DAVY_OK) {
        davy_site_refuse_value(reader, where, node, field, "'%.60s' is not a duration with a unit",
                               text);
    } else if (field->low < field->high &&
               ((double) ns < field->low || (double) ns > field->high)) {
        davy_duration_format((int64_t) field->low, low, sizeof low);
        davy_duration_format((int64_t) field->high, high, sizeof high);
        davy_site_refuse_value(reader, where, node, field, "'%.60s' is not from %s to %s", text,
                               low, high);
    } else {
        *(int64_t *) target_of(object, field) = ns;
    }
}

/* Rates and masses differ in their parser and their word. */
static void read_quantity(davy_site_reader *reader, const davy_site_where *where,
                          const davy_yaml_node *node, const davy_site_field *field, void *object,
                          davy_status (*parse)(const char *text, double *value), const char *word)
{
    const char *text = davy_site_scalar(reader, where, node, field);
    double value;

    if (!text)
        return;
    if (parse(text, &value) == DAVY_OK)
        *(double *) target_of(object, field) = value;
    else
        davy_site_refuse_value(reader, where, node, field, "'%.60s' is not %s", text, word);
}

void davy_site_read_rate(davy_site_reader *reader, const davy_site_where *where,
                         const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    read_quantity(reader, where, node, field, object, davy_rate_parse, "a number per time");
}

void davy_site_read_mass(davy_site_reader *reader, const davy_site_where *where,
                         const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    read_quantity(reader, where, node, field, object, davy_mass_parse, "an amount with a unit");
}

bool davy_site_choose(davy_site_reader *reader, const davy_site_where *where,
                      const davy_yaml_node *node, const char *text, const char *const *names,
                      size_t *index)
{
    char remedy[DAVY_SITE_REMEDY_MAX];

    for (size_t i = 0; names[i]; i++)
        if (strcmp(names[i], text) == 0) {
            *index = i;
            return true;
        }
    davy_site_refuse(reader, where, node, davy_site_suggest(text, names, "write one of", remedy),
                     "'%.60s' is not known here", text);
    return false;
}

void davy_site_read_choice(davy_site_reader *reader, const davy_site_where *where,
                           const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const char *text = davy_site_scalar(reader, where, node, field);
    size_t index;

    if (text && davy_site_choose(reader, where, node, text, field->with, &index))
        *(unsigned *) target_of(object, field) = (unsigned) index;
}
