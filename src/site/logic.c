/* SPDX-License-Identifier: Apache-2.0 */
#include "site/logic.h"

#include "core/quantity.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define EXAMPLE "write for example 'P-301/current < 0.2 and not T-101/level:hi'"

typedef enum token {
    TOKEN_END,
    TOKEN_NAME,   /* a word, or a text in quotes */
    TOKEN_NUMBER, /* a word that is a number */
    TOKEN_COMPARE,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_NOT,
    TOKEN_WRONG /* its fault is told */
} token;

/* The newest token, and what has been made so far. */
struct parser {
    const char *text, *next; /* next: behind the token */
    const davy_logic_names *names;
    davy_logic_fault *fault;
    bool failed; /* the first fault is kept */
    int depth;

    token token;
    size_t column; /* of the token, from 1 */
    char name[DAVY_LOGIC_TEXT_MAX];
    bool quoted;
    double number;
    davy_logic_op compare;

    davy_logic_step steps[DAVY_LOGIC_STEPS_MAX];
    size_t signals[DAVY_LOGIC_STEPS_MAX];
    davy_logic_condition conditions[DAVY_LOGIC_STEPS_MAX];
    size_t count, signal_count, condition_count;
};

static void refuse(struct parser *parser, size_t column, const char *remedy, const char *format,
                   ...) DAVY_PRINTF(4, 5);

static void refuse(struct parser *parser, size_t column, const char *remedy, const char *format,
                   ...)
{
    va_list arguments;

    if (parser->failed)
        return;
    parser->failed = true;
    parser->fault->column = column;
    (void) snprintf(parser->fault->remedy, sizeof parser->fault->remedy, "%s", remedy);
    va_start(arguments, format);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): va_start is the line above */
    (void) vsnprintf(parser->fault->what, sizeof parser->fault->what, format, arguments);
    va_end(arguments);
}

/* Tokens ------------------------------------------------------------------------------------ */

static const struct {
    const char *sign; /* the longer ones first */
    davy_logic_op op;
} signs[] = {
    {"<=", DAVY_LOGIC_AT_MOST}, {">=", DAVY_LOGIC_AT_LEAST}, {"!=", DAVY_LOGIC_DIFFERS},
    {"==", DAVY_LOGIC_EQUAL},   {"<", DAVY_LOGIC_LESS},      {">", DAVY_LOGIC_MORE},
    {"=", DAVY_LOGIC_EQUAL},
};

static bool take_sign(struct parser *parser)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(signs); i++)
        if (strncmp(parser->next, signs[i].sign, strlen(signs[i].sign)) == 0) {
            parser->next += strlen(signs[i].sign);
            parser->compare = signs[i].op;
            return true;
        }
    return false;
}

static token take_quoted(struct parser *parser)
{
    const char quote[2] = {*parser->next, '\0'};
    size_t length = strcspn(parser->next + 1, quote);

    if (parser->next[1 + length] == '\0') {
        refuse(parser, parser->column, "close it with the same sign", "a quote is not closed");
        return TOKEN_WRONG;
    }
    (void) snprintf(parser->name, sizeof parser->name, "%.*s", (int) length, parser->next + 1);
    parser->next += length + 2;
    parser->quoted = true;
    return TOKEN_NAME;
}

static token take_word(struct parser *parser)
{
    size_t length = strcspn(parser->next, " ()<>=!'\"");

    if (length == 0) {
        refuse(parser, parser->column, EXAMPLE, "'%c' means nothing here", *parser->next);
        return TOKEN_WRONG;
    }
    (void) snprintf(parser->name, sizeof parser->name, "%.*s", (int) length, parser->next);
    parser->next += length;
    parser->quoted = false;
    if (strcmp(parser->name, "and") == 0)
        return TOKEN_AND;
    if (strcmp(parser->name, "or") == 0)
        return TOKEN_OR;
    if (strcmp(parser->name, "not") == 0)
        return TOKEN_NOT;
    return davy_number_parse(parser->name, &parser->number) == DAVY_OK ? TOKEN_NUMBER : TOKEN_NAME;
}

