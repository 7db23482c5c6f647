/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/harm/levels.h"

#include "core/status.h"
#include "hazard/constants.h"

#include <string.h>

#define CLANCEY                                                                             \
    "V. J. Clancey, Diagnostic features of explosion damage, 6th Int. Meeting of Forensic " \
    "Sciences, Edinburgh 1972, as printed by explosion-safety.jp (e_blast)"
#define RMP     "US EPA, 40 CFR 68.22 (a) (2)"
#define API     "API Standard 521, as stated by h2tools.org, heat flux limits"
#define H2TOOLS "h2tools.org, heat flux limits"
#define MUDAN                                                                             \
    "after K. S. Mudan 1984 and P. K. Raj 2008, as cited in ramon-quiza/qra-domino-fuel-" \
    "storage; not read in the documents"

#define PRESSURE(name, value, english, chinese)                              \
    {                                                                        \
        DAVY_LEVEL_PRESSURE, name, value, "Pa", 0, english, chinese, CLANCEY \
    }
#define HEAT(name, value, time, english, chinese, source)                    \
    {                                                                        \
        DAVY_LEVEL_HEAT, name, value, "W/m2", time, english, chinese, source \
    }

/* Each kind by rising value. Clancey's ranges stand here with their lower end. */
static const davy_level levels[] = {
    PRESSURE("pressure-noise", 140, "annoying noise", "令人不适的噪声"),
    PRESSURE("pressure-strained-glass", 210,
             "large panes already under strain break here and there", "已受应力的大块玻璃偶有破碎"),
    PRESSURE("pressure-loud-noise", 280, "loud noise, glass fails here and there",
             "巨响，玻璃偶有破碎"),
    PRESSURE("pressure-small-panes", 690, "small panes under strain break", "受应力的小块玻璃破碎"),
    PRESSURE("pressure-glass", 1030, "glass breaks", "玻璃普遍破碎"),
    PRESSURE(
        "pressure-safe-distance", 2070,
        "below this no serious damage to be expected in 95 of 100 cases; one pane in ten breaks",
        "低于此值，95%的情况下无严重破坏；约10%的窗玻璃破碎"),
    PRESSURE("pressure-minor-damage", 2760, "limited minor damage to buildings",
             "建筑物有限的轻微破坏"),
    PRESSURE("pressure-windows", 3400, "windows shattered, some frames damaged",
             "窗玻璃大多破碎，部分窗框受损"),
    PRESSURE("pressure-houses-minor", 4800, "minor damage to houses", "房屋轻微破坏"),
    {DAVY_LEVEL_PRESSURE, "pressure-rmp-endpoint", DAVY_PSI, "Pa", 0,
     "1 psi: end of the zone in the risk management rule of the EPA",
     "1 psi：美国环保署风险管理规则的影响边界", RMP},
    PRESSURE("pressure-houses-uninhabitable", 6900, "houses partly down and not to be lived in",
             "房屋部分倒塌，无法居住"),
    PRESSURE("pressure-frames-distorted", 9000, "steel frames of clad buildings slightly distorted",
             "有围护结构的钢框架轻微变形"),
    PRESSURE("pressure-walls-fall", 13800, "walls and roofs of houses partly fall",
             "房屋墙体和屋顶部分倒塌"),
    PRESSURE("pressure-serious-damage", 15800, "serious damage to structures begins",
             "严重结构破坏的下限"),
    PRESSURE("pressure-brickwork", 17200, "half of the brickwork of houses destroyed",
             "房屋砖砌体50%破坏"),
    PRESSURE(
        "pressure-frames-pulled", 20700,
        "steel frames distorted and pulled off their foundations; heavy machines little damaged",
        "钢框架变形并脱离基础；重型机器轻微受损"),
    PRESSURE("pressure-cladding", 27600,
             "cladding of light industrial buildings torn; below it oil "
             "tanks have torn already",
             "轻型工业厂房围护结构破裂；此前储油罐已可能破裂"),
    PRESSURE("pressure-poles", 34500, "wooden poles snap; houses nearly destroyed from here on",
             "木质电线杆折断；自此值起房屋几乎全毁"),
    PRESSURE("pressure-wagons", 48200, "loaded railway wagons turned over", "满载铁路货车倾覆"),
    PRESSURE("pressure-boxcars", 62000, "loaded boxcars demolished", "满载棚车完全损毁"),
    PRESSURE("pressure-total", 68900, "buildings probably destroyed", "建筑物可能完全毁坏"),

    HEAT("heat-continuous", 1577, 0, "people in suitable clothing may stay",
         "着适当防护服可持续停留", API),
    HEAT("heat-emergency", 4732, 0,
         "a few minutes of emergency work without shielding, in suitable clothing",
         "着适当防护服、无遮挡，可进行数分钟应急作业", API),
    HEAT("heat-rmp-endpoint", 5000, 40, "end of the zone in the risk management rule of the EPA",
         "美国环保署风险管理规则的影响边界：暴露40秒", RMP),
    HEAT("heat-pilot-ignition", 12500, 0, "wood, coatings and seals catch fire from a spark",
         "木材、涂层和密封件遇明火可被引燃", MUDAN),
    HEAT("heat-ignition", 20000, 0, "wood and the like catch fire without a spark",
         "木材等可燃物无明火也可自燃", H2TOOLS),
    HEAT("heat-ifc-noncombustible", 25237, 0,
         "limit of the International Fire Code for what does "
         "not burn",
         "国际消防规范对不燃材料的限值", "International Fire Code, as stated by " H2TOOLS),
    HEAT("heat-equipment", 37500, 0, "process equipment and steel tanks are damaged",
         "工艺设备和钢制储罐受损", MUDAN),
};

const davy_level *davy_level_next(davy_level_kind kind, const davy_level *after)
{
    for (size_t i = after ? (size_t) (after - levels) + 1 : 0; i < DAVY_ARRAY_LENGTH(levels); i++)
        if (levels[i].kind == kind)
            return &levels[i];
    return NULL;
}

const davy_level *davy_level_find(const char *name)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(levels); i++)
        if (strcmp(levels[i].name, name) == 0)
            return &levels[i];
    return NULL;
}

const davy_level *davy_level_reached(davy_level_kind kind, double value)
{
    const davy_level *reached = NULL;

    for (const davy_level *level = NULL; (level = davy_level_next(kind, level)) != NULL;)
        if (value >= level->value)
            reached = level;
    return reached;
}
