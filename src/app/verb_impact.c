/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy impact`: how far a release, fire or explosion reaches; and the published cases that the
 * formulas are held to.
 */
#include "app/impact_major.h"
#include "app/impact_record.h"
#include "app/impact_risk.h"
#include "app/impact_scenario.h"
#include "app/impact_sweep.h"
#include "app/impact_tables.h"
#include "app/table_print.h"
#include "app/verb.h"
#include "hazard/case.h"

#include <stdio.h>

static const davy_usage usage = {
    "impact",
    "SCENARIO.yaml | --cases FILE.csv | --major SITE.yaml | --layout FILE.csv | --events FILE.csv "
    "| --risk SITE.yaml --weather FILE.csv | --record N",
    "Tell how far a release, fire or explosion reaches and who is there; or compute published "
    "cases, find the major hazards of a site, check its gas detectors, draw its societal risk.",
    "docs/site.md describes a scenario file. People are counted for the day, unless its weather "
    "says\n`night: true`.\n"
    "--cases: the columns id, model, inputs, expected, unit, tolerance and source. Exit code 65:\n"
    "a case is missed; 69: davy has no model of that name.\n"
    "--major: S, R and grade of GB 18218-2018 for each unit (`unit` in `holds`), and the method\n"
    "of GB/T 37243 for its external distance; --without: what if those assets were not there.\n"
    "--layout: places that may leak and detectors, with the columns kind, name, room, east,\n"
    "north, height, floor, gas, molar_mass and danger. Exit code 65: a place is not watched.\n"
    "--events: accidents with the columns frequency (a year) and deaths.\n"
    "--risk: individual risk at the places of a site and its F-N curve, from the scenarios that\n"
    "have a frequency; --weather: the year, with the columns class, wind, from, sector, night,\n"
    "temperature, humidity and share.\n"
    "--sweep: distances of each level over the weather that the site's station has measured, hour\n"
    "by hour: median, 95 % and worst, by the sixteen directions that a cloud goes to.\n"
    "--draws: the scenario as often with figures drawn from its `uncertain`: the distances that 5 "
    "%,\n50 % and 95 % of the draws do not pass, and what moves them most; --seed makes others of "
    "them.\n"
    "--record: an impact that a daemon has computed, again from its frozen inputs, as JSON. Exit "
    "code\n65: the answer has other bits than the recorded one."};

struct settings {
    davy_impact_wanted scenario;
    const char *cases;
    davy_impact_major major;
    const char *layout, *events, *risk, *weather;
    uint64_t record; /* UINT64_MAX: none */
    const char *data;
    bool sweep, json;
    int64_t from_ns, to_ns;
};

struct run {
    davy_print *print;
    size_t counts[DAVY_CASE_STATES];
};

/* What davy says, in the unit of the case: "0.5,1,1 (level 4)". */
static void write_result(const davy_case *what, char *text, size_t capacity)
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < what->result.count && used < capacity; i++)
        used += (size_t) snprintf(text + used, capacity - used, "%s%.9g", i > 0 ? "," : "",
                                  what->given[i]);
    if (what->result.verdict[0] && used < capacity)
        (void) snprintf(text + used, capacity - used, " (%s)", what->result.verdict);
}

static davy_status print_case(void *context, const davy_case *what)
{
    static const char *const states[DAVY_CASE_STATES] = {"pass", "fail", "unknown"};
    struct run *run = context;
    char result[DAVY_CASE_VALUES_MAX * 24 + DAVY_CASE_VERDICT_MAX], error[32];
    char answer[DAVY_ANSWER_TEXT_MAX] = "";
    const bool known = what->state != DAVY_CASE_UNKNOWN;
    const char *row[] = {
        states[what->state], what->id,   known ? result : "",
        what->expected,      what->unit, known ? error : "",
        what->tolerance,     answer,     known ? what->result.answer.formula->name : "",
        what->source};

    run->counts[what->state]++;
    if (known) {
        write_result(what, result, sizeof result);
        (void) snprintf(error, sizeof error, "%.2g", what->error);
        (void) davy_answer_text(&what->result.answer, answer);
    }
    return davy_print_row(run->print, row);
}

static int run_cases(const struct settings *settings)
{
    static const davy_print_column columns[] = {
        {"state", false, false},     {"id", false, false},     {"davy", true, false},
        {"expected", true, false},   {"unit", false, false},   {"error", true, true},
        {"tolerance", false, false}, {"answer", false, false}, {"formula", false, false},
        {"source", false, false},
    };
    struct run run = {0};
    davy_status status =
        davy_print_create("cases", columns, DAVY_ARRAY_LENGTH(columns), settings->json, &run.print);

    if (status == DAVY_OK)
        status = davy_cases_run(settings->cases, print_case, &run);
    davy_print_finish(run.print);
    if (status != DAVY_OK)
        return davy_verb_fail("impact", status);
    if (!settings->json)
        (void) printf("%zu within their tolerance, %zu missed, %zu unknown to davy\n",
                      run.counts[DAVY_CASE_PASS], run.counts[DAVY_CASE_FAIL],
                      run.counts[DAVY_CASE_UNKNOWN]);
    if (run.counts[DAVY_CASE_FAIL] > 0)
        return EX_DATAERR;
    return run.counts[DAVY_CASE_UNKNOWN] > 0 ? EX_UNAVAILABLE : EX_OK;
}

static int call_impact(void *context, const davy_option_list *words)
{
    struct settings *settings = context;

    settings->major.json = settings->scenario.json = settings->json;
    if ((settings->cases != NULL) + (settings->major.site != NULL) + (settings->layout != NULL) +
            (settings->events != NULL) + (settings->risk != NULL) +
            (settings->record != UINT64_MAX) + (words->count > 0) !=
        1)
        return davy_verb_fail("impact",
                              davy_fail(DAVY_ERR_INVALID,
                                        "name one of a scenario file, --cases, "
                                        "--major, --layout, --events, --risk and --record"));
    if (settings->risk && !settings->weather)
        return davy_verb_fail("impact", davy_fail(DAVY_ERR_INVALID,
                                                  "--risk needs the weather of a year: --weather "
                                                  "FILE.csv"));
    if (settings->major.site)
        return davy_impact_major_print(&settings->major);
    if (settings->layout)
        return davy_impact_layout_print(settings->layout, settings->json);
    if (settings->events)
        return davy_impact_events_print(settings->events, settings->json);
    if (settings->risk)
        return davy_impact_risk_print(settings->risk, settings->weather, settings->json);
    if (settings->record != UINT64_MAX)
        return davy_impact_record_print(settings->data, settings->record);
    if (settings->cases)
        return run_cases(settings);
    if (settings->sweep)
        return davy_impact_sweep_print(&(davy_impact_sweep){.path = words->items[0],
                                                            .data = settings->data,
                                                            .from_ns = settings->from_ns,
                                                            .to_ns = settings->to_ns,
                                                            .json = settings->json});
    settings->scenario.path = words->items[0];
    return davy_impact_run(&settings->scenario);
}

static int impact(int argc, char **argv)
{
    struct settings settings = {.scenario.seed = 1,
                                .major.people = UINT64_MAX,
                                .record = UINT64_MAX,
                                .data = "davy-data",
                                .from_ns = INT64_MIN,
                                .to_ns = INT64_MAX};
    const davy_option options[] = {
        {"cases", DAVY_OPTION_TEXT, &settings.cases, "FILE.csv", "compute published cases"},
        {"major", DAVY_OPTION_TEXT, &settings.major.site, "SITE.yaml", "major hazards of a site"},
        {"people", DAVY_OPTION_INTEGER, &settings.major.people, "N",
         "who may be exposed within 500 m of the fence"},
        {"without", DAVY_OPTION_WORDS, &settings.major.without, "ASSET",
         "what if it were not there"},
        {"layout", DAVY_OPTION_TEXT, &settings.layout, "FILE.csv", "gas detectors by GB/T 50493"},
        {"events", DAVY_OPTION_TEXT, &settings.events, "FILE.csv", "F-N curve of accidents"},
        {"risk", DAVY_OPTION_TEXT, &settings.risk, "SITE.yaml", "risk of a site over a year"},
        {"weather", DAVY_OPTION_TEXT, &settings.weather, "FILE.csv",
         "weather of the year, for --risk"},
        {"record", DAVY_OPTION_INTEGER, &settings.record, "N", "an impact of a daemon, again"},
        {"sweep", DAVY_OPTION_FLAG, &settings.sweep, NULL,
         "the scenario in every hour of weather that is stored"},
        {"draws", DAVY_OPTION_INTEGER, &settings.scenario.draws, "N",
         "draw what is uncertain N times"},
        {"seed", DAVY_OPTION_INTEGER, &settings.scenario.seed, "S", "of --draws; 1 by default"},
        {"from", DAVY_OPTION_TIME, &settings.from_ns, "T", "first time of --sweep"},
        {"to", DAVY_OPTION_TIME, &settings.to_ns, "T", "its end, not included"},
        {"data", DAVY_OPTION_TEXT, &settings.data, "DIR", "data folder of --record and --sweep"},
        {"page", DAVY_OPTION_TEXT, &settings.scenario.page, "FILE.html",
         "write a page with maps of the scenario"},
        {"json", DAVY_OPTION_FLAG, &settings.json, NULL, "print as JSON"},
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 0, 1, argc, argv,
                          call_impact, &settings);
}

const davy_verb davy_verb_impact = {"impact", "compute how far a disaster reaches", impact};
