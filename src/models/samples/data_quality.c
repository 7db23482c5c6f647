/* SPDX-License-Identifier: Apache-2.0 */
#include "models/samples/data_quality.h"

#include "data/clean_kind.h"
#include "data/clean_report.h"
#include "models/samples/cleaning_json.h"

void davy_data_quality_clear(davy_data_quality *quality)
{
    davy_cleaning_clear(&quality->cleaning);
    davy_clean_tally_clear(&quality->tally);
}

davy_status davy_data_order(davy_table *table, davy_data_quality *quality)
{
    davy_status status = davy_clean_order(table, &quality->found);

    if (status == DAVY_OK)
        status = davy_clean_period(table, &quality->period_ns);
    if (status != DAVY_OK)
        return status;
    davy_clean_count(table, quality->period_ns, &quality->found);
    davy_hash_table(table, quality->hash);
    return DAVY_OK;
}

davy_status davy_data_clean(davy_table *table, const char *recipe, const davy_clean_range *ranges,
                            bool live, davy_data_quality *quality)
{
    davy_status status = davy_cleaning_parse(recipe ? recipe : "", &quality->cleaning);

    if (status == DAVY_OK && live)
        status = davy_cleaning_check_live(&quality->cleaning);
    if (status == DAVY_OK)
        status = davy_cleaning_learn(&quality->cleaning, table, ranges);
    if (status == DAVY_OK)
        status =
            davy_cleaning_apply(&quality->cleaning, table, quality->period_ns, &quality->tally);
    return status;
}

void davy_data_quality_say(const davy_data_quality *quality, davy_buffer *text)
{
    davy_clean_fault faults[DAVY_CLEAN_FAULTS];
    const davy_words *caution = davy_clean_caution(&quality->cleaning, &quality->tally);
    char gap[128];
    size_t said = 0;

    davy_clean_faults(&quality->found, faults);
    for (size_t i = 0; i < DAVY_CLEAN_FAULTS; i++)
        if (faults[i].count > 0)
            davy_buffer_printf(text, "%zu %s%s.\n", faults[i].count, faults[i].what.en,
                               i + 1 == DAVY_CLEAN_FAULTS
                                   ? davy_clean_gap_text(&quality->found, gap, sizeof gap)
                                   : "");
    if (quality->cleaning.step_count > 0)
        davy_buffer_printf(text, "Cleaned by %s", quality->cleaning.text);
    for (size_t i = 0; i < quality->cleaning.step_count; i++) {
        const davy_clean_kind *kind = quality->cleaning.steps[i].kind;

        if ((kind->push || kind->apply) && kind != &davy_clean_resample)
            davy_buffer_printf(text, "%s %s changed %zu values", said++ > 0 ? "," : ":", kind->name,
                               davy_clean_tally_step(&quality->tally, i));
    }
    if (quality->tally.rows_before != quality->tally.rows_after)
        davy_buffer_printf(text, "; %zu rows became %zu", quality->tally.rows_before,
                           quality->tally.rows_after);
    if (quality->cleaning.step_count > 0)
        davy_buffer_append_text(text, ".\n");
    if (caution)
        davy_buffer_printf(text, "%s\n", caution->en);
}

davy_status davy_data_quality_add(const davy_data_quality *quality, json_t *root)
{
    const davy_quality_report *q = &quality->found;
    json_t *data =
        json_pack("{sI sI sI sI sI sI sI so}", "shuffled", (json_int_t) q->shuffled, "repeated",
                  (json_int_t) q->repeated, "missing", (json_int_t) q->missing, "stuck",
                  (json_int_t) q->stuck, "gaps", (json_int_t) q->gaps, "absent_rows",
                  (json_int_t) q->absent, "longest_gap_ns", (json_int_t) q->gap_ns, "cleaned",
                  davy_cleaning_json_tally(&quality->cleaning, &quality->tally));
    int failed = json_object_update_new(json_object_get(root, "data"), data);

    if (quality->cleaning.step_count > 0)
        failed |=
            json_object_set_new(root, "cleaning", davy_cleaning_json_make(&quality->cleaning));
    return failed == 0 ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "model.json");
}

void davy_data_quality_section(const davy_data_quality *quality, davy_buffer *html)
{
    davy_page_element(html, "h2", (davy_words){"The data", "数据质量"});
    davy_clean_fault_table(&quality->found, html);
    if (quality->cleaning.step_count == 0)
        return;
    davy_page_element(html, "h3", (davy_words){"Cleaned", "清洗"});
    davy_buffer_append_text(html, "<p><code>");
    davy_page_text(html, quality->cleaning.text);
    davy_buffer_append_text(html, "</code></p>");
    davy_clean_tally_table(&quality->cleaning, &quality->tally, html);
}
