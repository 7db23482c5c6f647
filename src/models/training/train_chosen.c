/* SPDX-License-Identifier: Apache-2.0 */
#include "models/training/train_predictor.h"
#include "models/training/trials.h"

#include <string.h>

davy_status davy_teaching_adopt(davy_teaching *teaching)
{
    const davy_trials *trials = teaching->learnt.trials;
    const davy_candidate *chosen = trials->list[trials->chosen].candidate;
    const davy_train_options *asked = teaching->options;
    const size_t more = teaching->kind->setting_count;
    const char **settings = davy_arena_array(
        &teaching->predictor->arena, asked->setting_count + DAVY_ARRAY_LENGTH(chosen->settings),
        sizeof *settings);
    size_t count = 0;

    if (!settings)
        return davy_fail(DAVY_ERR_NOMEM, "settings");
    for (size_t i = 0; chosen->settings[i]; i++)
        settings[count++] = chosen->settings[i];
    for (size_t i = 0; i < asked->setting_count; i++)
        settings[count++] = asked->settings[i];
    teaching->table_count = davy_predictor_settings(chosen->kind, teaching->table);
    if (teaching->table_count + more <= DAVY_PREDICTOR_SETTINGS_MAX) {
        memcpy(teaching->table + teaching->table_count, teaching->kind->settings,
               more * sizeof *teaching->table);
        teaching->table_count += more;
    }
    teaching->adopted = *asked;
    teaching->adopted.settings = settings;
    teaching->adopted.setting_count = count;
    teaching->options = &teaching->adopted;
    teaching->kind = davy_predictor_kind_find(chosen->kind);
    teaching->predictor->info.kind = teaching->kind->name;
    return DAVY_OK;
}
