/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/incident/grade.h"

#include <stddef.h>

/* The first column of bounds that one of the figures reaches. */
struct bounds {
    uint32_t dead, endangered, severe;
    double loss_yuan;
};

#define NEVER  UINT32_MAX
#define BOUNDS 3

static const struct bounds accident[BOUNDS] = {
    {30, NEVER, 100, 1e8}, {10, NEVER, 50, 5e7}, {3, NEVER, 10, 1e7}};
static const struct bounds response[BOUNDS] = {
    {30, 30, 100, 1e8}, {10, 10, 50, 5e7}, {3, NEVER, 30, 1e7}};

static const char *const grade_names[DAVY_GRADES] = {"", "particularly serious", "serious",
                                                     "relatively serious", "ordinary"};
static const char *const grade_chinese[DAVY_GRADES] = {"", "特别重大事故", "重大事故", "较大事故",
                                                       "一般事故"};
static const char *const level_names[DAVY_GRADES] = {"", "I", "II", "III", "IV"};
static const char *const scale_names[] = {"", "event", "local", "serious", "major", "disaster"};

/* 1 to 3, or 4 when no bound is reached. */
static int worst(const struct bounds bounds[BOUNDS], uint32_t dead, const davy_toll *toll)
{
    for (int i = 0; i < BOUNDS; i++)
        if (dead >= bounds[i].dead || toll->endangered >= bounds[i].endangered ||
            toll->severe >= bounds[i].severe || toll->loss_yuan >= bounds[i].loss_yuan)
            return i + 1;
    return BOUNDS + 1;
}

int davy_accident_grade(const davy_toll *toll)
{
    if (toll->dead == 0 && toll->severe == 0 && !(toll->loss_yuan > 0))
        return 0;
    return worst(accident, toll->dead, toll);
}

int davy_response_level(const davy_toll *toll)
{
    const uint32_t gone =
        toll->dead > UINT32_MAX - toll->missing ? UINT32_MAX : toll->dead + toll->missing;

    if (gone == 0 && toll->severe == 0 && toll->injured == 0 && toll->endangered == 0 &&
        toll->harmed == 0 && !(toll->loss_yuan > 0))
        return 0;
    return worst(response, gone, toll);
}

int davy_incident_scale(const davy_toll *toll)
{
    const int grade = davy_accident_grade(toll), level = davy_response_level(toll);

    if ((grade > 0 && grade <= 3) || (level > 0 && level <= 2))
        return 5;
    if (toll->dead > 0 || toll->endangered > 0)
        return 4;
    if (toll->missing > 0 || toll->severe > 0 || toll->harmed > 0)
        return 3;
    return toll->injured > 0 || toll->alerted > 0 ? 2 : 1;
}

static const char *name_of(const char *const *names, size_t count, int index)
{
    return index >= 0 && (size_t) index < count ? names[index] : "";
}

const char *davy_accident_grade_name(int grade)
{
    return name_of(grade_names, DAVY_GRADES, grade);
}

const char *davy_accident_grade_chinese(int grade)
{
    return name_of(grade_chinese, DAVY_GRADES, grade);
}

const char *davy_response_level_name(int level)
{
    return name_of(level_names, DAVY_GRADES, level);
}

const char *davy_incident_scale_name(int scale)
{
    return name_of(scale_names, sizeof scale_names / sizeof *scale_names, scale);
}