static void advance(struct parser *parser)
{
    parser->next += strspn(parser->next, " ");
    parser->column = (size_t) (parser->next - parser->text) + 1;
    if (*parser->next == '\0')
        parser->token = TOKEN_END;
    else if (*parser->next == '(' || *parser->next == ')')
        parser->token = *parser->next++ == '(' ? TOKEN_OPEN : TOKEN_CLOSE;
    else if (take_sign(parser))
        parser->token = TOKEN_COMPARE;
    else if (*parser->next == '\'' || *parser->next == '"')
        parser->token = take_quoted(parser);
    else
        parser->token = take_word(parser);
}

/* Steps ------------------------------------------------------------------------------------- */

static void push(struct parser *parser, davy_logic_step step)
{
    if (parser->failed)
        return;
    if (parser->count == DAVY_LOGIC_STEPS_MAX)
        refuse(parser, parser->column, "split it into several rules",
               "the logic has more than %zu steps", DAVY_LOGIC_STEPS_MAX);
    else
        parser->steps[parser->count++] = step;
}

static void push_signal(struct parser *parser, size_t signal)
{
    size_t place = 0;

    while (place < parser->signal_count && parser->signals[place] != signal)
        place++;
    push(parser, (davy_logic_step){.op = DAVY_LOGIC_SIGNAL, .operand = (uint32_t) place});
    if (!parser->failed && place == parser->signal_count)
        parser->signals[parser->signal_count++] = signal;
}

static bool same_condition(davy_logic_condition a, davy_logic_condition b)
{
    return a.kind == b.kind && a.of == b.of;
}

static void push_condition(struct parser *parser, davy_logic_condition condition)
{
    size_t place = 0;

    while (place < parser->condition_count && !same_condition(parser->conditions[place], condition))
        place++;
    push(parser, (davy_logic_step){.op = DAVY_LOGIC_CONDITION, .operand = (uint32_t) place});
    if (!parser->failed && place == parser->condition_count)
        parser->conditions[parser->condition_count++] = condition;
}

/* Grammar ----------------------------------------------------------------------------------- */

static void parse_logic(struct parser *parser);

/* "detector NAME:model" and "source NAME:source" are two words. */
static void join_second_word(struct parser *parser)
{
    const bool joins = !parser->quoted && (strcmp(parser->name, "detector") == 0 ||
                                           strcmp(parser->name, "source") == 0);
    const size_t column = parser->column, length = strlen(parser->name) + 1;
    char first[sizeof "detector "];

    if (!joins)
        return;
    (void) snprintf(first, sizeof first, "%.8s ", parser->name);
    advance(parser);
    parser->column = column;
    if (parser->token != TOKEN_NAME)
        return;
    /* Both words and the blank stood in the text, so they fit. */
    memmove(parser->name + length, parser->name, strlen(parser->name) + 1);
    memcpy(parser->name, first, length);
}

/* The second operand of a comparison, and its sign before it. */
static void parse_comparison(struct parser *parser, bool first_is_number)
{
    davy_logic_op compare = parser->compare;
    size_t column = parser->column, signal;

    advance(parser);
    if (parser->token == TOKEN_NUMBER && first_is_number)
        refuse(parser, column, EXAMPLE, "two numbers are compared and no signal");
    else if (parser->token == TOKEN_NUMBER)
        push(parser, (davy_logic_step){.op = DAVY_LOGIC_NUMBER, .number = parser->number});
    else if (parser->token != TOKEN_NAME)
        refuse(parser, parser->column, EXAMPLE, "a number or a signal is missing");
    else if (parser->names->signal(parser->names->context, parser->name, &signal))
        push_signal(parser, signal);
    else
        refuse(parser, parser->column, "write asset/signal as the site has it",
               "there is no signal '%.60s'", parser->name);
    push(parser, (davy_logic_step){.op = compare});
    advance(parser);
}

