/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/config_tree.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Where a file is read, and the pieces of a text that is being put together. */
struct reader {
    davy_config_tree *tree;
    const char *at, *end;
    unsigned line;
    davy_buffer text;
};

davy_status davy_config_fail(const davy_config_tree *tree, unsigned line, const char *format, ...)
{
    char sentence[DAVY_ERROR_MAX / 2];
    va_list arguments;

    va_start(arguments, format);
    (void) vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    if (line == 0)
        return davy_fail(DAVY_ERR_INVALID, "%s: %s", tree->file, sentence);
    return davy_fail(DAVY_ERR_INVALID, "%s: line %u: %s", tree->file, line, sentence);
}

davy_config_node *davy_config_tree_add(davy_config_tree *tree, davy_config_node *parent,
                                       const char *key, size_t key_length, unsigned line,
                                       davy_status *status)
{
    davy_config_node *node = NULL;

    if (++tree->nodes > DAVY_CONFIG_NODES_MAX) {
        *status = davy_config_fail(tree, line, "more than %zu keys", DAVY_CONFIG_NODES_MAX);
        return NULL;
    }
    node = davy_arena_alloc(&tree->arena, sizeof *node);
    if (node)
        node->key = davy_arena_text(&tree->arena, key, key_length);
    if (!node || !node->key) {
        *status = davy_fail(DAVY_ERR_NOMEM, "%s", tree->file);
        return NULL;
    }
    node->line = line;
    if (parent->last)
        parent->last->next = node;
    else
        parent->first = node;
    parent->last = node;
    return node;
}

void davy_config_tree_clear(davy_config_tree *tree)
{
    davy_arena_clear(&tree->arena);
    *tree = (davy_config_tree){.nodes = 0};
}

/* -------------------------------------------------------------------------------------- pieces */

static davy_status fail_at(const struct reader *in, const char *wanted)
{
    char shown[16] = "the end";

    if (in->at < in->end)
        (void) snprintf(shown, sizeof shown, isprint((unsigned char) *in->at) ? "'%c'" : "\\x%02x",
                        (unsigned char) *in->at);
    return davy_config_fail(in->tree, in->line, "%s instead of %s", shown, wanted);
}

/* Pass over blanks and comments. @return the next byte; '\0' at the end */
static char peek(struct reader *in)
{
    for (; in->at < in->end; in->at++) {
        if (*in->at == '#') {
            const char *newline = memchr(in->at, '\n', (size_t) (in->end - in->at));

            in->at = newline ? newline : in->end;
            if (!newline)
                break;
        }
        if (*in->at == '\n')
            in->line++;
        else if (*in->at != ' ' && *in->at != '\t' && *in->at != '\r' && *in->at != '\v' &&
                 *in->at != '\f')
            break;
    }
    return in->at < in->end ? *in->at : '\0';
}

static bool take(struct reader *in, char wanted)
{
    if (in->at == in->end || peek(in) != wanted || in->at == in->end)
        return false;
    in->at++;
    return true;
}

/* Bytes of a word: names, numbers with their signs and points. */
static size_t word_length(const struct reader *in)
{
    size_t length = 0;

    while (in->at + length < in->end &&
           (isalnum((unsigned char) in->at[length]) || strchr("_.+-", in->at[length])) &&
           in->at[length] != '\0')
        length++;
    return length;
}

static int digit_of(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : 99;
}

/* A number of an escape in this base, of at most so many digits. @return digits read */
static int read_digits(struct reader *in, int base, int most, unsigned *value)
{
    int count = 0;

    *value = 0;
    while (count < most && in->at < in->end && digit_of(*in->at) < base) {
        *value = *value * (unsigned) base + (unsigned) digit_of(*in->at++);
        count++;
    }
    return count;
}

static void append_character(davy_buffer *out, unsigned code)
{
    char bytes[3];
    size_t length = 1;

    if (code < 0x80)
        bytes[0] = (char) code;
    else if (code < 0x800) {
        bytes[0] = (char) (0xc0 | code >> 6);
        bytes[1] = (char) (0x80 | (code & 0x3f));
        length = 2;
    } else {
        bytes[0] = (char) (0xe0 | code >> 12);
        bytes[1] = (char) (0x80 | (code >> 6 & 0x3f));
        bytes[2] = (char) (0x80 | (code & 0x3f));
        length = 3;
    }
    davy_buffer_append(out, bytes, length);
}

/* What follows a backslash. */
static davy_status read_escape(struct reader *in)
{
    static const char names[] = "abfnrtv\\'\"?", values[] = "\a\b\f\n\r\t\v\\'\"?";
    const char *simple = in->at < in->end && *in->at ? strchr(names, *in->at) : NULL;
    unsigned code = 0;
    char byte;

    if (simple) {
        in->at++;
        davy_buffer_append(&in->text, &values[simple - names], 1);
        return DAVY_OK;
    }
    if (in->at < in->end && *in->at == 'u') {
        in->at++;
        if (read_digits(in, 16, 4, &code) != 4 || code == 0 || (code >= 0xd800 && code < 0xe000))
            return davy_config_fail(in->tree, in->line, "an escape of no character");
        append_character(&in->text, code);
        return DAVY_OK;
    }
    if (in->at < in->end && (*in->at == 'x' || *in->at == 'X')) {
        in->at++;
        (void) read_digits(in, 16, 2, &code);
    } else {
        (void) read_digits(in, 8, 3, &code);
    }
    byte = (char) code;
    if (byte == '\0')
        return davy_config_fail(in->tree, in->line, "an escape of no character");
    davy_buffer_append(&in->text, &byte, 1);
    return DAVY_OK;
}

