/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/schema_table.h"

/* An impact, as hazard/impact/impact_json.c writes it: metres, seconds, SI. */

static const davy_schema_field order[] = {
    {"scenario", "string", "a scenario file as text: YAML, or JSON; docs/site.md", REQUIRED},
    {"night", "boolean", "count the people of the night; the weather's when not given", OPTIONAL},
    {"draws", "integer", "of what the scenario calls uncertain, 59 to 200; none when not given",
     OPTIONAL},
    {"badges", "object", "people who were counted, by the name of their place: before its people",
     OPTIONAL},
    {"seed", "integer", "of the draws, from 1; 1 when not given", OPTIONAL},
};
static const davy_schema_field impact[] = {
    {"scenario", "string", "name", NULLABLE},
    {"title", "string", NULL, NULLABLE},
    {"chemical", "ImpactChemical", "null: the table has none of that name", NULLABLE},
    {"at", "number[]", "metres east and north of the site's origin", REQUIRED},
    {"origin", "number[]", "latitude, longitude", NULLABLE},
    {"computed", "time", NULL, NULLABLE},
    {"likelihood", "number",
     "of the release, at most: by Bayes from its frequency and the budget of the detector that "
     "rang",
     NULLABLE},
    {"weather", "ImpactWeather", NULL, REQUIRED},
    {"source", "ImpactStep[]", "the source term", REQUIRED},
    {"frequency", "number", "of the release, a year, as the scenario has it", NULLABLE},
    {"outcomes", "ImpactOutcome[]", "what it becomes, by the event tree", REQUIRED},
    {"duration", "number", "of what goes into the air; null: not known", NULLABLE},
    {"zones", "ImpactZone[]", NULL, REQUIRED},
    {"geojson", "object", "FeatureCollection of the zones; null without an origin", NULLABLE},
    {"places", "ImpactPlace[]", NULL, REQUIRED},
    {"muster", "ImpactMuster[]", "the best first", REQUIRED},
    {"domino", "ImpactDomino[]", "what may fail next", REQUIRED},
    {"assets", "string[]", "that are in any zone", REQUIRED},
    {"formulas", "object", "title, title_zh, equation, source, range and cases of each, by name",
     REQUIRED},
    {"spread", "ImpactSpread", "where draws were asked for", OPTIONAL},
};
static const davy_schema_field spread[] = {
    {"draws", "integer", NULL, REQUIRED},
    {"seed", "integer", NULL, REQUIRED},
    {"confidence", "number", "of the intervals of quantiles", REQUIRED},
    {"zones", "ImpactSpreadZone[]", NULL, REQUIRED},
};
static const davy_schema_field spread_zone[] = {
    {"effect", "string", NULL, REQUIRED},
    {"endpoint", "string", NULL, REQUIRED},
    {"level", "number", NULL, NULLABLE},
    {"severity", "integer", NULL, REQUIRED},
    {"reached", "integer", "draws with a distance in the range of its formula", REQUIRED},
    {"not_reached", "integer", NULL, REQUIRED},
    {"outside", "integer", "with a distance that no formula vouches for", REQUIRED},
    {"unknown", "integer", "without a distance: they count as beyond all others", REQUIRED},
    {"p5", "ImpactQuantile", "5 % of the draws do not pass it", REQUIRED},
    {"p50", "ImpactQuantile", NULL, REQUIRED},
    {"p95", "ImpactQuantile", NULL, REQUIRED},
    {"moves", "ImpactMove[]", "the figures that are drawn", REQUIRED},
    {"histogram", "ImpactHistogram", "of the finite distances above 0", REQUIRED},
};
static const davy_schema_field quantile[] = {
    {"distance", "number", "m; null: beyond all distances", NULLABLE},
    {"low", "number", "m, of the interval that holds the true one", NULLABLE},
    {"high", "number", NULL, NULLABLE},
};
static const davy_schema_field move[] = {
    {"figure", "string", "wind, stability, hole, rate or fill", REQUIRED},
    {"correlation", "number", "of ranks, -1 to 1", REQUIRED},
};
static const davy_schema_field histogram[] = {
    {"from", "number", "m", NULLABLE},
    {"to", "number", "m", NULLABLE},
    {"counts", "integer[]", "of 20 bars of equal width", REQUIRED},
};
static const davy_schema_field chemical[] = {
    {"name", "string", NULL, REQUIRED},
    {"chinese", "string", NULL, NULLABLE},
    {"cas", "string", NULL, REQUIRED},
};
static const davy_schema_field weather[] = {
    {"wind", "number", "m/s, 10 m above the ground", NULLABLE},
    {"wind_from", "number", "degrees", NULLABLE},
    {"stability", "string", "A to F", NULLABLE},
    {"temperature", "number", "K", NULLABLE},
    {"humidity", "number", "0 to 1", NULLABLE},
    {"urban", "boolean", NULL, REQUIRED},
    {"method", "string", "of the class: given or pasquill", REQUIRED},
    {"kind", "string", "of the answer that is the class", REQUIRED},
    {"text", "string", NULL, REQUIRED},
    {"formula", "string", NULL, NULLABLE},
};
static const davy_schema_field step[] = {
    {"name", "string", NULL, REQUIRED},
    {"value", "number", NULL, NULLABLE},
    {"unit", "string", NULL, REQUIRED},
    {"kind", "string", "value, two, not reached, outside or no data", REQUIRED},
    {"text", "string", NULL, REQUIRED},
    {"formula", "string", NULL, NULLABLE},
    {"note", "string", "what was taken where the scenario says nothing", NULLABLE},
};
static const davy_schema_field outcome[] = {
    {"outcome", "string", "fire, explosion, flash fire, toxic cloud or dispersed", REQUIRED},
    {"share", "number", "of the releases", NULLABLE},
    {"frequency", "number", "a year; null without one of the release", NULLABLE},
    {"kind", "string", "value, or no data where no table has its ignition", REQUIRED},
    {"text", "string", NULL, REQUIRED},
    {"formula", "string", NULL, NULLABLE},
    {"by", "string", "formula of the ignition that it rests on", REQUIRED},
};
static const davy_schema_field zone[] = {
    {"id", "integer", "from 1", REQUIRED},
    {"effect", "string", "toxic, flash-fire, pool-fire, jet-fire, fireball or explosion", REQUIRED},
    {"endpoint", "string", NULL, REQUIRED},
    {"level", "number", "fraction of the volume, W/m2 or Pa", NULLABLE},
    {"unit", "string", NULL, REQUIRED},
    {"severity", "integer", "1 discomfort, 2 lasting harm, 3 death", REQUIRED},
    {"distance", "number", "of the model that draws it", NULLABLE},
    {"near", "number", "where it begins, of a cloud that comes down late", NULLABLE},
    {"kind", "string", "value, two, not reached, outside or no data", REQUIRED},
    {"text", "string", NULL, REQUIRED},
    {"formula", "string", NULL, NULLABLE},
    {"band", "any[]", "the nearest and farthest of all models in their range", REQUIRED},
    {"centre", "number", "m downwind of the source, from which distances are", REQUIRED},
    {"model", "string", NULL, REQUIRED},
    {"people", "number", "all of every place that it touches; null without a site", NULLABLE},
    {"models", "ImpactModel[]", NULL, REQUIRED},
    {"ring", "any[]", "pairs of metres east and north, counter-clockwise, not closed", REQUIRED},
};
static const davy_schema_field model[] = {
    {"model", "string", NULL, REQUIRED},
    {"distance", "number", NULL, NULLABLE},
    {"near", "number", NULL, NULLABLE},
    {"kind", "string", NULL, REQUIRED},
    {"text", "string", NULL, REQUIRED},
    {"formula", "string", NULL, NULLABLE},
    {"impulse", "number", "of a blast, Pa s, where it has the level", OPTIONAL},
};
static const davy_schema_field place[] = {
    {"name", "string", NULL, REQUIRED},
    {"kind", "string", "building or open", REQUIRED},
    {"people", "number", NULL, NULLABLE},
    {"inside", "any[]", "ids of zones", REQUIRED},
    {"advice", "string", "none, shelter, evacuate or unknown", REQUIRED},
    {"leave_after", "number", "s from the beginning", NULLABLE},
    {"load_inside", "number", "toxic load", NULLABLE},
    {"load_outside", "number", NULL, NULLABLE},
    {"why", "string", NULL, REQUIRED},
    {"why_key", "string", "stable, for programs", REQUIRED},
    {"why_zh", "string", "the reason in Chinese", REQUIRED},
    {"sensitive", "boolean", NULL, REQUIRED},
    {"outside", "boolean", "the public", REQUIRED},
};
static const davy_schema_field muster[] = {
    {"name", "string", NULL, REQUIRED},          {"at", "number[]", NULL, REQUIRED},
    {"distance", "number", NULL, REQUIRED},      {"upwind", "boolean", NULL, REQUIRED},
    {"safe", "boolean", "in no zone", REQUIRED},
};
static const davy_schema_field domino[] = {
    {"asset", "string", NULL, REQUIRED},
    {"effect", "string", NULL, REQUIRED},
    {"level", "number", NULL, REQUIRED},
    {"endpoint", "string", "what it does", REQUIRED},
    {"endpoint_zh", "string", "the same in Chinese", REQUIRED},
    {"source", "string", NULL, REQUIRED},
    {"distance", "number", NULL, REQUIRED},
};