/* A name that no sign of comparison follows. */
static void push_named(struct parser *parser, const char *name, size_t column)
{
    davy_logic_condition condition;
    size_t signal;

    if (parser->names->condition(parser->names->context, name, &condition))
        push_condition(parser, condition);
    else if (parser->names->signal(parser->names->context, name, &signal))
        refuse(parser, column, "compare it with a number, for example '= 1'",
               "the signal '%.60s' is neither true nor false", name);
    else
        refuse(parser, column, "write asset/signal:hi as 'davy alarms --state all' lists it",
               "there is no condition '%.60s'", name);
}

static void parse_name(struct parser *parser)
{
    char name[DAVY_LOGIC_TEXT_MAX];
    size_t column, signal;

    join_second_word(parser);
    column = parser->column;
    memcpy(name, parser->name, sizeof name);
    advance(parser);
    if (parser->token != TOKEN_COMPARE) {
        push_named(parser, name, column);
    } else if (parser->names->signal(parser->names->context, name, &signal)) {
        push_signal(parser, signal);
        parse_comparison(parser, false);
    } else {
        refuse(parser, column, "write asset/signal as the site has it",
               "there is no signal '%.60s'", name);
    }
}

static void parse_number(struct parser *parser)
{
    push(parser, (davy_logic_step){.op = DAVY_LOGIC_NUMBER, .number = parser->number});
    advance(parser);
    if (parser->token == TOKEN_COMPARE)
        parse_comparison(parser, true);
    else
        refuse(parser, parser->column, EXAMPLE, "a number stands alone");
}

static void parse_brackets(struct parser *parser)
{
    size_t column = parser->column;

    advance(parser);
    parse_logic(parser);
    if (parser->token != TOKEN_CLOSE)
        refuse(parser, column, "add the closing one", "a bracket is not closed");
    advance(parser);
}

static void parse_factor(struct parser *parser)
{
    bool negated = false;

    for (; parser->token == TOKEN_NOT; negated = !negated)
        advance(parser);
    if (++parser->depth > DAVY_LOGIC_DEPTH_MAX)
        refuse(parser, parser->column, "split it into several rules",
               "brackets stand deeper than %d", DAVY_LOGIC_DEPTH_MAX);
    if (parser->failed)
        return;
    if (parser->token == TOKEN_NAME)
        parse_name(parser);
    else if (parser->token == TOKEN_NUMBER)
        parse_number(parser);
    else if (parser->token == TOKEN_OPEN)
        parse_brackets(parser);
    else
        refuse(parser, parser->column, EXAMPLE, "a condition or a comparison is missing");
    if (negated)
        push(parser, (davy_logic_step){.op = DAVY_LOGIC_NOT});
    parser->depth--;
}

static void parse_term(struct parser *parser)
{
    parse_factor(parser);
    while (!parser->failed && parser->token == TOKEN_AND) {
        advance(parser);
        parse_factor(parser);
        push(parser, (davy_logic_step){.op = DAVY_LOGIC_AND});
    }
}

static void parse_logic(struct parser *parser)
{
    parse_term(parser);
    while (!parser->failed && parser->token == TOKEN_OR) {
        advance(parser);
        parse_term(parser);
        push(parser, (davy_logic_step){.op = DAVY_LOGIC_OR});
    }
}

static void *keep(davy_arena *arena, const void *items, size_t count, size_t size)
{
    void *copy = davy_arena_array(arena, count, size);

    if (copy && count > 0)
        memcpy(copy, items, count * size);
    return copy;
}

static davy_status keep_logic(const struct parser *parser, davy_arena *arena, davy_logic *out)
{
    davy_logic logic = {
        .text = davy_arena_text(arena, parser->text, strlen(parser->text)),
        .steps = keep(arena, parser->steps, parser->count, sizeof *parser->steps),
        .count = parser->count,
        .signals = keep(arena, parser->signals, parser->signal_count, sizeof *parser->signals),
        .signal_count = parser->signal_count,
        .conditions =
            keep(arena, parser->conditions, parser->condition_count, sizeof *parser->conditions),
        .condition_count = parser->condition_count};

    if (!logic.text || !logic.steps || !logic.signals || !logic.conditions)
        return davy_fail(DAVY_ERR_NOMEM, "logic '%.60s'", parser->text);
    *out = logic;
    return DAVY_OK;
}

