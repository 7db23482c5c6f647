/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/answer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static bool is_in(davy_interval interval, double value)
{
    return value >= interval.low && value <= interval.high;
}

static void set_outside(davy_answer *answer, const davy_formula_input *input, double given,
                        davy_interval allowed)
{
    answer->kind = DAVY_ANSWER_OUTSIDE;
    answer->what = input->name;
    answer->what_unit = input->unit;
    answer->given = given;
    answer->allowed = allowed;
}

bool davy_answer_begin(davy_answer *answer, const davy_formula *formula, const double *values)
{
    *answer = (davy_answer){DAVY_ANSWER_VALUE, NAN, NAN, formula->unit, formula, .given = NAN};
    for (size_t i = 0; i < DAVY_FORMULA_INPUTS_MAX && formula->inputs[i].name; i++) {
        const davy_formula_input *input = &formula->inputs[i];

        if (isnan(values[i])) {
            *answer = davy_answer_missing(*answer, input->name);
            return false;
        }
        if (!is_in(input->possible, values[i])) {
            set_outside(answer, input, values[i], input->possible);
            return false;
        }
        if (answer->kind == DAVY_ANSWER_VALUE && !is_in(input->valid, values[i]))
            set_outside(answer, input, values[i], input->valid);
    }
    return true;
}

davy_answer davy_answer_give(davy_answer answer, double value)
{
    if (isfinite(value))
        answer.value = value;
    else
        answer.kind = DAVY_ANSWER_OUTSIDE;
    return answer;
}

davy_answer davy_answer_give_two(davy_answer answer, double near, double far)
{
    answer = davy_answer_give(answer, near);
    answer.far = far;
    if (answer.kind == DAVY_ANSWER_VALUE)
        answer.kind = DAVY_ANSWER_TWO;
    return answer;
}

davy_answer davy_answer_give_not_reached(davy_answer answer, double peak)
{
    answer = davy_answer_give(answer, peak);
    if (answer.kind == DAVY_ANSWER_VALUE)
        answer.kind = DAVY_ANSWER_NOT_REACHED;
    return answer;
}

davy_answer davy_answer_missing(davy_answer answer, const char *what)
{
    answer.kind = DAVY_ANSWER_NO_DATA;
    answer.what = what;
    return answer;
}

bool davy_answer_follows(davy_answer *answer, davy_answer earlier)
{
    if (earlier.kind == DAVY_ANSWER_VALUE)
        return true;
    if (earlier.kind != DAVY_ANSWER_OUTSIDE || isnan(earlier.value)) {
        *answer = earlier;
        return false;
    }
    if (answer->kind == DAVY_ANSWER_VALUE) { /* it goes on, and says where the doubt began */
        answer->kind = DAVY_ANSWER_OUTSIDE;
        answer->what = earlier.what;
        answer->what_unit = earlier.what_unit;
        answer->given = earlier.given;
        answer->allowed = earlier.allowed;
    }
    return true;
}

const char *davy_answer_kind_name(davy_answer_kind kind)
{
    static const char *const names[DAVY_ANSWER_KINDS] = {"no data", "value", "two", "not reached",
                                                         "outside"};

    return names[kind];
}

static void write_outside(const davy_answer *answer, char *text)
{
    const char *unit =
        answer->what_unit && strcmp(answer->what_unit, "1") != 0 ? answer->what_unit : "";
    const char *blank = unit[0] ? " " : "";

    if (!answer->what)
        (void) snprintf(text, DAVY_ANSWER_TEXT_MAX, "outside the range: no finite answer");
    else if (isinf(answer->allowed.high))
        (void) snprintf(text, DAVY_ANSWER_TEXT_MAX,
                        "outside the range: %s is %.6g%s%s, valid from %.6g%s%s", answer->what,
                        answer->given, blank, unit, answer->allowed.low, blank, unit);
    else
        (void) snprintf(text, DAVY_ANSWER_TEXT_MAX,
                        "outside the range: %s is %.6g%s%s, valid from %.6g to %.6g%s%s",
                        answer->what, answer->given, blank, unit, answer->allowed.low,
                        answer->allowed.high, blank, unit);
}

const char *davy_answer_text(const davy_answer *answer, char text[DAVY_ANSWER_TEXT_MAX])
{
    const char *unit = strcmp(answer->unit, "1") == 0 ? "" : answer->unit;
    const char *blank = unit[0] ? " " : "";

    switch (answer->kind) {
    case DAVY_ANSWER_VALUE:
        (void) snprintf(text, DAVY_ANSWER_TEXT_MAX, "%.6g%s%s", answer->value, blank, unit);
        break;
    case DAVY_ANSWER_TWO:
        (void) snprintf(text, DAVY_ANSWER_TEXT_MAX, "from %.6g to %.6g%s%s", answer->value,
                        answer->far, blank, unit);
        break;
    case DAVY_ANSWER_NOT_REACHED:
        (void) snprintf(text, DAVY_ANSWER_TEXT_MAX, "not reached");
        break;
    case DAVY_ANSWER_OUTSIDE:
        write_outside(answer, text);
        break;
    default:
        (void) snprintf(text, DAVY_ANSWER_TEXT_MAX, "not enough data: the %s is not known",
                        answer->what);
        break;
    }
    return text;
}
