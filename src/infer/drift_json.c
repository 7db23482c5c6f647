/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/drift_report.h"

#include "infer/stats_private.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Numbers that there are none of are null. */
static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *count(uint64_t value)
{
    return json_integer((json_int_t) value);
}

static json_t *feature_json(const davy_drift_feature *feature, const davy_drift_figure *figure)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "name",
                     feature->name, "of", feature->output ? "output" : "input", "kind",
                     feature->categories > 0 ? "category" : "number", "psi", number(figure->psi),
                     "psi_p", number(figure->psi_p), "ks", number(figure->ks), "ks_p",
                     number(figure->ks_p), "mean", number(figure->mean), "reference_mean",
                     number(figure->reference_mean), "missing", number(figure->missing),
                     "reference_missing", number(figure->reference_missing), "fired",
                     figure->fired);
}

/* Those of the newest window; none before there was one. */
static json_t *features_json(const davy_drift *drift, const davy_drift_sight *sight)
{
    const davy_drift_features *features = davy_drift_describe(drift);
    json_t *list = json_array();

    for (size_t i = 0; i < features->count && sight->windows > 0; i++)
        (void) json_array_append_new(list, feature_json(&features->at[i], &sight->figures[i]));
    return list;
}

/* What never fires and what always fires are right in half of the trials: `right` of 0.5. */
static json_t *monitor_json(const char *name, const bool *fired, double windows_share, bool rated,
                            double false_alarms, double detected)
{
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "monitor", name, "fired",
                     fired ? json_boolean(*fired) : json_null(), "windows_fired",
                     number(windows_share), "false_alarms",
                     rated ? number(false_alarms) : json_null(), "detected",
                     rated ? number(detected) : json_null(), "right",
                     rated ? number((detected + 1 - false_alarms) / 2) : json_null());
}

static json_t *monitors_json(const davy_drift_sight *sight)
{
    json_t *list = json_array();

    for (int i = 0; i < DAVY_DRIFT_MONITORS; i++) {
        const double share =
            sight->windows > 0 ? (double) sight->fired[i] / (double) sight->windows : NAN;

        (void) json_array_append_new(
            list,
            monitor_json(davy_drift_monitor_name((davy_drift_monitor) i),
                         sight->windows > 0 ? &sight->newest.fired[i] : NULL, share, sight->rated,
                         sight->rates[i].false_alarms, sight->rates[i].detected));
    }
    (void) json_array_append_new(list, monitor_json("never", NULL, 0, true, 0, 0));
    (void) json_array_append_new(list, monitor_json("always", NULL, 1, true, 1, 1));
    return list;
}

static json_t *past_json(const davy_drift_sight *sight)
{
    json_t *list = json_array();

    for (size_t i = 0; i < sight->past_count; i++) {
        const davy_drift_past *past = &sight->past[i];
        json_t *fired = json_array();

        for (int m = 0; m < DAVY_DRIFT_ANY; m++)
            if (past->fired[m])
                (void) json_array_append_new(
                    fired, json_string(davy_drift_monitor_name((davy_drift_monitor) m)));
        (void) json_array_append_new(list, json_pack("{s:I, s:o, s:o, s:o, s:o}", "ended_ns",
                                                     (json_int_t) past->ended_ns, "psi",
                                                     number(past->psi), "ks_p", number(past->ks_p),
                                                     "mmd_p", number(past->mmd_p), "fired", fired));
    }
    return list;
}

static const char *reference_of(const davy_drift_sight *sight)
{
    if (sight->state == DAVY_DRIFT_NOTHING)
        return "nothing";
    if (sight->reference_rows == 0)
        return sight->state == DAVY_DRIFT_LEARNING ? "requests" : "training";
    return sight->of_training ? "training" : "requests";
}

static json_t *settings_json(void)
{
    return json_pack("{s:i, s:i, s:f, s:f, s:i, s:f}", "window_rows", DAVY_DRIFT_WINDOW_ROWS,
                     "reference_rows", DAVY_DRIFT_REFERENCE_ROWS, "alpha", DAVY_DRIFT_ALPHA,
                     "psi_limit", DAVY_DRIFT_PSI_LIMIT, "trials", DAVY_DRIFT_TRIALS, "shift",
                     DAVY_DRIFT_SHIFT);
}

static void append_desk(void *context, davy_desk *desk)
{
    static const char *const states[] = {"nothing", "learning", "watching"};
    davy_drift_sight *sight = calloc(1, sizeof *sight);
    json_t *json = NULL;

    if (sight) {
        davy_drift_look(desk->drift, sight);
        json = json_pack(
            "{s:I, s:s, s:{s:s, s:o}, s:o, s:o, s:o, s:o, s:o, s:{s:o, s:o}, s:o, s:o, s:o, s:o}",
            "version", (json_int_t) desk->info->version, "state", states[sight->state], "reference",
            "of", reference_of(sight), "rows", count(sight->reference_rows), "filled",
            count(sight->filled), "rows", count(sight->rows), "passed", count(sight->passed),
            "windows", count(sight->windows), "left_out",
            count(davy_drift_describe(desk->drift)->left_out), "mmd", "value",
            number(sight->windows > 0 ? sight->newest.mmd.value : NAN), "p",
            number(sight->windows > 0 ? sight->newest.mmd.p : NAN), "monitors",
            monitors_json(sight), "features", features_json(desk->drift, sight), "history",
            past_json(sight), "settings", settings_json());
        free(sight);
    }
    (void) json_array_append_new(context, json ? json : json_null());
}

static bool is_null(const json_t *list)
{
    size_t i;
    const json_t *one;

    json_array_foreach(list, i, one) if (json_is_null(one)) return true;
    return false;
}

davy_status davy_host_drift_json(davy_host *host, const char *name, davy_buffer *out)
{
    json_t *list = json_array();
    json_t *json = json_pack("{s:O}", "versions", list);
    davy_status status = davy_desks_visit(host, name, "", append_desk, list);
    char *text = NULL;

    if (status == DAVY_OK && json && !is_null(list))
        text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(6));
    if (text) {
        davy_buffer_append_text(out, text);
        status = davy_buffer_ok(out);
    } else if (status == DAVY_OK) {
        status = davy_fail(DAVY_ERR_NOMEM, "the drift of model '%s'", name);
    }
    free(text);
    json_decref(json);
    json_decref(list);
    return status;
}
