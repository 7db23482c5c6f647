/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/config_tree.h"

/**
 * @file
 * The keys of a config as tables: a message is a row of keys, and a key says where it goes.
 *
 * Stage: infer. Names and meanings are those of Triton's model_config.proto. A key of kind ASIDE is
 * one that Triton has and that changes no answer here; REFUSED would change one if it were left
 * out.
 */
typedef struct davy_config_binding {
    const davy_config_tree *tree;
    davy_arena *arena; /* of what is bound */
    davy_buffer *aside;
} davy_config_binding;

typedef davy_status (*davy_config_setter)(const davy_config_binding *b,
                                          const davy_config_node *node, void *field);

typedef enum davy_key_kind {
    DAVY_KEY_SIZE,
    DAVY_KEY_U64,
    DAVY_KEY_UNSIGNED,
    DAVY_KEY_BOOL,
    DAVY_KEY_TEXT,
    DAVY_KEY_ASIDE,
    DAVY_KEY_REFUSED, /* but `false` is fine */
    DAVY_KEY_MESSAGE,
    DAVY_KEY_CALL
} davy_key_kind;

typedef struct davy_config_message davy_config_message;

typedef struct davy_config_key {
    const char *name;
    davy_key_kind kind;
    bool many;             /* it may repeat */
    size_t at;             /* of the field in the structure that the message fills */
    size_t count_at, size; /* of an array: its count, and its elements; size 0: no array */
    const davy_config_message *message; /* MESSAGE */
    davy_config_setter set;             /* CALL */
} davy_config_key;

struct davy_config_message {
    const char *name;
    const davy_config_key *keys;
    size_t count;
};

extern const davy_config_setter davy_config_setters[];
extern const davy_config_message davy_config_root; /* fills a davy_infer_config */

/** What no single key can tell: defaults, and keys that do not go together. */
DAVY_MUST_CHECK davy_status davy_config_finish(const davy_config_binding *b,
                                               davy_infer_config *config);

DAVY_MUST_CHECK davy_status davy_config_bind(const davy_config_binding *b,
                                             const davy_config_node *node,
                                             const davy_config_message *message, void *into);
DAVY_MUST_CHECK davy_status davy_config_whole(const davy_config_binding *b,
                                              const davy_config_node *node, int64_t low,
                                              int64_t high, int64_t *out);
DAVY_MUST_CHECK davy_status davy_config_text(const davy_config_binding *b,
                                             const davy_config_node *node, const char **out);
/** Which of some words it is. */
DAVY_MUST_CHECK davy_status davy_config_choose(const davy_config_binding *b,
                                               const davy_config_node *node,
                                               const char *const *words, size_t count, size_t *out);

/* config_words.c */

/** Words with a blank between, each NAME=VALUE; a row for each name. */
typedef struct davy_config_word {
    const char *name;
    bool (*set)(void *field, char *value); /* false: it does not fit */
} davy_config_word;

/**
 * @param key    for sentences: "davy.image"
 * @param known  what there is, for sentences
 */
DAVY_MUST_CHECK davy_status davy_config_words(const davy_config_binding *b, unsigned line,
                                              const char *key, const char *text,
                                              const davy_config_word *words, size_t count,
                                              const char *known, void *field);

/* config_boxes.c, config_image.c */

/** The values of `davy.boxes` and `davy.image` in `parameters`. */
DAVY_MUST_CHECK davy_status davy_config_boxes(const davy_config_binding *b, unsigned line,
                                              const char *text, davy_box_output *out);
DAVY_MUST_CHECK davy_status davy_config_image(const davy_config_binding *b, unsigned line,
                                              const char *text, davy_image_input *out);
