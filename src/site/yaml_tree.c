/* SPDX-License-Identifier: Apache-2.0 */
#include "site/yaml_tree.h"

#include "site/texts.h"

#include <yaml.h>

#include <stdio.h>
#include <string.h>

/* Nodes are taken from the arena by so many at a time: a piece begins on a cache line. */
#define NODES_AT_ONCE 256

/** An open collection. */
struct level {
    davy_yaml_node *node;
    davy_yaml_node *last; /* its newest entry */
    davy_yaml_node *key;  /* in a mapping, the key that waits for its value */
};

struct builder {
    yaml_parser_t parser;
    davy_arena *arena;
    davy_texts texts;
    davy_yaml_node *free_nodes;
    size_t free_count;
    struct level levels[DAVY_YAML_DEPTH_MAX];
    size_t depth;
    davy_yaml_node *root;
    davy_yaml_fault *fault;
};

/* What to do about libyaml's problems, by a part of its words. */
static const struct remedy {
    const char *problem;
    const char *remedy;
} remedies[] = {
    {"cannot start any token",
     "put a text that begins with %, @ or ` in quotes, and indent with blanks"},
    {"expected alphabetic or numeric",
     "put a text that begins with * or & in quotes, for example \"*/pressure\""},
    {"mapping values are not allowed",
     "line the keys up under each other, and put a text with ': ' in quotes"},
    {"expected ',' or", "close the bracket, or put a comma between the entries"},
    {"expected key", "line the keys up under each other"},
    {"expected '-' indicator", "line the '-' up under each other"},
    {"unexpected end of stream", "close the quote"},
    {"unexpected document indicator", "close the quote"},
    {"could not find expected ':'", "write 'key: value'"},
    {"found undefined tag handle", "take the tag out"},
    {"directive", "take the line with % out"},
    {"control characters", "take the character out"},
    {"UTF-8", "save the file as UTF-8"},
    {"Unicode character escape", "correct the escape, or use 'single quotes'"},
    {"Unicode", "save the file as UTF-8"},
    {"node content", "close the bracket, or write a value here"},
};

static const char *remedy_of(const char *problem)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(remedies); i++)
        if (strstr(problem, remedies[i].problem))
            return remedies[i].remedy;
    return "correct the YAML here";
}

static davy_status refuse(struct builder *builder, yaml_mark_t mark, const char *what,
                          const char *remedy)
{
    davy_yaml_fault *fault = builder->fault;

    fault->line = mark.line + 1;
    fault->column = mark.column + 1;
    (void) snprintf(fault->what, sizeof fault->what, "%s", what);
    fault->remedy = remedy;
    return DAVY_ERR_INVALID;
}

/* The reader of bytes knows an offset alone. */
static yaml_mark_t mark_of_offset(const char *text, size_t length, size_t offset)
{
    yaml_mark_t mark = {.index = offset};

    for (size_t i = 0; i < offset && i < length; i++) {
        bool continues = ((unsigned char) text[i] & 0xC0) == 0x80;

        mark.column = text[i] == '\n' ? 0 : mark.column + !continues;
        mark.line += text[i] == '\n';
    }
    return mark;
}

static davy_status refuse_syntax(struct builder *builder, const char *text, size_t length)
{
    const yaml_parser_t *parser = &builder->parser;
    const char *problem = parser->problem ? parser->problem : "not YAML";
    yaml_mark_t mark = parser->problem_mark;
    char what[sizeof builder->fault->what];

    if (parser->error == YAML_MEMORY_ERROR)
        return davy_fail(DAVY_ERR_NOMEM, "YAML");
    if (parser->error == YAML_READER_ERROR)
        mark = mark_of_offset(text, length, parser->problem_offset);
    if (parser->context && parser->context_mark.line != mark.line)
        (void) snprintf(what, sizeof what, "%s (%s that begins on line %zu)", problem,
                        parser->context, parser->context_mark.line + 1);
    else
        (void) snprintf(what, sizeof what, "%s", problem);
    return refuse(builder, mark, what, remedy_of(problem));
}

static davy_yaml_node *add_node(struct builder *builder, davy_yaml_kind kind, yaml_mark_t mark)
{
    davy_yaml_node *node;

    if (builder->free_count == 0) {
        builder->free_nodes = davy_arena_array(builder->arena, NODES_AT_ONCE, sizeof *node);
        if (!builder->free_nodes)
            return NULL;
        builder->free_count = NODES_AT_ONCE;
    }
    node = &builder->free_nodes[--builder->free_count];
    node->kind = (uint8_t) kind;
    node->line = (uint32_t) mark.line + 1;
    node->column = (uint32_t) mark.column + 1;
    return node;
}

