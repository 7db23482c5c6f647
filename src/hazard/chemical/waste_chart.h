/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * What happens when two groups of chemicals mix: the chart of the EPA.
 *
 * Stage: hazard, room chemical. The chart was made for wastes: it says of two groups what a mixture
 * of them may do, in letters, and knows neither amounts nor strengths. A blank is no promise.
 *
 * Source: Hatayama and others, "A Method for Determining the Compatibility of Hazardous Wastes",
 * EPA-600/2-80-076, 1980, the chart, as a public transcription (tool
 * hazardous_waste_compatibility) has it; groups 1 to 16 among each other were read a second time,
 * in the page of Rutgers University, and agree. Left out: the row of strong reducing agents (105),
 * whose cells in the transcription are displaced (hydrocarbons are said to explode with them, and
 * strong oxidizers are not), and every cell of it; so the hydrides are here as what burns alone.
 *
 * Which groups a chemical belongs to is ours: by what its molecule is where the name of a group
 * says that, and by its class of transport for explosives (1.1), strong oxidizers (5.1), what
 * reacts with water (4.3), and what else burns (2.1, 3, 4.2). The report's own list of substances
 * was not read.
 */

/** Of the chart, for people. */
#define DAVY_WASTE_SOURCE                                                                         \
    "EPA-600/2-80-076 (1980), the chart, as transcribed; its groups are davy's reading of their " \
    "names"

/** Numbers of groups run from 1 to 34 and from 101 to 107. */
#define DAVY_WASTE_GROUP_MAX 107

/** "Must not meet anything": group 107, what reacts with water. */
#define DAVY_WASTE_WATER_REACTIVE 107

/** Most groups of one chemical. */
#define DAVY_WASTE_GROUPS 4

typedef enum davy_mixing {
    DAVY_MIXING_HEAT = 1,
    DAVY_MIXING_FIRE = 2,
    DAVY_MIXING_GAS = 4, /* that neither burns nor poisons */
    DAVY_MIXING_TOXIC_GAS = 8,
    DAVY_MIXING_FLAMMABLE_GAS = 16,
    DAVY_MIXING_EXPLOSION = 32,
    DAVY_MIXING_POLYMERIZATION = 64,
    DAVY_MIXING_DISSOLVES = 128, /* toxic metals */
    DAVY_MIXING_UNKNOWN = 256,   /* may be hazardous */
    DAVY_MIXING_NEVER = 512      /* extremely reactive, with anything */
} davy_mixing;

/** Its groups, and how many there are; 0 says nothing. */
size_t davy_waste_groups(const char *cas, int groups[DAVY_WASTE_GROUPS]);

/** Whether a chemical is of a group. */
bool davy_waste_is(const char *cas, int group);

/** "Acids, organic"; NULL for a number that the chart does not have, or that is left out. */
const char *davy_waste_group_name(int group);

/** What two groups do: a sum of davy_mixing; 0: the chart says nothing. */
unsigned davy_waste_mixing(int a, int b);

/** What two chemicals do by any of their groups. */
unsigned davy_waste_chemicals_mixing(const char *a, const char *b);

/** The words of one consequence, "toxic gas"; NULL behind the last. @param index  from 0 */
const char *davy_mixing_word(unsigned mixing, size_t index);
