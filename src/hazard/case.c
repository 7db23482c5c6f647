/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/case.h"

#include "core/decimal.h"
#include "hazard/case_inputs.h"
#include "hazard/rows.h"

#include <math.h>
#include <string.h>

/* The columns of a file of cases, in the order of the texts of davy_case. */
static const char *const columns[] = {"id",   "model",     "inputs", "expected",
                                      "unit", "tolerance", "source"};
enum { COLUMNS = DAVY_ARRAY_LENGTH(columns) };

/* "1.2,3.5 (level 4)": the numbers, and what stands in brackets without its end. */
static size_t read_expected(const char *text, double *values, const char **verdict)
{
    size_t count = 0;

    while (*text && count < DAVY_CASE_VALUES_MAX) {
        size_t length = strcspn(text, ", (");

        if (davy_decimal_read(text, length, &values[count]) != DAVY_DECIMAL_OK)
            break;
        count++;
        text += length;
        if (*text != ',')
            break;
        text++;
    }
    text += strspn(text, " ");
    *verdict = *text == '(' ? text + 1 : "";
    return count;
}

static bool says_the_same(const char *verdict, const char *bracketed)
{
    size_t length = strlen(verdict);

    return *bracketed ? strncmp(verdict, bracketed, length) == 0 && bracketed[length] == ')'
                      : length == 0;
}

/* The tolerance of a case: how far, and whether of the expected value. False: none is readable. */
static bool read_tolerance(const char *text, double *far, bool *relative)
{
    *far = 0;
    *relative = strncmp(text, "rel:", 4) == 0;
    if (strcmp(text, "exact") == 0)
        return true;
    if (!*relative && strncmp(text, "abs:", 4) != 0)
        return false;
    return davy_decimal_read(text + 4, strcspn(text + 4, " ,;"), far) == DAVY_DECIMAL_OK;
}

static double deviation(double value, double expected, bool relative)
{
    double difference = fabs(value - expected);

    return relative ? difference / fabs(expected) : difference;
}

static davy_case_state compare(davy_case *what)
{
    double expected[DAVY_CASE_VALUES_MAX], far, factor = davy_case_unit_factor(what->unit);
    const char *verdict;
    size_t count = read_expected(what->expected, expected, &verdict);
    bool relative, passes;

    if (count == 0 || isnan(factor) || !read_tolerance(what->tolerance, &far, &relative))
        return DAVY_CASE_UNKNOWN;
    passes = count == what->result.count && says_the_same(what->result.verdict, verdict);
    for (size_t i = 0; i < count && i < what->result.count; i++) {
        what->given[i] = what->result.values[i] * factor;
        what->error = fmax(what->error, deviation(what->given[i], expected[i], relative));
        passes = passes && deviation(what->given[i], expected[i], relative) <= far;
    }
    return passes ? DAVY_CASE_PASS : DAVY_CASE_FAIL;
}

static void compute(davy_case *what)
{
    const davy_case_inputs inputs = {what->inputs};
    const davy_case_model *model = davy_case_model_find(what->model);

    if (!model) {
        what->state = DAVY_CASE_UNKNOWN;
        return;
    }
    model->compute(&inputs, &what->result);
    what->state = compare(what);
}

/* Who wants to hear of the cases. */
struct listener {
    davy_status (*each)(void *context, const davy_case *what);
    void *context;
};

static davy_status run_row(void *context, const davy_hazard_rows *rows)
{
    const struct listener *listener = context;
    const char *texts[COLUMNS];
    davy_case what;

    for (size_t i = 0; i < COLUMNS; i++)
        texts[i] = davy_hazard_rows_text(rows, i);
    what = (davy_case){texts[0], texts[1], texts[2], texts[3],
                       texts[4], texts[5], texts[6], .state = DAVY_CASE_UNKNOWN};
    compute(&what);
    return listener->each(listener->context, &what);
}

davy_status davy_cases_run(const char *path,
                           davy_status (*each)(void *context, const davy_case *what), void *context)
{
    struct listener listener = {each, context};

    return davy_hazard_rows_read(path, &(davy_hazard_rows_reader){.columns = columns,
                                                                  .column_count = COLUMNS,
                                                                  .row = run_row,
                                                                  .context = &listener});
}
