/* SPDX-License-Identifier: Apache-2.0 */
#include "models/judge/judge_kinds.h"

#include "data/metrics_number.h"

#define AT(field) offsetof(davy_number_figures, field)

#define KIND_RMSE                                                                             \
    {                                                                                         \
        .key = "rmse", .name = {"RMSE", "均方根误差"},                                        \
        .meaning = {"Root mean squared error, in the unit of the target.", "与目标同单位。"}, \
        .lower_is_better = true                                                               \
    }
#define KIND_MAE                                                                 \
    {                                                                            \
        .key = "mae", .name = {"MAE", "平均绝对误差"},                           \
        .meaning = {"Mean absolute error, in the same unit.", "与目标同单位。"}, \
        .lower_is_better = true                                                  \
    }
#define KIND_BIAS                                                    \
    {                                                                \
        .key = "bias", .name = {"mean error", "平均误差"},           \
        .meaning = {"Answer minus truth: above 0 it says too much.", \
                    "回答减真值：大于 0 为偏高。"},                  \
        .unranked = true                                             \
    }
#define KIND_R2                                         \
    {                                                   \
        .key = "r2", .name = {"R2", "R2"}, .meaning = { \
            "Share of the variance that is explained.", \
            "解释的方差比例。"                  \
        }                                               \
    }
#define KIND_COVERED                                                                       \
    {                                                                                      \
        .key = "covered", .name = {"inside the interval", "区间覆盖率"},                   \
        .meaning = {"Share of the truths inside the interval.", "真值落在区间内的比例。"}, \
        .unranked = true                                                                   \
    }
#define KIND_WIDTH                                                                 \
    {                                                                              \
        .key = "width", .name = {"width of the interval", "区间宽度"},             \
        .meaning = {"Mean, in the unit of the target.", "平均值，与目标同单位。"}, \
        .unranked = true                                                           \
    }

static const davy_figure_kind regress_kinds[] = {KIND_RMSE, KIND_MAE,     KIND_BIAS,
                                                 KIND_R2,   KIND_COVERED, KIND_WIDTH};
static const davy_number_place regress_places[] = {
    {DAVY_ON_TARGETS, AT(rmse), false},    {DAVY_ON_TARGETS, AT(mae), false},
    {DAVY_ON_TARGETS, AT(bias), false},    {DAVY_ON_TARGETS, AT(r2), false},
    {DAVY_ON_TARGETS, AT(covered), false}, {DAVY_ON_TARGETS, AT(width), false}};

static const davy_figure_kind life_kinds[] = {
    {.key = "rmse",
     .name = {"RMSE, capped", "均方根误差（截断）"},
     .meaning = {"Root mean squared error against the life as the model was taught it, capped "
                 "where it was "
                 "capped, in rows.",
                 "以训练时的寿命（按上限截断）为真值，单位为行。"},
     .lower_is_better = true},
    {.key = "rmse_raw",
     .name = {"RMSE, raw", "均方根误差（原始）"},
     .meaning = {"The same against the life as it is.", "以未截断的寿命为真值。"},
     .lower_is_better = true},
    {.key = "rmse_last",
     .name = {"RMSE, last sample", "均方根误差（末样本）"},
     .meaning = {"Of the last sample of each run only, raw: how engine sets are scored.",
                 "仅每次运行的最后一个样本，未截断：发动机数据集的评分方式。"},
     .lower_is_better = true},
    {.key = "phm_last",
     .name = {"PHM score, last sample", "PHM 分数（末样本）"},
     .meaning = {"Saxena 2008, summed over the last samples, raw: a late answer costs more.",
                 "Saxena 2008，对末样本求和，未截断：偏晚的回答代价更高。"},
     .lower_is_better = true},
    {.key = "phm",
     .name = {"PHM score, mean", "PHM 分数（平均）"},
     .meaning = {"The same for each sample, raw.", "每个样本的平均，未截断。"},
     .lower_is_better = true},
    KIND_MAE,
    KIND_BIAS,
    KIND_COVERED,
    KIND_WIDTH};
static const davy_number_place life_places[] = {
    {DAVY_ON_TARGETS, AT(rmse), false}, {DAVY_ON_RAW, AT(rmse), false},
    {DAVY_ON_LAST, AT(rmse), false},    {DAVY_ON_LAST, AT(phm), false},
    {DAVY_ON_RAW, AT(phm_mean), false}, {DAVY_ON_TARGETS, AT(mae), false},
    {DAVY_ON_TARGETS, AT(bias), false}, {DAVY_ON_TARGETS, AT(covered), false},
    {DAVY_ON_TARGETS, AT(width), false}};

static const davy_figure_kind forecast_kinds[] = {
    {.key = "crps",
     .name = {"CRPS", "CRPS"},
     .meaning = {"Continuous ranked probability score of the answer and its interval: half of the "
                 "coverage to "
                 "either side, the rest on the ends. Without an interval the absolute error.",
                 "连续分级概率评分：覆盖率的一半在回答两侧，其余在区间端点；无区间时为绝对误差。"},
     .lower_is_better = true},
    {.key = "mase",
     .name = {"MASE", "MASE"},
     .meaning = {"Mean absolute error in units of the naive forecast's.",
                 "以朴素预测的误差为单位。"},
     .lower_is_better = true},
    KIND_RMSE,
    KIND_MAE,
    KIND_BIAS,
    KIND_R2,
    KIND_COVERED,
    KIND_WIDTH};
static const davy_number_place forecast_places[] = {
    {DAVY_ON_TARGETS, AT(crps), false},    {DAVY_ON_TARGETS, AT(mae), true},
    {DAVY_ON_TARGETS, AT(rmse), false},    {DAVY_ON_TARGETS, AT(mae), false},
    {DAVY_ON_TARGETS, AT(bias), false},    {DAVY_ON_TARGETS, AT(r2), false},
    {DAVY_ON_TARGETS, AT(covered), false}, {DAVY_ON_TARGETS, AT(width), false}};

davy_number_kinds davy_number_kinds_of(davy_task task)
{
    if (task == DAVY_TASK_LIFE)
        return (davy_number_kinds){life_kinds, life_places, DAVY_ARRAY_LENGTH(life_kinds)};
    if (task == DAVY_TASK_FORECAST)
        return (davy_number_kinds){forecast_kinds, forecast_places,
                                   DAVY_ARRAY_LENGTH(forecast_kinds)};
    return (davy_number_kinds){regress_kinds, regress_places, DAVY_ARRAY_LENGTH(regress_kinds)};
}
