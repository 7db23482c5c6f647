/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * Classes of transport, and what must stand apart by them.
 *
 * Stage: hazard, room chemical. The law of a country says of two classes that they may not be
 * loaded, carried or stored together, or only where a leak of both cannot mix. It is made for
 * packages on the road: a blank says that no restriction applies there, and nothing of what the two
 * do to each other. Two toxic gases may stand together whatever they do.
 *
 * Classes: classification codes of ADR, table A, as stored in beTransIT/UN-Numbers @01a14cb; the
 * code "2TOC" means toxic, oxidizing and corrosive gas, 2.3 with the labels 5.1 and 8 (ADR
 * 2.2.2.1.3). What stands there for UN2031 is weak nitric acid: that of the strong one, 8 with the
 * label 5.1, is of 49 CFR 172.101.
 * Zones of toxicity: special provisions 1 to 4 of 49 CFR 172.101, as stored in
 * andretaki/hazmat-cfr-mcp @23f8feb; of chlorine, PHMSA interpretation 08-0143. An entry read there
 * without any of the four has no zone. Where none was read the rows of toxic gases and liquids are
 * not applied, and that is told.
 * The classes that stand beside those zones are those of ADR but for one: sulfur trioxide, 8 in
 * ADR, is 8 (6.1) of zone B there, for which the table has no row. Segregation: 49 CFR 177.848 (d),
 * eCFR of 2026-08-27 as stored in StephenSook/placard @be101eb; 104 X, 44 O and 25 *, 173 cells in
 * all, as a second reader of the same page counts them. Left out: that ammonium nitrate may travel
 * with explosives all the same (note A), and the groups of explosives among each other.
 */
typedef enum davy_class {
    DAVY_CLASS_1_1,
    DAVY_CLASS_2_1,
    DAVY_CLASS_2_2,
    DAVY_CLASS_2_3,
    DAVY_CLASS_3,
    DAVY_CLASS_4_2,
    DAVY_CLASS_4_3,
    DAVY_CLASS_5_1,
    DAVY_CLASS_6_1,
    DAVY_CLASS_8,
    DAVY_CLASSES
} davy_class;

/** Most classes of one chemical: its own and those of its further labels. */
#define DAVY_TRANSPORT_CLASSES 3

/** Its entry was read, and names no zone. */
#define DAVY_ZONE_NONE '-'

typedef struct davy_transport {
    const char *cas;
    const char *un;   /* "UN1017" */
    const char *code; /* of ADR: "2TOC" */
    davy_class classes[DAVY_TRANSPORT_CLASSES];
    size_t count;
    char zone; /* of inhalation, 'A' the worst to 'D', or DAVY_ZONE_NONE; 0: was not read */
} davy_transport;

/** How far apart, the strictest last. */
typedef enum davy_separation {
    DAVY_SEPARATION_NONE,
    DAVY_SEPARATION_EXPLOSIVES, /* *: by the groups of explosives, which are not here */
    DAVY_SEPARATION_AWAY,       /* O: only where a leak of both cannot mix */
    DAVY_SEPARATION_NEVER       /* X */
} davy_separation;

/** Of the classes, and of what they say against each other. */
#define DAVY_TRANSPORT_SOURCE \
    "49 CFR 177.848 (d) by the classes of ADR, table A, and the zones of 49 CFR 172.101"

/** Rows of the table of segregation. */
#define DAVY_SEGREGATION_ROWS 18

/** Of a chemical; NULL where its class was not read. */
const davy_transport *davy_transport_of(const char *cas);

/** "2.3". */
const char *davy_class_name(davy_class class);

bool davy_transport_has(const davy_transport *transport, davy_class class);

/** It is toxic to breathe, and no row stands for it because its zone was not read. */
bool davy_transport_zone_missing(const davy_transport *transport);

/** "Toxic gas, zone A". */
const char *davy_segregation_title(int row);

/** What a row of the table says against a chemical, by the strictest of its classes. */
davy_separation davy_segregation_against(const davy_transport *transport, int row);

/** Whether a chemical is of a row. */
bool davy_segregation_is(const davy_transport *transport, int row);

/** The strictest of what their classes say against each other. */
davy_separation davy_transport_separation(const davy_transport *a, const davy_transport *b);
