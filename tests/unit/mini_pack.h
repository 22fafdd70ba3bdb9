/* mini_pack.h — a small pack with something of every part, for the tests of the pack floor. */
#ifndef JISHI_TESTS_MINI_PACK_H
#define JISHI_TESTS_MINI_PACK_H

#include "pack/model/pack.h"

static const char mini_about[] =
    "format: 2\n"
    "name: mini\n"
    "version: 0.1.0\n"
    "title: {zh: 小包, en: Mini}\n"
    "roles:\n"
    "  - name: clerk\n"
    "    title: {zh: 经办员, en: clerk}\n"
    "    may: [register, record, import, see_clear]\n"
    "  - {name: chief, title: {zh: 负责人, en: chief}, may: [decide]}\n";

static const char mini_home[] =
    "name: home\n"
    "title: {zh: 户, en: home}\n"
    "key: code\n"
    "label: head\n"
    "list: [head, code]\n"
    "fields:\n"
    "  - {name: code, title: {zh: 户编号, en: no.}, type: text, max: 32, required: true}\n"
    "  - {name: head, title: {zh: 户主, en: head}, type: text, required: true}\n"
    "  - name: type\n"
    "    title: {zh: 户类型, en: type}\n"
    "    type: choice\n"
    "    values:\n"
    "      - {code: lifted, title: {zh: 脱贫户, en: lifted}, official: \"01\", aliases: "
    "[脱贫不享受政策户]}\n"
    "      - {code: general, title: {zh: 一般户, en: general}}\n"
    "  - {name: income, title: {zh: 年纯收入, en: income}, type: money, min: 0}\n"
    "  - {name: size, title: {zh: 人口, en: members}, type: int, min: 1, max: 30, check: size >= "
    "1,\n"
    "     message: {zh: 人口至少一人。, en: At least one.}}\n"
    "  - {name: phone, title: {zh: 电话, en: phone}, type: text, format: phone, privacy: masked}\n"
    "  - {name: share, title: {zh: 比例, en: share}, type: rate, min: 0, max: 1}\n"
    "  - {name: since, title: {zh: 识别日期, en: since}, type: date, min: 2014-01-01}\n"
    "  - {name: note, title: {zh: 备注, en: note}, type: text, long: true}\n"
    "  - {name: grade, title: {zh: 住房等级, en: grade}, type: choice,\n"
    "     values: [{code: a, title: {zh: A级, en: A}}, {code: d, title: {zh: D级, en: D}}]}\n";

static const char mini_member[] =
    "name: member\n"
    "title: {zh: 成员, en: member}\n"
    "parent: home\n"
    "plural: members\n"
    "key: identity\n"
    "label: person_name\n"
    "list: [person_name]\n"
    "fields:\n"
    "  - {name: identity, title: {zh: 证件号码, en: ID}, type: text, format: resident_id, privacy: "
    "masked}\n"
    "  - {name: person_name, title: {zh: 姓名, en: name}, type: text, required: true}\n"
    "  - {name: sick, title: {zh: 患病, en: sick}, type: bool}\n"
    "  - {name: needs, title: {zh: 需求, en: needs}, type: choices,\n"
    "     values: [{code: school, title: {zh: 上学, en: school}}, {code: cure, title: {zh: 看病, "
    "en: cure}},\n"
    "              {code: work, title: {zh: 就业, en: work}}]}\n";

static const char mini_visit[] =
    "name: visit\n"
    "title: {zh: 走访, en: visit}\n"
    "about: home\n"
    "who: [clerk]\n"
    "list: [found]\n"
    "fields:\n"
    "  - {name: found, title: {zh: 发现, en: found}, type: text}\n"
    "  - {name: seen_grade, title: {zh: 住房等级, en: grade}, type: choice, fact: grade,\n"
    "     values: [{code: a, title: {zh: A级, en: A}}, {code: d, title: {zh: D级, en: D}}]}\n";

static const char mini_bill[] =
    "name: bill\n"
    "title: {zh: 医疗费, en: bill}\n"
    "about: member\n"
    "who: [clerk, chief]\n"
    "fields:\n"
    "  - {name: paid, title: {zh: 自付, en: paid}, type: money, min: 0, required: true,\n"
    "     check: paid > yuan(0), message: {zh: 自付要大于零。, en: More than zero.}}\n"
    "  - {name: inpatient, title: {zh: 住院, en: inpatient}, type: bool}\n";

