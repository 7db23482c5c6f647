/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/major/gb18218.h"

#include <string.h>

/* Tables 1 and 3; a factor of 0: table 3 does not name it. The standard names substances in
 * Chinese, the English names are ours. Row 13 begins with carbon monoxide, whose CAS number finds
 * that row. */
static const davy_gb_substance substances[DAVY_GB_SUBSTANCES] = {
    {1, "Ammonia", "氨", "7664-41-7", 10, 2},
    {2, "Oxygen difluoride", "二氟化氧", "7783-41-7", 1, 0},
    {3, "Nitrogen dioxide", "二氧化氮", "10102-44-0", 1, 10},
    {4, "Sulfur dioxide", "二氧化硫", "7446-09-5", 20, 2},
    {5, "Fluorine", "氟", "7782-41-4", 1, 0},
    {6, "Phosgene", "碳酰氯", "75-44-5", 0.3, 20},
    {7, "Ethylene oxide", "环氧乙烷", "75-21-8", 10, 2},
    {8, "Formaldehyde (more than 90 %)", "甲醛(含量>90%)", "50-00-0", 5, 0},
    {9, "Phosphine", "磷化氢", "7803-51-2", 1, 20},
    {10, "Hydrogen sulfide", "硫化氢", "7783-06-4", 5, 5},
    {11, "Hydrogen chloride (anhydrous)", "氯化氢(无水)", "7647-01-0", 20, 3},
    {12, "Chlorine", "氯", "7782-50-5", 5, 4},
    {13, "Coal gas (CO, mixtures of CO with H2, CH4)", "煤气(CO,CO和H2、CH4的混合物等)", "630-08-0",
     20, 2},
    {14, "Arsine", "砷化氢", "7784-42-1", 1, 0},
    {15, "Stibine", "锑化氢", "7803-52-3", 1, 0},
    {16, "Hydrogen selenide", "硒化氢", "7783-07-5", 1, 0},
    {17, "Methyl bromide", "溴甲烷", "74-83-9", 10, 3},
    {18, "Acetone cyanohydrin", "丙酮氰醇", "75-86-5", 20, 0},
    {19, "Acrolein", "丙烯醛", "107-02-8", 20, 0},
    {20, "Hydrogen fluoride", "氟化氢", "7664-39-3", 1, 5},
    {21, "Epichlorohydrin", "1-氯-2,3-环氧丙烷", "106-89-8", 20, 0},
    {22, "Epibromohydrin", "3-溴-1,2-环氧丙烷", "3132-64-7", 20, 0},
    {23, "Toluene diisocyanate", "甲苯二异氰酸酯", "26471-62-5", 100, 0},
    {24, "Sulfur monochloride", "一氯化硫", "10025-67-9", 1, 0},
    {25, "Hydrogen cyanide", "氰化氢", "74-90-8", 1, 10},
    {26, "Sulfur trioxide", "三氧化硫", "7446-11-9", 75, 0},
    {27, "Allylamine", "3-氨基丙烯", "107-11-9", 20, 0},
    {28, "Bromine", "溴", "7726-95-6", 20, 0},
    {29, "Ethyleneimine", "乙撑亚胺", "151-56-4", 20, 0},
    {30, "Methyl isocyanate", "异氰酸甲酯", "624-83-9", 0.75, 20},
    {31, "Barium azide", "叠氮化钡", "18810-58-7", 0.5, 0},
    {32, "Lead azide", "叠氮化铅", "13424-46-9", 0.5, 0},
    {33, "Mercury fulminate", "雷汞", "628-86-4", 0.5, 0},
    {34, "Trinitroanisole", "三硝基苯甲醚", "28653-16-9", 5, 0},
    {35, "2,4,6-Trinitrotoluene", "2,4,6-三硝基甲苯", "118-96-7", 5, 0},
    {36, "Nitroglycerine", "硝化甘油", "55-63-0", 1, 0},
    {37, "Nitrocellulose (dry, or water or ethanol less than 25 %)",
     "硝化纤维素[干的或含水(或乙醇)<25%]", "9004-70-0", 1, 0},
    {38, "Nitrocellulose (unmodified, or plasticised with less than 18 %)",
     "硝化纤维素(未改型的,或增塑的,含增塑剂<18%)", "9004-70-0", 1, 0},
    {39, "Nitrocellulose (ethanol 25 % or more)", "硝化纤维素(含乙醇>=25%)", "9004-70-0", 10, 0},
    {40, "Nitrocellulose (nitrogen 12.6 % or less)", "硝化纤维素(含氮<=12.6%)", "9004-70-0", 50, 0},
    {41, "Nitrocellulose (water 25 % or more)", "硝化纤维素(含水>=25%)", "9004-70-0", 50, 0},
    {42, "Nitrocellulose solution (nitrogen 12.6 % or less, nitrocellulose 55 % or less)",
     "硝化纤维素溶液(含氮量<=12.6%,含硝化纤维素<=55%)", "9004-70-0", 50, 0},
    {43, "Ammonium nitrate (combustible more than 0.2 %)", "硝酸铵(含可燃物>0.2%)", "6484-52-2", 5,
     0},
    {44, "Ammonium nitrate (combustible 0.2 % or less)", "硝酸铵(含可燃物<=0.2%)", "6484-52-2", 50,
     0},
    {45, "Ammonium nitrate fertiliser (combustible 0.4 % or less)", "硝酸铵肥料(含可燃物<=0.4%)",
     "", 200, 0},
    {46, "Potassium nitrate", "硝酸钾", "7757-79-1", 1000, 0},
    {47, "1,3-Butadiene", "1,3-丁二烯", "106-99-0", 5, 0},
    {48, "Dimethyl ether", "二甲醚", "115-10-6", 50, 0},
    {49, "Methane, natural gas", "甲烷,天然气", "74-82-8 8006-14-2", 50, 0},
    {50, "Vinyl chloride", "氯乙烯", "75-01-4", 50, 0},
    {51, "Hydrogen", "氢", "1333-74-0", 5, 0},
    {52, "Liquefied petroleum gas (propane, butane, mixtures)",
     "液化石油气(含丙烷、丁烷及其混合物)", "68476-85-7 74-98-6 106-97-8", 50, 0},
    {53, "Methylamine", "一甲胺", "74-89-5", 5, 0},
    {54, "Acetylene", "乙炔", "74-86-2", 1, 0},
    {55, "Ethylene", "乙烯", "74-85-1", 50, 0},
    {56, "Oxygen (compressed or liquefied)", "氧(压缩的或液化的)", "7782-44-7", 200, 0},
    {57, "Benzene", "苯", "71-43-2", 50, 0},
    {58, "Styrene", "苯乙烯", "100-42-5", 500, 0},
    {59, "Acetone", "丙酮", "67-64-1", 500, 0},
    {60, "Acrylonitrile", "2-丙烯腈", "107-13-1", 50, 0},
    {61, "Carbon disulfide", "二硫化碳", "75-15-0", 50, 0},
    {62, "Cyclohexane", "环己烷", "110-82-7", 500, 0},
    {63, "Propylene oxide", "1,2-环氧丙烷", "75-56-9", 10, 0},
    {64, "Toluene", "甲苯", "108-88-3", 500, 0},
    {65, "Methanol", "甲醇", "67-56-1", 500, 0},
    {66, "Gasoline (also with ethanol or methanol)", "汽油(乙醇汽油、甲醇汽油)", "86290-81-5", 200,
     0},
    {67, "Ethanol", "乙醇", "64-17-5", 500, 0},
    {68, "Diethyl ether", "乙醚", "60-29-7", 10, 0},
    {69, "Ethyl acetate", "乙酸乙酯", "141-78-6", 500, 0},
    {70, "n-Hexane", "正己烷", "110-54-3", 500, 0},
    {71, "Peracetic acid", "过乙酸", "79-21-0", 10, 0},
    {72, "Methyl ethyl ketone peroxide (available oxygen 10 to 10.7 %, diluent A 48 % or more)",
     "过氧化甲基乙基酮(10%<有效氧含量<=10.7%,含A型稀释剂>=48%)", "1338-23-4", 10, 0},
    {73, "White phosphorus", "白磷", "12185-10-3", 50, 0},
    {74, "Aluminium alkyls", "烷基铝", "", 1, 0},
    {75, "Pentaborane", "戊硼烷", "19624-22-7", 1, 0},
    {76, "Potassium peroxide", "过氧化钾", "17014-71-0", 20, 0},
    {77, "Sodium peroxide", "过氧化钠", "1313-60-6", 20, 0},
    {78, "Potassium chlorate", "氯酸钾", "3811-04-9", 100, 0},
    {79, "Sodium chlorate", "氯酸钠", "7775-09-9", 100, 0},
    {80, "Fuming nitric acid", "发烟硝酸", "52583-42-3", 20, 0},
    {81, "Nitric acid (more than 70 %, not red fuming)", "硝酸(发红烟的除外,含硝酸>70%)",
     "7697-37-2", 100, 0},
    {82, "Guanidine nitrate", "硝酸胍", "506-93-4", 50, 0},
    {83, "Calcium carbide", "碳化钙", "75-20-7", 100, 0},
    {84, "Potassium", "钾", "7440-09-7", 1, 0},
    {85, "Sodium", "钠", "7440-23-5", 10, 0},
};

