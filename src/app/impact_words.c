/* SPDX-License-Identifier: Apache-2.0 */
#include "app/impact_words.h"

#include "hazard/air/reach.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const davy_words names[] = {
    {"Britter and McQuaid, plume", "Britter-McQuaid 重气连续释放"},
    {"Britter and McQuaid, puff", "Britter-McQuaid 重气瞬时释放"},
    {"Britter and McQuaid, all as a puff", "Britter-McQuaid 全部瞬时释放"},
    {"Gaussian plume, Briggs rural", "高斯烟羽，Briggs 乡村"},
    {"Gaussian plume, Briggs urban", "高斯烟羽，Briggs 城市"},
    {"Gaussian plume, ISC3 rural", "高斯烟羽，ISC3 乡村"},
    {"Gaussian plume, ISC3 urban", "高斯烟羽，ISC3 城市"},
    {"Gaussian plume, CCPS", "高斯烟羽，CCPS"},
    {"Gaussian plume, TNO", "高斯烟羽，TNO"},
    {"Gaussian plume, Turner", "高斯烟羽，Turner"},
    {"Gaussian puff, CCPS", "高斯烟团，CCPS"},
    {"Gaussian puff, TNO", "高斯烟团，TNO"},
    {"finite release, CCPS puffs", "有限时间释放，CCPS 烟团"},
    {"finite release, TNO puffs", "有限时间释放，TNO 烟团"},
    {"heavy jet, in the manner of SLAB", "重气射流，SLAB 方法"},
    {"solid flame", "固体火焰模型"},
    {"point source", "点源模型"},
    {"fireball with a surface", "火球固体火焰模型"},
    {"jet flame straight up, Chamberlain", "垂直喷射火，Chamberlain"},
    {"TNT on the ground, Kingery and Bulmash", "TNT 地面爆炸，Kingery-Bulmash"},
    {"TNT in free air, Kinney and Graham", "TNT 空中爆炸，Kinney-Graham"},
    {"TNT equivalence", "TNT 当量"},
    {"multi-energy, strength 3", "多能法，强度 3"},
    {"multi-energy, strength 5", "多能法，强度 5"},
    {"multi-energy, strength 7", "多能法，强度 7"},
    {"Baker, Strehlow and Tang, free upwards", "Baker-Strehlow-Tang，三维膨胀"},
    {"dispersion", "扩散"},
    {"liquid outflow", "液体泄漏速率"},
    {"gas outflow", "气体泄漏速率"},
    {"share that flashes", "闪蒸比例"},
    {"density of the gas inside", "容器内气体密度"},
    {"diameter of the pool", "液池直径"},
    {"evaporation of the pool", "液池蒸发速率"},
    {"boiling of the pool", "液池沸腾速率"},
    {"rate", "给定速率"},
    {"amount", "量"},
    {"heavy gas criterion", "重气判据"},
};

davy_words davy_impact_name_words(const char *name)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++)
        if (strcmp(names[i].en, name) == 0)
            return names[i];
    return (davy_words){name, name};
}

davy_words davy_impact_effect_words(davy_effect effect)
{
    static const davy_words words[DAVY_EFFECTS] = {
        [DAVY_EFFECT_TOXIC] = {"Toxic cloud", "有毒云团"},
        [DAVY_EFFECT_FLASH_FIRE] = {"Flash fire", "闪火"},
        [DAVY_EFFECT_POOL_FIRE] = {"Pool fire", "池火"},
        [DAVY_EFFECT_JET_FIRE] = {"Jet fire", "喷射火"},
        [DAVY_EFFECT_FIREBALL] = {"Fireball", "火球"},
        [DAVY_EFFECT_EXPLOSION] = {"Explosion", "爆炸"},
    };

    return words[effect];
}

davy_words davy_impact_advice_words(davy_advice advice)
{
    static const davy_words words[] = {
        [DAVY_ADVICE_NONE] = {"nothing", "无需行动"},
        [DAVY_ADVICE_SHELTER] = {"shelter", "就地避护"},
        [DAVY_ADVICE_EVACUATE] = {"evacuate", "撤离"},
        [DAVY_ADVICE_UNKNOWN] = {"not known", "未知"},
    };

    return words[advice];
}

davy_words davy_impact_reach_words(const davy_answer *reach, char english[DAVY_ANSWER_TEXT_MAX],
                                   char chinese[DAVY_ANSWER_TEXT_MAX])
{
    const davy_answer far = {
        .kind = DAVY_ANSWER_VALUE, .value = davy_reach_far(*reach), .far = NAN};
    char text[DAVY_ANSWER_TEXT_MAX];

    (void) davy_impact_distance_text(reach, english);
    (void) davy_impact_distance_text(&far, text);
    if (reach->kind == DAVY_ANSWER_NOT_REACHED)
        (void) snprintf(chinese, DAVY_ANSWER_TEXT_MAX, "未达到");
    else if (reach->kind == DAVY_ANSWER_NO_DATA)
        (void) snprintf(chinese, DAVY_ANSWER_TEXT_MAX, "数据不足：%.150s", reach->what);
    else if (reach->kind == DAVY_ANSWER_OUTSIDE)
        (void) snprintf(chinese, DAVY_ANSWER_TEXT_MAX, "%.60s%s超出公式适用范围（%.100s）",
                        isfinite(far.value) ? text : "", isfinite(far.value) ? "，" : "",
                        reach->what ? reach->what : "");
    else
        (void) davy_impact_distance_text(reach, chinese);
    return (davy_words){english, chinese};
}