static const char mini_line[] = "description: {zh: 监测线, en: line}\n"
                                "metadata: {type: money, reference: 总文}\n"
                                "values:\n"
                                "  2022-01-01: {value: 7000.50, metadata: {reference: 二号文}}\n"
                                "  2021-01-01: {value: 6000}\n"
                                "  2024-01-01: {value: null}\n";

static const char mini_days[] = "description: {zh: 核实期限, en: days}\n"
                                "metadata: {type: int, reference: 总文}\n";

static const char mini_rate[] =
    "description: {zh: 报销比例, en: rate}\n"
    "metadata: {type: rate, reference: 总文}\n"
    "keys:\n"
    "  level1: {values: {2020-01-01: {value: 0.9}, 2022-01-01: {value: 0.95}}}\n"
    "  level2: {values: {2021-01-01: {value: 0.0475}}}\n"
    "  level3:\n";

static const char mini_scale[] =
    "description: {zh: 分段, en: scale}\n"
    "metadata: {type: money, reference: 总文}\n"
    "brackets:\n"
    "  - {threshold: {2020-01-01: {value: 10000}}, rate: {2020-01-01: {value: 0.7}}}\n"
    "  - {threshold: {2020-01-01: {value: 0}}, rate: {2020-01-01: {value: 0.6}, 2023-01-01: "
    "{value: 0.65}}}\n";

static const char mini_aggregates[] =
    "- name: paid_12m\n"
    "  title: {zh: 近12个月自付, en: paid in 12 months}\n"
    "  of: home\n"
    "  over: bill\n"
    "  where: paid > yuan(1)\n"
    "  sum: paid\n"
    "  window: {months: 12}\n"
    "- {name: visits, title: {zh: 走访次数, en: visits}, of: home, over: visit, count: true,\n"
    "   window: {calendar: year}}\n"
    "- {name: last_found, title: {zh: 最近发现, en: last found}, of: home, over: visit, last: "
    "found}\n"
    "- {name: visit_days, title: {zh: 天数, en: days}, of: home, over: visit, distinct_days: true, "
    "window: "
    "{days: 30}}\n"
    "- {name: own_bills, title: {zh: 次数, en: bills}, of: member, over: bill, where: "
    "\"!big_bill\", count: true}\n"
    "- {name: dearest, title: {zh: 最高, en: dearest}, of: member, over: bill, max: paid}\n";

static const char mini_variables[] = "- name: poor\n"
                                     "  title: {zh: 低于监测线, en: poor}\n"
                                     "  of: home\n"
                                     "  formula: income_pc < p.monitor.line\n"
                                     "- name: income_pc\n"
                                     "  title: {zh: 人均纯收入, en: income per head}\n"
                                     "  of: home\n"
                                     "  formulas:\n"
                                     "    2021-01-01: divide(income, size)\n"
                                     "    2014-01-01: income\n"
                                     "- {name: any_sick, title: {zh: 有病人, en: any sick}, of: "
                                     "home, formula: \"members.exists(m, m.sick)\"}\n"
                                     "- {name: big_bill, title: {zh: 大额, en: big}, of: bill, "
                                     "formula: sick_bill > p.monitor.line && home.size > 1}\n"
                                     "- {name: sick_bill, title: {zh: 病人, en: bill of the sick}, "
                                     "of: bill, formula: \"member.sick ? paid : yuan(0)\"}\n";

static const char mini_rules[] =
    "- name: dear_illness\n"
    "  title: {zh: 因病支出, en: dear illness}\n"
    "  of: home\n"
    "  from: 2021-01-01\n"
    "  when: paid_12m > p.monitor.line\n"
    "  colour: red\n"
    "  message: {zh: \"自付{paid_12m}，超过{p.monitor.line}。\", en: "
    "\"Paid {paid_12m}: {{'a': 1}['a']}.\"}\n"
    "  opens_process: watch\n"
    "- {name: sick_member, title: {zh: 患病, en: sick}, of: member, "
    "when: sick && home.size > 1, colour: yellow,\n"
    "   message: {zh: 有人患病。, en: Someone is sick.}, opens_process: watch}\n";