/* Tables 2 and 4. */
static const davy_gb_class classes[DAVY_GB_CLASSES] = {
    {"J1", "Acute toxicity 1, any route, gas", "急性毒性 类别1 所有暴露途径 气体", 5, 4},
    {"J2", "Acute toxicity 1, any route, solid or liquid", "急性毒性 类别1 所有暴露途径 固体液体",
     50, 1},
    {"J3", "Acute toxicity 2 or 3, any route, gas", "急性毒性 类别2、3 所有暴露途径 气体", 50, 2},
    {"J4", "Acute toxicity 2 or 3, inhalation, liquid that boils at 35 degC or below",
     "急性毒性 类别2、3 吸入途径 液体(沸点<=35C)", 50, 2},
    {"J5", "Acute toxicity 2, any route, liquid (other than J4) or solid",
     "急性毒性 类别2 所有暴露途径 液体(除J4外)固体", 500, 1},
    {"W1.1", "Unstable explosives; division 1.1", "不稳定爆炸物;1.1项", 1, 2},
    {"W1.2", "Divisions 1.2, 1.3, 1.5, 1.6", "1.2 1.3 1.5 1.6项爆炸物", 10, 2},
    {"W1.3", "Division 1.4", "1.4项爆炸物", 50, 2},
    {"W2", "Flammable gas 1 or 2", "易燃气体 类别1、2", 10, 1.5},
    {"W3", "Aerosol 1 or 2 (net)", "气溶胶 类别1、2 (净重)", 150, 1},
    {"W4", "Oxidising gas 1", "氧化性气体 类别1", 50, 1},
    {"W5.1", "Flammable liquid 1; 2 or 3 above its boiling point",
     "易燃液体 类别1;类别2、3且工作温度高于沸点", 10, 1.5},
    {"W5.2", "Flammable liquid 2 or 3 under special process conditions",
     "易燃液体 类别2、3 特殊工艺条件(危险化工工艺/爆炸极限附近/压力>1.6MPa)", 50, 1},
    {"W5.3", "Flammable liquid 2, other", "易燃液体 其他类别2", 1000, 1},
    {"W5.4", "Flammable liquid 3, other", "易燃液体 其他类别3", 5000, 1},
    {"W6.1", "Self-reactive A or B", "自反应 A、B型", 10, 1.5},
    {"W6.2", "Self-reactive C, D or E", "自反应 C、D、E型", 50, 1},
    {"W7.1", "Organic peroxide A or B", "有机过氧化物 A、B型", 10, 1.5},
    {"W7.2", "Organic peroxide C, D, E or F", "有机过氧化物 C、D、E、F型", 50, 1},
    {"W8", "Pyrophoric liquid or solid 1", "自燃液体/固体 类别1", 50, 1},
    {"W9.1", "Oxidising solid or liquid 1", "氧化性固体液体 类别1", 50, 1},
    {"W9.2", "Oxidising solid or liquid 2 or 3", "氧化性固体液体 类别2、3", 200, 1},
    {"W10", "Flammable solid 1", "易燃固体 类别1", 200, 1},
    {"W11", "In contact with water emits flammable gas 1 or 2", "遇水放出易燃气体 类别1、2", 200,
     1},
};

const davy_gb_substance *davy_gb_substance_at(size_t index)
{
    return index < DAVY_GB_SUBSTANCES ? &substances[index] : NULL;
}

/* A row may name several numbers, with blanks between them. */
static bool names(const char *numbers, const char *cas)
{
    size_t length = strlen(cas);

    for (const char *at = numbers; length > 0 && (at = strstr(at, cas)); at++)
        if ((at == numbers || at[-1] == ' ') && (at[length] == '\0' || at[length] == ' '))
            return true;
    return false;
}

const davy_gb_substance *davy_gb_substance_find(const char *cas, const davy_gb_substance *after)
{
    for (size_t i = after ? (size_t) (after - substances) + 1 : 0; i < DAVY_GB_SUBSTANCES; i++)
        if (names(substances[i].cas, cas))
            return &substances[i];
    return NULL;
}

const davy_gb_class *davy_gb_class_find(const char *symbol)
{
    for (size_t i = 0; i < DAVY_GB_CLASSES; i++)
        if (strcmp(classes[i].symbol, symbol) == 0)
            return &classes[i];
    return NULL;
}
