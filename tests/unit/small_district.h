/* small_district.h — a pack folder with a recipe and tests, written to disk for the tests of trial
 * and demo. */
#ifndef JISHI_TESTS_SMALL_DISTRICT_H
#define JISHI_TESTS_SMALL_DISTRICT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct small_file {
  const char *path, *body;
} small_pack[] = {
    {"pack/pack.yaml",
     "format: 2\nname: small\nversion: 0.1.0\ntitle: {zh: 小包, en: Small}\n"
     "roles:\n"
     "  - {name: clerk, title: {zh: 经办员, en: clerk}, may: [register, record, see_clear]}\n"
     "  - {name: chief, title: {zh: 负责人, en: chief}, may: [decide]}\n"},
    {"pack/kinds/home.yaml",
     "name: home\ntitle: {zh: 户, en: home}\nkey: code\nlabel: head\nlist: [head, code]\n"
     "fields:\n"
     "  - {name: code, title: {zh: 户编号, en: no.}, type: text, max: 32, required: true}\n"
     "  - {name: head, title: {zh: 户主, en: head}, type: text, required: true}\n"
     "  - {name: type, title: {zh: 类型, en: type}, type: choice,\n"
     "     values: [{code: poor, title: {zh: 困难, en: poor}}, {code: plain, title: {zh: 一般, en: "
     "plain}}]}\n"
     "  - {name: income, title: {zh: 年收入, en: income}, type: money, typed: true, min: 0}\n"
     "  - {name: size, title: {zh: 人口, en: members}, type: int, min: 1, max: 30}\n"
     "  - {name: since, title: {zh: 识别日期, en: since}, type: date}\n"
     "  - {name: share, title: {zh: 比例, en: share}, type: rate, min: 0, max: 1}\n"
     "  - {name: phone, title: {zh: 电话, en: phone}, type: text, format: phone, privacy: "
     "masked}\n"},
    {"pack/kinds/member.yaml",
     "name: member\ntitle: {zh: 成员, en: member}\nparent: home\nplural: members\nkey: "
     "identity\nlabel: called\n"
     "list: [called]\n"
     "fields:\n"
     "  - {name: identity, title: {zh: 证件号码, en: ID}, type: text, format: resident_id, "
     "privacy: masked}\n"
     "  - {name: called, title: {zh: 姓名, en: name}, type: text, required: true}\n"
     "  - {name: sex, title: {zh: 性别, en: sex}, type: choice,\n"
     "     values: [{code: male, title: {zh: 男, en: male}}, {code: female, title: {zh: 女, en: "
     "female}}]}\n"
     "  - {name: birth, title: {zh: 出生日期, en: birth}, type: date}\n"
     "  - {name: sick, title: {zh: 患病, en: sick}, type: bool}\n"
     "  - {name: needs, title: {zh: 需求, en: needs}, type: choices,\n"
     "     values: [{code: school, title: {zh: 上学, en: school}}, {code: cure, title: {zh: 看病, "
     "en: cure}}]}\n"},
    {"pack/events/visit.yaml",
     "name: visit\ntitle: {zh: 走访, en: visit}\nabout: home\nwho: [clerk]\nlist: [found]\n"
     "fields:\n"
     "  - {name: found, title: {zh: 发现, en: found}, type: text}\n"
     "  - {name: income_now, title: {zh: 年收入, en: income}, type: money, min: 0, fact: "
     "income}\n"},
    {"pack/events/bill.yaml",
     "name: bill\ntitle: {zh: 医疗费, en: bill}\nabout: member\nwho: [clerk]\nlist: [paid]\n"
     "fields:\n"
     "  - {name: paid, title: {zh: 自付, en: paid}, type: money, min: 0, required: true}\n"},
    {"pack/parameters/alert/paid.yaml",
     "description: {zh: 自付预警, en: alert}\nmetadata: {type: money, reference: 一号文}\n"
     "values:\n  2020-01-01: {value: 5000}\n"},
    {"pack/aggregates.yaml", "- {name: paid_12m, title: {zh: 近12个月自付, en: paid in 12 months}, "
                             "of: home, over: bill, sum: paid,\n"
                             "   window: {months: 12}}\n"},
    {"pack/variables.yaml",
     "- {name: income_pc, title: {zh: 人均, en: per head}, of: home, "
     "formula: \"divide(income, size)\"}\n"
     "- {name: taxed, title: {zh: 税, en: tax}, of: bill, formula: \"share(paid, p.tax)\"}\n"
     "- {name: sorted, title: {zh: 按类, en: by type}, of: bill, formula: \"share(paid, "
     "p.by_type[home.type])\"}\n"
     "- {name: visit_note, title: {zh: 发现, en: found}, of: visit, formula: found}\n"},
    {"pack/parameters/tax.yaml",
     "description: {zh: 税率, en: tax}\nmetadata: {type: rate, reference: 一号文}\n"
     "values:\n  2020-01-01: {value: 0.2}\n  2024-01-01: {value: 0.3}\n"},
    {"pack/parameters/by_type.yaml",
     "description: {zh: 按类, en: by type}\nmetadata: {type: rate, reference: 一号文}\n"
     "keys: {poor: {values: }, plain: {values: }}\n"},
    {"pack/rules.yaml",
     "- name: dear_illness\n  title: {zh: 因病支出, en: dear illness}\n  of: home\n  when: "
     "paid_12m > p.alert.paid\n"
     "  colour: red\n  message: {zh: \"自付{paid_12m}。\", en: \"Paid {paid_12m}.\"}\n  "
     "opens_process: watch\n"
     "- name: low_income\n  title: {zh: 收入低, en: low income}\n  of: home\n  when: income_pc < "
     "yuan(3000)\n"
     "  colour: yellow\n  message: {zh: 收入低。, en: Low.}\n"},
    {"pack/workflow.yaml",
     "- name: help\n  process: watch\n  title: {zh: 帮扶, en: help}\n  of: home\n  start: clue\n"
     "  states:\n"
     "    - {name: clue, title: {zh: 线索, en: clue}, limit: {calendar_days: 3}}\n"
     "    - {name: helped, title: {zh: 帮扶中, en: helped}}\n"
     "    - {name: gone, title: {zh: 消除, en: gone}, closed: true, relapse: clue}\n"
     "  transitions:\n"
     "    - name: verify\n      title: {zh: 核实, en: verify}\n      from: [clue]\n      to: "
     "helped\n      who: [clerk]\n"
     "      fields:\n"
     "        - {name: people, title: {zh: 人数, en: people}, type: int, min: 1, required: true}\n"
     "      when: form.people >= 2\n      otherwise_message: {zh: 核实须两人以上。, en: At least "
     "two people "
     "verify.}\n"
     "    - {name: close, title: {zh: 消除, en: close}, from: [helped], to: gone, who: [chief]}\n"},
    {"pack/measures.yaml",
     "- name: relief\n  title: {zh: 临时救助, en: relief}\n  group: {name: safety, title: {zh: "
     "保障, en: safety}}\n"
     "  of: home\n  needs_case: true\n"
     "  fields:\n"
     "    - {name: covered, title: {zh: 人数, en: covered}, type: int, min: 1, required: true}\n"
     "  amount: yuan(500) * form.covered\n  per: once\n  propose: [clerk]\n  approve: [chief]\n"},
    {"pack/demo.yaml",
     "county: {code: \"370871\", name: 济宁高新区}\nhistory: 60\npassword: demo-2026\n"
     "names: {surnames: 王李张刘, given: 明芳伟静军}\n"
     "officers:\n"
     "  - {role: clerk, login: \"clerk{n}\", each: village}\n"
     "  - {role: chief, login: chief, each: county, name: 王主任}\n"
     "  - {role: admin, login: admin, each: county}\n"
     "subjects:\n"
     "  - kind: home\n"
     "    let: {hard: {type: bool, yes: 0.3}}\n"
     "    fields:\n"
     "      code: {serial: \"37{n}\"}\n"
     "      head: {person_name: true}\n"
     "      type: {if: hard, then: poor, else: {weights: {poor: 1, plain: 9}}}\n"
     "      size: {range: [1, 5]}\n"
     "      income: {skewed: [3000, 20000, 90000], step: 100}\n"
     "      since: {cel: last_day - 400}\n"
     "      share: {pick: [0.25, 0.5]}\n"
     "      phone: {chance: 0.8, then: {phone: true}}\n"
     "    children:\n"
     "      - kind: member\n"
     "        number: {cel: size}\n"
     "        fields:\n"
     "          called: {by: n, of: {1: {cel: home.head}}, else: {person_name: home.head}}\n"
     "          sex: {weights: {male: 1, female: 1}}\n"
     "          birth: {birth: {ages: {0-17: 1, 18-80: 4}}}\n"
     "          identity: {resident_id: {birth: birth, sex: sex}}\n"
     "          sick: {yes: 0.2}\n"
     "          needs: {several: {school: 0.5, cure: 0.2}}\n"
     "    events:\n"
     "      - {name: visit, per_year: {if: hard, then: 36, else: {range: [2, 6]}}, fields: {found: "
     "{pick: [好, 一般]}}}\n"
     "      - {name: bill, per_year: 4, gaps: random, when: sick == true,\n"
     "         fields: {paid: {skewed: [10, 300, 2000]}}}\n"
     "    stories:\n"
     "      - name: 大病\n"
     "        share: 20\n"
     "        shift: {range: [0, 10]}\n"
     "        steps:\n"
     "          - {ago: 30, event: {bill: {member: 1, paid: {range: [9000, 20000]}}}}\n"
     "          - {ago: 29, move: {verify: {people: 2}}}\n"
     "          - {ago: 28, measure: {relief: {covered: 1}}}\n"
     "          - {ago: 27, measure: {relief: approved}}\n"
     "          - {ago: 20, measure: {relief: done}}\n"
     "          - {ago: 10, move: close}\n"},
    {"pack/tests/illness.yaml",
     "- name: a dear bill opens a case\n"
     "  given:\n"
     "    home: {head: 张某, size: 3, income: 30000, since: 2020-01-01, share: 0.5}\n"
     "    members:\n"
     "      - {called: 张某}\n"
     "      - {called: 李某, sick: true, needs: [cure]}\n"
     "  steps:\n"
     "    - on: 2024-03-05\n"
     "      event: {bill: {member: 2, paid: 4000}}\n"
     "      expect: {findings: {dear_illness: none}, cases: {watch: none},\n"
     "               variables: {income_pc: 10000, share: 0.5, since: 2020-01-01, paid_12m: "
     "4000.00}}\n"
     "    - on: 2024-03-06\n"
     "      event: {bill: {member: 2, paid: 1000.01}}\n"
     "      expect: {findings: {dear_illness: red, low_income: none}, cases: {watch: clue}, "
     "deadline: 2024-03-09}\n"
     "    - {on: 2024-03-07, as: clerk, move: {verify: {people: 1}}, refused: 两人以上}\n"
     "    - {on: 2024-03-07, as: chief, move: {verify: {people: 2}}, refused: true}\n"
     "    - {as: clerk, move: {verify: {people: 2}}, expect: {cases: {watch: helped}, deadline: "
     "none}}\n"
     "    - {as: clerk, measure: {relief: {covered: 2}}, expect: {amounts: {relief: 1000}, "
     "measures: {relief: proposed}}}\n"
     "    - {as: chief, measure: {relief: approved}, expect: {measures: {relief: approved}}}\n"
     "    - {on: 2025-03-06, tick: true, expect: {findings: {dear_illness: none}, variables: "
     "{paid_12m: 0}}}\n"
     "    - {on: 2025-03-07, facts: {income: null}, expect: {cannot_tell: [low_income], variables: "
     "{income_pc: unknown}}}\n"
     "- name: the same, with another alert\n"
     "  parameters: {p.alert.paid: {2020-01-01: 100}}\n"
     "  given:\n"
     "    home: {head: 张某, size: 1, income: 1000}\n"
     "    members: [{called: 张某}]\n"
     "  steps:\n"
     "    - on: 2023-03-05\n"
     "      event: {bill: {member: 1, paid: 101}}\n"
     "      expect: {findings: {dear_illness: red, low_income: yellow}, cases: {watch: clue}}\n"},
    {"areas.csv", "code,name\n370871000000,济宁高新区\n370871001000,甲街道\n370871001201,"
                  "一村\n370871001202,二村\n"
                  "370871002000,乙街道\n370871002201,三村\n"},
    {"calendar.yaml",
     "notices:\n- {year: 2023, reference: test, holidays: [2023-01-02]}\n"
     "- {year: 2024, reference: test, holidays: [2024-01-01], workdays: [2024-02-04]}\n"
     "- {year: 2025, reference: test, holidays: [2025-01-01]}\n"
     "- {year: 2026, reference: test, holidays: [2026-01-01]}\n"},
};

static void small_write(const char *folder, const char *path, const char *body) {
  char whole[400];
  snprintf(whole, sizeof whole, "%s/%s", folder, path);
  for (char *slash = strchr(whole + strlen(folder) + 1, '/'); slash;
       slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    mkdir(whole, 0700);
    *slash = '/';
  }
  FILE *f = fopen(whole, "wb");
  if (!f || fputs(body, f) < 0 || fclose(f) != 0) abort();
}

static void small_district_write(char folder[64]) {
  strcpy(folder, "/tmp/jishi-small-XXXXXX");
  if (!mkdtemp(folder)) abort();
  for (size_t i = 0; i < sizeof small_pack / sizeof *small_pack; i++)
    small_write(folder, small_pack[i].path, small_pack[i].body);
}

static int small_remove_one(const char *path, const struct stat *st, int type, struct FTW *at) {
  (void)st, (void)type, (void)at;
  return remove(path);
}

static void small_district_remove(const char *folder) {
  nftw(folder, small_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