static const char mini_workflow[] =
    "- name: prevention\n"
    "  process: watch\n"
    "  title: {zh: 监测帮扶, en: prevention}\n"
    "  of: home\n"
    "  from: 2021-01-01\n"
    "  start: clue\n"
    "  states:\n"
    "    - {name: clue, title: {zh: 线索, en: clue}, limit: {calendar_days: 3}}\n"
    "    - {name: helped, title: {zh: 帮扶, en: helped}, limit: {working_days: p.flow.days}}\n"
    "    - {name: gone, title: {zh: 风险消除, en: gone}, closed: true, relapse: clue}\n"
    "    - {name: rejected, title: {zh: 排除, en: rejected}, closed: true}\n"
    "  transitions:\n"
    "    - name: verify\n"
    "      title: {zh: 核实, en: verify}\n"
    "      from: [clue]\n"
    "      to: helped\n"
    "      who: [clerk]\n"
    "      fields:\n"
    "        - {name: people, title: {zh: 人数, en: people}, type: int, min: 1, required: true}\n"
    "      when: form.people >= 2 && case.state == \"clue\"\n"
    "      otherwise_message: {zh: 核实须两人以上。, en: At least two people verify.}\n"
    "    - {name: reject, title: {zh: 排除, en: reject}, from: [clue], to: rejected, who: "
    "[chief]}\n"
    "    - {name: close, title: {zh: 消除, en: close}, from: [helped], to: gone, who: [chief],\n"
    "       when: case.measures > 0 && poor == false, otherwise_message: {zh: 还没有措施。, en: No "
    "measure "
    "yet.}}\n";

static const char mini_measures[] =
    "- name: allowance\n"
    "  title: {zh: 低保, en: allowance}\n"
    "  group: {name: safety, title: {zh: 保障, en: safety}}\n"
    "  of: home\n"
    "  needs_case: true\n"
    "  fields:\n"
    "    - {name: covered, title: {zh: 人数, en: covered}, type: int, min: 1, required: true}\n"
    "  amount: p.monitor.line * form.covered\n"
    "  per: month\n"
    "  when: form.covered <= size\n"
    "  otherwise_message: {zh: 人数太多。, en: Too many.}\n"
    "  propose: [clerk]\n"
    "  approve: [chief]\n";

static const char mini_imports[] =
    "- name: roster\n"
    "  title: {zh: 名册, en: roster}\n"
    "  row: member\n"
    "  parent: home\n"
    "  area: {county: [县], town: [乡镇], village: [村, 行政村]}\n"
    "  columns:\n"
    "    - {header: [户编号, 户编码], to: home.code, required: true}\n"
    "    - {header: [户主], to: home.head}\n"
    "    - {header: [姓名], to: member.person_name, required: true}\n"
    "    - {header: [证件号码], to: member.identity}\n"
    "  ignore: [序号]\n";

#define MINI_FILE(path, body)                                                                      \
  {                                                                                                \
    path, {                                                                                        \
      body, sizeof body - 1                                                                        \
    }                                                                                              \
  }
static const pack_file mini_pack[] = {
    MINI_FILE("pack.yaml", mini_about),
    MINI_FILE("kinds/home.yaml", mini_home),
    MINI_FILE("kinds/member.yaml", mini_member),
    MINI_FILE("events/visit.yaml", mini_visit),
    MINI_FILE("events/bill.yaml", mini_bill),
    MINI_FILE("parameters/monitor/line.yaml", mini_line),
    MINI_FILE("parameters/flow/days.yaml", mini_days),
    MINI_FILE("parameters/medical/rate.yaml", mini_rate),
    MINI_FILE("parameters/medical/scale.yaml", mini_scale),
    MINI_FILE("aggregates.yaml", mini_aggregates),
    MINI_FILE("variables.yaml", mini_variables),
    MINI_FILE("rules.yaml", mini_rules),
    MINI_FILE("workflow.yaml", mini_workflow),
    MINI_FILE("measures.yaml", mini_measures),
    MINI_FILE("imports.yaml", mini_imports),
};
enum { MINI_FILES = sizeof mini_pack / sizeof *mini_pack };

#endif