static const davy_schema_field live_zones[] = {
    {"zones", "object[]",
     "each an Impact with one key before the others, live: scenario, state, since, by, alarms, "
     "assumed (what silent instruments were taken for), record, hash, problem",
     REQUIRED},
};
static const davy_schema_field live_order[] = {
    {"scenario", "string", "of the site", REQUIRED},
    {"action", "string", "begin or end", REQUIRED},
    {"comment", "string", NULL, OPTIONAL},
};

const davy_schema davy_impact_schemas[] = {
    SCHEMA("LiveZones", live_zones),
    SCHEMA("LiveZonesOrder", live_order),
    SCHEMA("ImpactOrder", order),
    SCHEMA("Impact", impact),
    SCHEMA("ImpactChemical", chemical),
    SCHEMA("ImpactWeather", weather),
    SCHEMA("ImpactStep", step),
    SCHEMA("ImpactOutcome", outcome),
    SCHEMA("ImpactZone", zone),
    SCHEMA("ImpactModel", model),
    SCHEMA("ImpactPlace", place),
    SCHEMA("ImpactMuster", muster),
    SCHEMA("ImpactDomino", domino),
    SCHEMA("ImpactSpread", spread),
    SCHEMA("ImpactSpreadZone", spread_zone),
    SCHEMA("ImpactQuantile", quantile),
    SCHEMA("ImpactMove", move),
    SCHEMA("ImpactHistogram", histogram),
};
const size_t davy_impact_schema_count = DAVY_ARRAY_LENGTH(davy_impact_schemas);