/* Hang a node into the open collection: as its next entry, or as the key of the one to come. */
static void attach(struct builder *builder, davy_yaml_node *node)
{
    struct level *level = builder->depth ? &builder->levels[builder->depth - 1] : NULL;

    if (!level) {
        builder->root = node;
    } else if (level->node->kind == DAVY_YAML_MAPPING && !level->key) {
        level->key = node;
    } else {
        node->key = level->key;
        level->key = NULL;
        if (level->last)
            level->last->next = node;
        else
            level->node->first = node;
        level->last = node;
        level->node->length++;
    }
}

static davy_status add_scalar(struct builder *builder, const yaml_event_t *event)
{
    davy_yaml_node *node = add_node(builder, DAVY_YAML_SCALAR, event->start_mark);

    if (!node)
        return davy_fail(DAVY_ERR_NOMEM, "YAML");
    node->text = davy_texts_copy(&builder->texts, (const char *) event->data.scalar.value,
                                 event->data.scalar.length);
    if (!node->text)
        return davy_fail(DAVY_ERR_NOMEM, "YAML");
    node->length = (uint32_t) event->data.scalar.length;
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->anchored = event->data.scalar.anchor;
    node->tagged = event->data.scalar.tag;
    attach(builder, node);
    return DAVY_OK;
}

static davy_status open_collection(struct builder *builder, const yaml_event_t *event)
{
    bool mapping = event->type == YAML_MAPPING_START_EVENT;
    davy_yaml_node *node;

    if (builder->depth == DAVY_YAML_DEPTH_MAX)
        return refuse(builder, event->start_mark, "too many levels of lists and mappings",
                      "a site file needs no more than 8 levels");
    node = add_node(builder, mapping ? DAVY_YAML_MAPPING : DAVY_YAML_SEQUENCE, event->start_mark);
    if (!node)
        return davy_fail(DAVY_ERR_NOMEM, "YAML");
    node->anchored = mapping ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
    node->tagged = mapping ? event->data.mapping_start.tag : event->data.sequence_start.tag;
    attach(builder, node);
    builder->levels[builder->depth++] = (struct level){.node = node};
    return DAVY_OK;
}

static davy_status add_alias(struct builder *builder, const yaml_event_t *event)
{
    davy_yaml_node *node = add_node(builder, DAVY_YAML_ALIAS, event->start_mark);

    if (!node)
        return davy_fail(DAVY_ERR_NOMEM, "YAML");
    attach(builder, node);
    return DAVY_OK;
}

static davy_status take_event(struct builder *builder, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return add_scalar(builder, event);
    case YAML_ALIAS_EVENT:
        return add_alias(builder, event);
    case YAML_MAPPING_START_EVENT:
    case YAML_SEQUENCE_START_EVENT:
        return open_collection(builder, event);
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        builder->depth--;
        return DAVY_OK;
    case YAML_DOCUMENT_START_EVENT:
        if (builder->root)
            return refuse(builder, event->start_mark, "a second document begins",
                          "keep one document in a file: take the line '---' out");
        return DAVY_OK;
    default:
        return DAVY_OK;
    }
}

static davy_status build(struct builder *builder, const char *text, size_t length)
{
    for (;;) {
        yaml_event_t event;
        davy_status status;
        bool ended;

        if (!yaml_parser_parse(&builder->parser, &event))
            return refuse_syntax(builder, text, length);
        ended = event.type == YAML_STREAM_END_EVENT;
        status = take_event(builder, &event);
        yaml_event_delete(&event);
        if (status != DAVY_OK || ended)
            return status;
    }
}

davy_status davy_yaml_parse(const char *text, size_t length, davy_arena *arena,
                            davy_yaml_fault *fault, const davy_yaml_node **root)
{
    struct builder builder = {.arena = arena, .texts = {.arena = arena}, .fault = fault};
    davy_status status;

    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3; /* a byte order mark, as Windows editors leave it */
        length -= 3;
    }
    if (!yaml_parser_initialize(&builder.parser))
        return davy_fail(DAVY_ERR_NOMEM, "YAML");
    yaml_parser_set_encoding(&builder.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&builder.parser, (const unsigned char *) text, length);

    status = build(&builder, text, length);
    if (status == DAVY_OK && !builder.root) {
        *fault = (davy_yaml_fault){.what = "the file is empty",
                                   .remedy = "begin with 'site: {name: ...}'"};
        status = DAVY_ERR_INVALID;
    }
    if (status == DAVY_OK)
        *root = builder.root;
    yaml_parser_delete(&builder.parser);
    return status;
}

bool davy_yaml_is(const davy_yaml_node *node, const char *text)
{
    return node->kind == DAVY_YAML_SCALAR && node->length == strlen(text) &&
           memcmp(node->text, text, node->length) == 0;
}

const davy_yaml_node *davy_yaml_get(const davy_yaml_node *mapping, const char *key)
{
    if (mapping->kind != DAVY_YAML_MAPPING)
        return NULL;
    for (const davy_yaml_node *entry = mapping->first; entry; entry = entry->next)
        if (davy_yaml_is(entry->key, key))
            return entry;
    return NULL;
}