davy_status davy_logic_parse(const char *text, const davy_logic_names *names, davy_arena *arena,
                             davy_logic_fault *fault, davy_logic *out)
{
    struct parser parser = {.text = text, .next = text, .names = names, .fault = fault};

    if (strlen(text) >= DAVY_LOGIC_TEXT_MAX) {
        refuse(&parser, 1, "split it into several rules", "the logic is longer than %zu bytes",
               DAVY_LOGIC_TEXT_MAX - 1);
    } else {
        advance(&parser);
        parse_logic(&parser);
        if (parser.token != TOKEN_END)
            refuse(&parser, parser.column, "join two parts with and, or", "the logic goes on here");
    }
    if (parser.failed)
        return davy_fail(DAVY_ERR_INVALID, "column %zu: %s; %s", fault->column, fault->what,
                         fault->remedy);
    return keep_logic(&parser, arena, out);
}

/* Evaluation -------------------------------------------------------------------------------- */

static davy_truth truth_of(bool is_true)
{
    return is_true ? DAVY_TRUE : DAVY_FALSE;
}

static davy_truth compare(davy_logic_op op, double a, double b)
{
    if (isnan(a) || isnan(b))
        return DAVY_UNKNOWN;
    switch (op) {
    case DAVY_LOGIC_LESS:
        return truth_of(a < b);
    case DAVY_LOGIC_AT_MOST:
        return truth_of(a <= b);
    case DAVY_LOGIC_MORE:
        return truth_of(a > b);
    case DAVY_LOGIC_AT_LEAST:
        return truth_of(a >= b);
    case DAVY_LOGIC_EQUAL:
        return truth_of(a == b);
    default:
        return truth_of(a != b);
    }
}

/* Values and truths lie on one stack; the parser has proved that each operator finds its own. */
union cell {
    double value;
    davy_truth truth;
};

static davy_truth least(davy_truth a, davy_truth b)
{
    return a < b ? a : b;
}

static davy_truth greatest(davy_truth a, davy_truth b)
{
    return a > b ? a : b;
}

/* An operator of two, on the two topmost cells; the answer takes the place of the lower one. */
static void apply(davy_logic_op op, union cell *low, const union cell *high)
{
    if (op == DAVY_LOGIC_AND)
        low->truth = least(low->truth, high->truth);
    else if (op == DAVY_LOGIC_OR)
        low->truth = greatest(low->truth, high->truth);
    else {
        const double value = low->value; /* read before its cell is written as the other member */

        low->truth = compare(op, value, high->value);
    }
}

davy_truth davy_logic_evaluate(const davy_logic *logic, const double *values,
                               const davy_truth *truths)
{
    union cell stack[DAVY_LOGIC_STEPS_MAX];
    size_t depth = 0;

    for (size_t i = 0; i < logic->count; i++) {
        const davy_logic_step *step = &logic->steps[i];

        if (step->op == DAVY_LOGIC_NUMBER) {
            stack[depth++].value = step->number;
        } else if (step->op == DAVY_LOGIC_SIGNAL) {
            stack[depth++].value = values[step->operand];
        } else if (step->op == DAVY_LOGIC_CONDITION) {
            stack[depth++].truth = truths[step->operand];
        } else if (step->op == DAVY_LOGIC_NOT) {
            assert(depth >= 1);
            stack[depth - 1].truth = DAVY_TRUE - stack[depth - 1].truth;
        } else {
            assert(depth >= 2);
            apply(step->op, &stack[depth - 2], &stack[depth - 1]);
            depth--;
        }
    }
    assert(depth == 1);
    return stack[0].truth;
}
