/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/kpi/targets.h"

#include <math.h>

static double per(const davy_kpi_figures *figures, double length_ns)
{
    double observed_ns = (double) (figures->end_ns - figures->begin_ns);

    return observed_ns > 0.0 ? (double) figures->annunciated * length_ns / observed_ns : NAN;
}

static double per_day(const davy_kpi_figures *figures)
{
    return per(figures, (double) DAVY_KPI_DAY_NS);
}

static double per_hour(const davy_kpi_figures *figures)
{
    return per(figures, (double) DAVY_KPI_HOUR_NS);
}

static double per_ten_minutes(const davy_kpi_figures *figures)
{
    return per(figures, (double) DAVY_TEN_MINUTES_S * DAVY_NS_PER_S);
}

static double share(uint64_t part, uint64_t whole)
{
    return whole > 0 ? (double) part / (double) whole : NAN;
}

static double crowded_hours(const davy_kpi_figures *figures)
{
    return share(figures->hours.crowded, figures->hours.closed.total);
}

static double crowded_ten_minutes(const davy_kpi_figures *figures)
{
    return share(figures->ten_minutes.crowded, figures->ten_minutes.closed.total);
}

static bool is_observed(const davy_kpi_figures *figures)
{
    return figures->end_ns > figures->begin_ns;
}

static double observed_count(const davy_kpi_figures *figures, uint64_t count)
{
    return is_observed(figures) ? (double) count : NAN;
}

static double most_in_ten_minutes(const davy_kpi_figures *figures)
{
    return observed_count(figures, figures->most_in_ten_minutes);
}

static double time_in_flood(const davy_kpi_figures *figures)
{
    double observed_s = (double) (figures->end_ns - figures->begin_ns) / DAVY_NS_PER_S;

    return is_observed(figures) ? (double) figures->floods.seconds / observed_s : NAN;
}

static double top_share(const davy_kpi_figures *figures)
{
    uint64_t count = 0;

    for (size_t i = 0; i < figures->top_count; i++)
        count += figures->top[i].count;
    return share(count, figures->annunciated);
}

static double chattering(const davy_kpi_figures *figures)
{
    return observed_count(figures, figures->chattering);
}

static double fleeting(const davy_kpi_figures *figures)
{
    return observed_count(figures, figures->fleeting);
}

static double stale(const davy_kpi_figures *figures)
{
    return observed_count(figures, figures->stale_most);
}

static double low_share(const davy_kpi_figures *figures)
{
    return share(figures->by_priority[DAVY_PRIORITY_LOW], figures->annunciated);
}

static double medium_share(const davy_kpi_figures *figures)
{
    return share(figures->by_priority[DAVY_PRIORITY_MEDIUM], figures->annunciated);
}

static double high_share(const davy_kpi_figures *figures)
{
    return share(figures->by_priority[DAVY_PRIORITY_HIGH], figures->annunciated);
}

static double critical_share(const davy_kpi_figures *figures)
{
    return share(figures->by_priority[DAVY_PRIORITY_CRITICAL], figures->annunciated);
}

static double unauthorised(const davy_kpi_figures *figures)
{
    return observed_count(figures, figures->unauthorised);
}

const davy_kpi_target davy_kpi_targets[] = {
    {"alarms_per_day", "alarms per day", "每日报警数", false, false, 144, 288, per_day},
    {"alarms_per_hour", "alarms per hour", "每小时报警数", false, false, 6, 12, per_hour},
    {"alarms_per_ten_minutes", "alarms per 10 minutes", "每 10 分钟报警数", false, false, 1, 2,
     per_ten_minutes},
    {"hours_above_30", "hours with more than 30", "超过 30 条的小时占比", true, false, 0.01, NAN,
     crowded_hours},
    {"ten_minutes_above_10", "10-minute periods with more than 10", "超过 10 条的 10 分钟时段占比",
     true, false, 0.01, NAN, crowded_ten_minutes},
    {"most_in_ten_minutes", "most in any 10 minutes", "任意 10 分钟内最多", false, false, 10, NAN,
     most_in_ten_minutes},
    {"time_in_flood", "time in flood", "报警泛滥时间占比", true, false, 0.01, NAN, time_in_flood},
    {"top_ten_share", "share of the ten most frequent", "最频繁十个报警的占比", true, false, 0.05,
     NAN, top_share},
    {"chattering", "chattering alarms", "抖动报警", false, false, 0, NAN, chattering},
    {"fleeting", "fleeting alarms", "瞬时报警", false, false, 0, NAN, fleeting},
    {"stale", "stale alarms, most on one day", "长期报警(单日最多)", false, false, 4, NAN, stale},
    {"priority_low", "low priority", "低优先级占比", true, true, 0.80, NAN, low_share},
    {"priority_medium", "medium priority", "中优先级占比", true, false, 0.15, NAN, medium_share},
    {"priority_high", "high priority", "高优先级占比", true, false, 0.05, NAN, high_share},
    {"priority_critical", "critical priority", "紧急优先级占比", true, false, 0.01, NAN,
     critical_share},
    {"unauthorised_suppression", "silenced by nobody", "未经授权的抑制", false, false, 0, NAN,
     unauthorised},
};

const size_t davy_kpi_target_count = DAVY_ARRAY_LENGTH(davy_kpi_targets);

davy_kpi_verdict davy_kpi_judge(const davy_kpi_target *target, double value)
{
    if (isnan(value))
        return DAVY_KPI_UNKNOWN;
    if (target->at_least ? value >= target->acceptable : value <= target->acceptable)
        return DAVY_KPI_ACCEPTABLE;
    return value <= target->manageable && !target->at_least ? DAVY_KPI_MANAGEABLE : DAVY_KPI_OVER;
}

const char *davy_kpi_verdict_name(davy_kpi_verdict verdict)
{
    static const char *const names[] = {"unknown", "acceptable", "manageable", "over"};

    return names[verdict];
}

double davy_kpi_days(const davy_kpi_figures *figures)
{
    return (double) (figures->end_ns - figures->begin_ns) / (double) DAVY_KPI_DAY_NS;
}

bool davy_kpi_is_enough(const davy_kpi_figures *figures)
{
    return figures->end_ns - figures->begin_ns >= DAVY_KPI_DAYS * DAVY_KPI_DAY_NS;
}