static davy_status read_quoted(struct reader *in)
{
    const char quote = *in->at++;

    while (in->at < in->end && *in->at != quote) {
        davy_status status = DAVY_OK;

        if (*in->at == '\n' || *in->at == '\0')
            return davy_config_fail(in->tree, in->line, "a text is not closed on its line");
        if (*in->at == '\\') {
            in->at++;
            status = read_escape(in);
        } else {
            davy_buffer_append(&in->text, in->at++, 1);
        }
        if (status != DAVY_OK)
            return status;
    }
    if (in->at == in->end)
        return davy_config_fail(in->tree, in->line, "a text is not closed");
    in->at++;
    return DAVY_OK;
}

/* One value that is no message: texts side by side are one text. */
static davy_status read_scalar(struct reader *in, davy_config_node *node)
{
    char next = peek(in);
    davy_status status = DAVY_OK;

    davy_buffer_reset(&in->text);
    node->kind = next == '"' || next == '\'' ? DAVY_CONFIG_TEXT : DAVY_CONFIG_WORD;
    if (node->kind == DAVY_CONFIG_WORD) {
        if (take(in, '-')) { /* blanks may follow the sign */
            davy_buffer_append(&in->text, "-", 1);
            (void) peek(in);
        }
        if (word_length(in) == 0)
            return fail_at(in, "a value");
        davy_buffer_append(&in->text, in->at, word_length(in));
        in->at += word_length(in);
    }
    while (status == DAVY_OK && node->kind == DAVY_CONFIG_TEXT && (next == '"' || next == '\'')) {
        status = read_quoted(in);
        next = peek(in);
    }
    if (status == DAVY_OK)
        status = davy_buffer_ok(&in->text);
    if (status != DAVY_OK)
        return status;
    node->text =
        davy_arena_text(&in->tree->arena, in->text.bytes ? in->text.bytes : "", in->text.length);
    return node->text ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "%s", in->tree->file);
}

/* ------------------------------------------------------------------------------------ messages */

static davy_status read_message(struct reader *in, davy_config_node *message, char closing,
                                int depth);

static davy_status read_value(struct reader *in, davy_config_node *node, int depth)
{
    if (take(in, '{'))
        return read_message(in, node, '}', depth + 1);
    if (take(in, '<'))
        return read_message(in, node, '>', depth + 1);
    return read_scalar(in, node);
}

/* A list is its key as often as it has elements. */
static davy_status read_list(struct reader *in, davy_config_node *parent, const char *key,
                             size_t length, int depth)
{
    davy_status status = DAVY_OK;

    if (take(in, ']'))
        return DAVY_OK;
    do {
        davy_config_node *node;

        if (peek(in) == ']') /* a comma behind the last one, as people write them */
            break;
        node = davy_config_tree_add(in->tree, parent, key, length, in->line, &status);
        if (node)
            status = read_value(in, node, depth);
    } while (status == DAVY_OK && take(in, ','));
    if (status == DAVY_OK && !take(in, ']'))
        status = fail_at(in, "',' or ']' of a list");
    return status;
}

static davy_status read_field(struct reader *in, davy_config_node *message, int depth)
{
    const char *key = in->at;
    const size_t length = word_length(in);
    davy_status status = DAVY_OK;
    davy_config_node *node;
    bool colon;

    if (length == 0 || isdigit((unsigned char) *key))
        return fail_at(in, "a key");
    in->at += length;
    colon = take(in, ':');
    if (take(in, '['))
        return read_list(in, message, key, length, depth);
    if (!colon && peek(in) != '{' && peek(in) != '<')
        return fail_at(in, "':' or '{'");
    node = davy_config_tree_add(in->tree, message, key, length, in->line, &status);
    return node ? read_value(in, node, depth) : status;
}

static davy_status read_message(struct reader *in, davy_config_node *message, char closing,
                                int depth)
{
    davy_status status = DAVY_OK;

    if (depth > DAVY_CONFIG_DEPTH_MAX)
        return davy_config_fail(in->tree, in->line, "nested deeper than %d messages",
                                DAVY_CONFIG_DEPTH_MAX);
    message->kind = DAVY_CONFIG_MESSAGE;
    while (status == DAVY_OK) {
        const char next = peek(in);

        if (in->at == in->end)
            return closing ? fail_at(in, closing == '}' ? "'}'" : "'>'") : DAVY_OK;
        if (closing && next == closing) {
            in->at++;
            return DAVY_OK;
        }
        status = read_field(in, message, depth);
        if (status == DAVY_OK && !take(in, ','))
            (void) take(in, ';');
    }
    return status;
}

davy_status davy_config_read_text(davy_config_tree *tree, const char *bytes, size_t length)
{
    struct reader in = {.tree = tree, .at = bytes, .end = bytes + length, .line = 1};
    davy_status status;

    if (length > DAVY_CONFIG_FILE_MAX)
        return davy_config_fail(tree, 0, "longer than %zu bytes", DAVY_CONFIG_FILE_MAX);
    status = read_message(&in, &tree->root, '\0', 0);
    davy_buffer_clear(&in.text);
    return status;
}
