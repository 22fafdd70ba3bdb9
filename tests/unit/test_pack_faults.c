/* Every fault, where it is, with a word of its sentence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "mini_pack.h"
#include "pack/load/load.h"

/* The mini pack with one piece of text replaced; old NULL: with one file more. */
typedef struct faulty {
  const char *file, *old, *new;
  const char *where, *says; /* of the first fault, and part of its English sentence */
} faulty;

#define GROUPS_AFTER "may: [decide]}\n"
#define GROUP(of, clear)                                                                           \
  GROUPS_AFTER                                                                                     \
  "field_groups:\n"                                                                                \
  "  - name: money\n    title: {zh: 钱, en: money}\n    of: {" of "}\n    clear: " clear "\n"

static const faulty table[] = {
    {"pack.yaml", "version: 0.1.0\n", "", "pack.yaml:1:1", "is missing; add it"},
    {"pack.yaml", "format: 2\n", "", "pack.yaml:1:1", "Write \"format: 2\", the format of packs"},
    {"pack.yaml", "format: 2", "format: 1", "pack.yaml:1:9", "Write \"format: 2\""},
    {"pack.yaml", "name: mini", "name: Mini", "pack.yaml:2:7", "cannot be a name: use lower-case"},
    {"pack.yaml", "may: [decide]", "may: [deside]", "pack.yaml:9:54",
     "is none of the rights; did you"},
    {"pack.yaml", GROUPS_AFTER, GROUP("home: [income]", "[clerk, chief]"), "pack.yaml:11:5",
     "Every role sees this group"},
    {"pack.yaml", GROUPS_AFTER, GROUP("home: [income]", "[chief]"), "pack.yaml:11:5",
     "\"clerk\" imports rosters"},
    {"pack.yaml", GROUPS_AFTER, GROUP("home: [head]", "[clerk]"), "pack.yaml:13:17",
     "\"head\" is the label, key, end"},
    {"pack.yaml", GROUPS_AFTER, GROUP("home: all", "[clerk]"), "pack.yaml:13:16",
     "Name fields here"},
    {"pack.yaml", GROUPS_AFTER, GROUP("home: [incom]", "[clerk]"), "pack.yaml:13:17",
     "is none of the fields; did you"},
    {"pack.yaml", GROUPS_AFTER, GROUP("home: [income, income]", "[clerk]"), "pack.yaml:13:25",
     "\"income\" is in a group already"},
    {"pack.yaml", GROUPS_AFTER, GROUP("home: [income]", "[clerk]\n    masked: [clerk]"),
     "pack.yaml:11:5", "stands under clear and under masked"},
    {"pack.yaml", GROUPS_AFTER, GROUP("bill: all", "[clerk]"), "pack.yaml:11:3",
     "The role \"chief\" has work with \"bill\""},
    {"pack.yaml", "name: chief", "name: clerk", "pack.yaml:9:12", "is taken already; take another"},
    {"pack.yaml", "version: 0.1.0", "version: 0.1.0\nrolls: []", "pack.yaml:4:1",
     "here; did you mean"},
    {"pack.yaml", "title: {zh: 小包, en: Mini}", "title: {zh: 小包}", "pack.yaml:4:8",
     "is missing; add it"},
    {"pack.yaml", "title: {zh: 小包, en: Mini}", "title: {zh: 小包, en: [x]}", "pack.yaml:4:21",
     "Here should be text, not a list"},
    {"rules.yaml", "  message: {zh: \"自付", "  says: {zh: \"自付", "rules.yaml:7:3",
     "\"says\" is the old word; it is called \"message\" now"},
    {"workflow.yaml", "limit: {calendar_days: 3}", "limit: {natural: 3}", "workflow.yaml:8:55",
     "\"natural\" is the old word; it is called \"calendar_days\""},
    {"kinds/home.yaml", "aliases: ", "also: ", "kinds/home.yaml:13:70",
     "it is called \"aliases\" now"},
    {"kinds/home.yaml", "key: code", "key: code\nended: since", "kinds/home.yaml:4:1",
     "it is called \"end_date_field\" now"},
    {"events/visit.yaml", "about: home\n", "about: home\nonce: {key: found}\n",
     "events/visit.yaml:4:1", "it is called \"unique_key\" now"},
    {"events/visit.yaml", "about: home\n", "about: home\nmade_of: {over: bill}\n",
     "events/visit.yaml:4:1", "it is called \"summary_of\" now"},
    {"aggregates.yaml", "distinct_days: true", "days: true", "aggregates.yaml:11:72",
     "it is called \"distinct_days\" now"},
    {"imports.yaml", "required: true}", "required: true, also: home.head}", "imports.yaml:7:59",
     "it is called \"also_to\" now"},
    {"ledgers.yaml", NULL,
     "- {name: homes, title: {zh: 户, en: Homes}, rows: hom, columns: [{what: head}]}",
     "ledgers.yaml:1:50", "no such kind or event"},
    {"ledgers.yaml", NULL,
     "- name: homes\n  title: {zh: 户, en: Homes}\n  rows: home\n  columns:\n    - {what: head}\n  "
     "  - "
     "{what: heed}\n",
     "ledgers.yaml:6:14", "There is no field or variable \"heed\""},
    {"ledgers.yaml", NULL,
     "- name: homes\n  title: {zh: 户, en: Homes}\n  rows: home\n  columns: [{what: head, shows: "
     "area}]\n",
     "ledgers.yaml:4:13", "one of what, shows, form and counts"},
#define PRINT(of, block)                                                                           \
  "- name: sheet\n  title: {zh: 表, en: Sheet}\n  of: " of "\n  blocks:\n    - text: x\n" block
    {"prints.yaml", NULL, PRINT("hom", ""), "prints.yaml:3:7", "of names a kind"},
    {"prints.yaml", NULL, PRINT("home", "    - texts: x\n"), "prints.yaml:6:7",
     "one of heading, text"},
    {"prints.yaml", NULL, PRINT("home", "    - text: x\n      sise: 3\n"), "prints.yaml:6:7",
     "There is no \"sise\" here"},
    {"prints.yaml", NULL, PRINT("home", "    - text: x\n      size: 300\n"), "prints.yaml:6:7",
     "a number from 5 to 72"},
    {"prints.yaml", NULL, PRINT("home", "    - text: \"of {heed}\"\n"), "prints.yaml:6:13",
     "There is no field or variable \"heed\""},
    {"prints.yaml", NULL, PRINT("home", "    - text: \"of {head\"\n"), "prints.yaml:6:13",
     "A brace is not closed"},
    {"prints.yaml", NULL, PRINT("home", "    - text: \"{@heed}\"\n"), "prints.yaml:6:13",
     "There is no such column"},
    {"prints.yaml", NULL, PRINT("home", "    - text: x\n      when: size(phone) > 3\n"),
     "prints.yaml:6:7", "is masked, so nothing is computed"},
    {"prints.yaml", NULL, PRINT("home", "    - fields:\n        - [{what: head}, {what: heed}]\n"),
     "prints.yaml:7:26", "There is no field or variable \"heed\""},
    {"prints.yaml", NULL,
     PRINT("home", "    - table:\n        rows: member\n        columns: [{what: persn}]\n"),
     "prints.yaml:8:26", "There is no field or variable \"persn\""},
    {"prints.yaml", NULL, PRINT("home", "    - ticks: head\n"), "prints.yaml:6:7",
     "names a field with choices"},
    {"prints.yaml", NULL, PRINT("home", "    - photos: head\n"), "prints.yaml:6:7",
     "names a field that holds them"},
    {"prints.yaml", NULL, PRINT("area", ""), "prints.yaml:1:3", "has a table at least"},
    {"prints.yaml", NULL, PRINT("area", "    - text: \"{head}\"\n"), "prints.yaml:6:13",
     "has no fields of its own"},
    {"kinds/home.yaml", "label: head", "label: haed", "kinds/home.yaml:4:8",
     "is none of the fields; did you"},
    {"kinds/home.yaml", "key: code", "key: income", "kinds/home.yaml:3:6",
     "needs a field of the type text;"},
    {"kinds/home.yaml", "list: [head, code]", "list: [head, cod]", "kinds/home.yaml:5:14",
     "is none of the fields; did you"},
    {"kinds/home.yaml", "list: [head, code]", "list: head", "kinds/home.yaml:5:7",
     "should be a list: [a, b], or one"},
    {"kinds/home.yaml", "name: income", "name: area", "kinds/home.yaml:15:12",
     "means something else in"},
    {"kinds/home.yaml", "name: income", "name: code", "kinds/home.yaml:15:12",
     "is taken already; take another"},
    {"kinds/home.yaml", "type: money", "type: mony", "kinds/home.yaml:15:57",
     "one of: text int money rate number"},
    {"kinds/home.yaml", "required: true}", "required: yes}", "kinds/home.yaml:7:76",
     "should be true or false"},
    {"kinds/home.yaml", "code: general", "code: lifted", "kinds/home.yaml:14:16",
     "already; an import could not tell"},
    {"kinds/home.yaml", "zh: 一般户", "zh: 脱贫不享受政策户", "kinds/home.yaml:14:32",
     "already; an import could not tell"},
    {"kinds/home.yaml", "code: general", "code: 一般", "kinds/home.yaml:14:16",
     "A choice's code has letters,"},
    {"kinds/home.yaml", "max: 30", "max: 0", "kinds/home.yaml:16:72", "check them"},
    {"kinds/home.yaml", "max: 30", "max: many", "kinds/home.yaml:16:72",
     "Here should be a whole number"},
    {"kinds/home.yaml", "min: 2014-01-01", "min: 2014-02-30", "kinds/home.yaml:20:66",
     "Here should be a date such as"},
    {"kinds/home.yaml", "type: money, min: 0", "type: money, min: 0.005", "kinds/home.yaml:15:69",
     "Here should be an amount in yuan"},
    {"kinds/home.yaml", "type: money, min: 0", "type: money, format: phone",
     "kinds/home.yaml:15:72", "change the type or remove it"},
    {"kinds/home.yaml", "type: text, max: 32", "type: text, format: zone, privacy: masked",
     "kinds/home.yaml:7:3", "the zone says who sees it"},
    {"kinds/home.yaml", "type: text, max: 32", "type: text, format: zone, sealed: true",
     "kinds/home.yaml:7:3", "the zone says who sees it"},
    {"kinds/home.yaml", "label: head", "label: head\nalike: [head, phone]", "kinds/home.yaml:5:8",
     "compared in the database"},
    {"kinds/member.yaml", "type: text, required: true", "type: text, format: zone",
     "kinds/member.yaml:9:3", "only a kind without parent"},
    {"events/visit.yaml", "type: text", "type: text, format: zone", "events/visit.yaml:7:67",
     "has a \"fact\""},
    {"kinds/home.yaml", "type: money, min: 0", "type: money, values: []", "kinds/home.yaml:15:72",
     "Only the types choice and choices"},
    {"kinds/home.yaml", "type: money, min: 0", "type: money, fact: size", "kinds/home.yaml:15:70",
     "A kind's own field has no"},
    {"kinds/home.yaml", "check: size >= 1", "check: sise >= 1", "kinds/home.yaml:16:83",
     "There is no field or variable"},
    {"kinds/home.yaml", "check: size >= 1", "check: size + 1", "kinds/home.yaml:16:88",
     "bool is needed here, but the"},
    {"kinds/home.yaml", "check: size >= 1", "check: p.flow.days > 1", "kinds/home.yaml:16:90",
     "There is no field or variable"},
    {"kinds/home.yaml", "key: code", "parent: member\nplural: homes\nkey: code",
     "kinds/home.yaml:3:9", "has a parent itself; there are"},
    {"kinds/home.yaml", "key: code", "plural: homes\nkey: code", "kinds/home.yaml:3:9",
     "A kind without"},
    {"kinds/member.yaml", "plural: members\n", "", "kinds/member.yaml:1:1", "is missing; add it"},
    {"kinds/member.yaml", "plural: members", "plural: income", "kinds/member.yaml:4:9",
     "has another meaning here already"},
    {"kinds/member.yaml", "parent: home", "parent: hmoe", "kinds/member.yaml:3:9",
     "is none of the kinds; did you mean"},
    {"kinds/member.yaml", "name: member\n", "name: home\n", "kinds/member.yaml:1:7",
     "is taken already; take another"},
    {"events/visit.yaml", "who: [clerk]", "who: [clark]", "events/visit.yaml:4:7",
     "is none of the roles; did you mean"},
    {"events/visit.yaml", "who: [clerk]", "who: []", "events/visit.yaml:4:6",
     "is empty; give at least one"},
    {"events/visit.yaml", "about: home", "about: house", "events/visit.yaml:3:8",
     "is none of the kinds; did you mean"},
    {"events/visit.yaml", "fact: grade", "fact: grad", "events/visit.yaml:8:74",
     "is none of the fields of the"},
    {"events/visit.yaml", "fact: grade", "fact: type", "events/visit.yaml:8:74",
     "differ in type or choices; make"},
    {"events/visit.yaml", "name: visit", "name: home", "events/visit.yaml:1:7",
     "is the name of a kind; give the"},
    {"events/bill.yaml", ", message: {zh: 自付要大于零。, en: More than zero.}", "",
     "events/bill.yaml:6:5", "is missing; add it"},
    {"events/bill.yaml", "paid > yuan(0)", "paid > 0", "events/bill.yaml:7:18",
     "cannot be used on money and int."},
    {"events/bill.yaml", "  - {name: inpatient", "\t- {name: inpatient", "events/bill.yaml:8:1",
     "Nothing can start with this"},
    {"parameters/monitor/line.yaml", "{type: money, reference: 总文}", "{type: money}",
     "parameters/monitor/line.yaml:5:15", "This value has no source; name"},
    {"parameters/monitor/line.yaml", "type: money", "type: yuan",
     "parameters/monitor/line.yaml:2:18", "one of: money rate number int bool"},
    {"parameters/monitor/line.yaml", "value: 6000", "value: 6000.123",
     "parameters/monitor/line.yaml:5:23", "Here should be an amount in yuan"},
    {"parameters/monitor/line.yaml", "{value: 6000}", "6000", "parameters/monitor/line.yaml:5:15",
     "Write {value: …} here"},
    {"parameters/monitor/line.yaml", "2021-01-01:", "2021:", "parameters/monitor/line.yaml:5:3",
     "is not a date; write it like"},
    {"parameters/monitor/line.yaml",
     "values:", "values: {}\nkeys:", "parameters/monitor/line.yaml:1:1", "Give only one of"},
    {"parameters/medical/rate.yaml", "value: 0.95", "value: 0.123456789",
     "parameters/medical/rate.yaml:4:67", "Here should be a rate with at"},
    {"parameters/medical/rate.yaml", "level1: {values", "level1: {valuse",
     "parameters/medical/rate.yaml:4:12", "here; did you mean"},
    {"parameters/medical/scale.yaml", "rate: {2020-01-01: {value: 0.7}}",
     "amount: {2020-01-01: {value: 7}}", "parameters/medical/scale.yaml:5:5",
     "Each bracket has a threshold and"},
    {"parameters/medical/scale.yaml", "value: 10000", "value: 0",
     "parameters/medical/scale.yaml:4:3", "From 2020-01-01 on two brackets"},
    {"parameters/medical/scale.yaml", "type: money", "type: bool",
     "parameters/medical/scale.yaml:4:3", "The type of a scale is that of"},
    {"aggregates.yaml", "over: bill\n", "over: bil\n", "aggregates.yaml:4:9",
     "is none of the events; did you"},
    {"aggregates.yaml", "of: member, over: bill, max", "of: member, over: visit, max",
     "aggregates.yaml:13:67", "or its children; check"},
    {"aggregates.yaml", "sum: paid", "sum: inpatient", "aggregates.yaml:6:8",
     "takes whole numbers, decimals, money, rates only"},
    {"aggregates.yaml", "sum: paid", "sum: payed", "aggregates.yaml:6:8",
     "There is no field or variable"},
    {"aggregates.yaml", "max: paid", "max: inpatient", "aggregates.yaml:13:78",
     "takes whole numbers, decimals, money, rates and dates"},
    {"aggregates.yaml", "  sum: paid\n", "", "aggregates.yaml:1:3", "Give one of count, sum, mean"},
    {"aggregates.yaml", "count: true,", "count: yes,", "aggregates.yaml:8:79",
     "a condition belongs in"},
    {"aggregates.yaml", "months: 12", "months: 0", "aggregates.yaml:7:20",
     "should be a whole number from 1"},
    {"aggregates.yaml", "months: 12", "month: 12", "aggregates.yaml:7:12", "here; did you mean"},
    {"aggregates.yaml", "calendar: year", "calendar: week", "aggregates.yaml:9:23",
     "one of: month year"},
    {"aggregates.yaml", "where: paid > yuan(1)", "where: paid", "aggregates.yaml:5:10",
     "bool is needed here, but the"},
    {"aggregates.yaml", "name: visits,", "name: income,", "aggregates.yaml:8:10",
     "has another meaning here already"},
    {"aggregates.yaml", "name: visits,", "name: paid_12m,", "aggregates.yaml:8:10",
     "is taken already; take another"},
    {"variables.yaml", "2014-01-01: income", "2014-01-01: size", "variables.yaml:10:17",
     "This formula gives int, the one"},
    {"variables.yaml", "2014-01-01: income", "2014-01-01: \"poor ? income : income\"",
     "variables.yaml:10:17", "Variables use each other in a"},
    {"variables.yaml", "2014-01-01:", "2014:", "variables.yaml:10:5",
     "is not a date; write it like"},
    {"variables.yaml", "formula: income_pc <", "formula: incom_pc <", "variables.yaml:4:12",
     "There is no field or variable"},
    {"variables.yaml", "member.sick ? paid", "poor ? paid", "variables.yaml:13:80",
     "There is no field or variable"},
    {"variables.yaml", "member.sick ? paid", "big_bill ? paid", "variables.yaml:13:79",
     "Variables use each other in a"},
    {"variables.yaml", "of: bill, formula: sick", "of: bil, formula: sick", "variables.yaml:12:50",
     "did you mean \"bill\""},
    {"variables.yaml", "formula: income_pc < p.monitor.line",
     "formula: |\n    income_pc <\n      p.monitor.lime", "variables.yaml:6:17",
     "There is no field or variable"},
    {"variables.yaml", "formula: income_pc < p.monitor.line",
     "formula: \"income_pc <\\n p.monitor.lime\"", "variables.yaml:4:12 line 2 column 12",
     "There is no field or variable"},
    {"variables.yaml", "formula: income_pc < p.monitor.line", "form: 1", "variables.yaml:4:3",
     "There is no item"},
    {"variables.yaml", "name: poor", "name: visits", "variables.yaml:1:9",
     "has another meaning here already"},
    {"variables.yaml", "name: poor", "name: income_pc", "variables.yaml:5:9",
     "is taken already; take another"},
    {"rules.yaml", "colour: red", "colour: pink", "rules.yaml:6:11", "one of: green yellow red"},
    {"rules.yaml", "opens_process: watch\n", "opens_process: wach\n", "rules.yaml:8:18",
     "No workflow (workflow.yaml) of"},
    {"rules.yaml", "from: 2021-01-01", "from: 2021-01-01\n  to: 2020-01-01", "rules.yaml:5:7",
     "check the dates"},
    {"rules.yaml", "from: 2021-01-01", "from: 2021-1-1", "rules.yaml:4:9",
     "should be a date such as"},
    {"rules.yaml", "when: paid_12m >", "when: paid_12 >", "rules.yaml:5:9",
     "There is no field or variable"},
    {"rules.yaml", "when: paid_12m >", "when: 3 + paid_12m >", "rules.yaml:5:11",
     "cannot be used on int and money."},
    {"rules.yaml", "when: paid_12m >", "when: (paid_12m + paid_12m).orElse(yuan(0)) >",
     "rules.yaml:5:31", "orElse or known of an expression"},
    {"rules.yaml", "超过{p.monitor.line}", "超过{p.monitor.lin}", "rules.yaml:7:44",
     "There is no field or variable"},
    {"rules.yaml", "超过{p.monitor.line}", "超过{p.monitor.line", "rules.yaml:7:17",
     "in the sentence has no"},
    {"rules.yaml", "  when: paid_12m > p.monitor.line\n", "", "rules.yaml:1:3",
     "is missing; add it"},
    {"rules.yaml", "name: sick_member", "name: dear_illness", "rules.yaml:9:10",
     "is taken already; take another"},
    {"workflow.yaml", "      to: helped\n",
     "      to: helped\n      sets: {income: {value: yuan(1), frozen: true}}\n",
     "workflow.yaml:17:13", "What a step sets stays as it was anyway; remove"},
    {"workflow.yaml", "start: clue", "start: clues", "workflow.yaml:6:10",
     "is none of the states; did you"},
    {"workflow.yaml", "start: clue", "start: gone", "workflow.yaml:6:10",
     "A workflow cannot start at a"},
    {"workflow.yaml", "of: home", "of: member", "workflow.yaml:4:7",
     "Cases belong to subjects without"},
    {"workflow.yaml", "from: [helped], to: gone", "from: [halped], to: gone", "workflow.yaml:23:56",
     "is none of the states; did you"},
    {"workflow.yaml", "from: [clue], to: rejected", "from: [clue, clue], to: rejected",
     "workflow.yaml:22:64", "stands here twice; remove one"},
    {"workflow.yaml", "from: [clue], to: rejected", "from: [clue], to: gone", "workflow.yaml:11:7",
     "add one, or remove the state"},
    {"workflow.yaml", "from: [helped], to: gone", "from: [clue], to: gone", "workflow.yaml:9:7",
     "add a step, or say closed: true"},
    {"workflow.yaml", "closed: true, relapse: clue", "closed: true, relapse: rejected",
     "workflow.yaml:10:72", "A relapse cannot go to the closed"},
    {"workflow.yaml", "limit: {calendar_days: 3}", "limit: {calendar_days: 3}, relapse: clue",
     "workflow.yaml:8:83", "Only a closed state (closed:"},
    {"workflow.yaml", "limit: {calendar_days: 3}", "limit: {days: 3}", "workflow.yaml:8:55",
     "There is no item"},
    {"workflow.yaml", "limit: {calendar_days: 3}", "limit: {calendar_days: soon}",
     "workflow.yaml:8:70", "There is no field or variable"},
    {"workflow.yaml", "case.state == \"clue\"", "case.state == \"clew\"", "workflow.yaml:20:47",
     "is not one of the choices. Did"},
    {"workflow.yaml", "form.people >= 2", "form.peeple >= 2", "workflow.yaml:20:18",
     "Did you mean"},
    {"workflow.yaml",
     "      otherwise_message: {zh: 核实须两人以上。, en: At least two people verify.}\n", "",
     "workflow.yaml:13:7", "is missing; add it"},
    {"workflow.yaml", "min: 1, required: true", "min: 1, check: people > 1", "workflow.yaml:19:81",
     "A field here has no"},
    {"workflow.yaml", "to: helped", "to: help", "workflow.yaml:16:11",
     "is none of the states; did you"},
    {"workflow.yaml", "name: close", "name: reject", "workflow.yaml:23:14",
     "is taken already; take another"},
    {"kinds/home.yaml", "type: money, min: 0}", "type: money, min: 0, typed: true}",
     "kinds/home.yaml:15:79", "so it may be typed anyway"},
    {"kinds/home.yaml", "type: rate, min: 0, max: 1}", "type: rate, min: 0, initial: a}",
     "kinds/home.yaml:19:76", "the code of one of this field's choices"},
    {"kinds/home.yaml", "title: {zh: 住房等级, en: grade}, type: choice,",
     "title: {zh: 住房等级, en: grade}, type: choice, required: true,", "kinds/home.yaml:22:73",
     "so it cannot be required"},
    {"workflow.yaml", "min: 1, required: true", "min: 1, required: true, typed: true",
     "workflow.yaml:19:97", "Only a kind's own field"},
    {"measures.yaml", "amount: p.monitor.line * form.covered", "amount: form.covered",
     "measures.yaml:8:16", "money is needed here, but the"},
    {"measures.yaml", "per: month", "per: week", "measures.yaml:9:8", "one of: once month year"},
    {"measures.yaml", "approve: [chief]", "approve: [boss]", "measures.yaml:13:13",
     "is none of the roles; check it"},
    {"measures.yaml", "  propose: [clerk]\n", "", "measures.yaml:1:3", "is missing; add it"},
    {"measures.yaml", "form.covered <= size", "form.covered <= income", "measures.yaml:10:22",
     "cannot be used on int and money."},
    {"imports.yaml", "to: home.code", "to: home.kode", "imports.yaml:7:32", "did you mean"},
    {"imports.yaml", "to: home.code", "to: visit.found", "imports.yaml:7:32",
     "is neither the row nor the parent"},
    {"imports.yaml", "to: home.code", "to: code", "imports.yaml:7:32",
     "as kind.field, such as member.name"},
    {"imports.yaml", "header: [户主]", "header: [户编码]", "imports.yaml:8:16",
     "stands for another column"},
    {"imports.yaml", "  parent: home\n", "", "imports.yaml:1:3", "(remove it when there is none)"},
    {"imports.yaml", ", village: [村, 行政村]", "", "imports.yaml:5:9",
     "Say which column holds the"},
    {"imports.yaml", "    - {header: [证件号码], to: member.identity}\n", "", "imports.yaml:1:3",
     "by which an import finds the"},
    {"imports.yaml", "to: home.head", "to: home.code", "imports.yaml:8:26",
     "This field has a column already;"},
    {"imports.yaml", "- name: roster", "name: roster", "imports.yaml:2:8",
     "A colon is not expected here:"},
    {"imports.yaml", "ignore: [序号]", "ignore: [序号, 村]", "imports.yaml:11:11",
     "stands for another column"},
    /* references, ends, payments, what came before, whose step, lists of events */
    {"kinds/home.yaml", "type: text, long: true", "type: text, of: hoem", "kinds/home.yaml:21:61",
     "is none of the kinds"},
    {"kinds/home.yaml", "type: text, long: true", "type: text, of: member", "kinds/home.yaml:21:61",
     "names a kind without a parent and with"},
    {"kinds/home.yaml", "type: money, min: 0", "type: money, of: home", "kinds/home.yaml:15:68",
     "Only the type text can have"},
    {"kinds/home.yaml", "key: code\n", "key: code\nend_date_field: head\n", "kinds/home.yaml:4:17",
     "needs a field of the type date"},
    {"events/visit.yaml", "about: home\n", "about: home\nunique_key: {value: found}\n",
     "events/visit.yaml:4:13", "is missing; add it"},
    {"events/visit.yaml", "about: home\n",
     "about: home\npayment: {amount: yuan(1), fund: found, budget: income}\n",
     "events/visit.yaml:4:34", "needs \"of\": the kind of funds"},
    {"events/bill.yaml", "about: member\n",
     "about: member\nunique_key: {value: paid, message: 一次}\n", "events/bill.yaml:4:21",
     "string"},
    {"variables/more.yaml", NULL,
     "- {name: earlier_x, title: a, of: home, earlier: {sum: income}}\n",
     "variables/more.yaml:1:50", "Only variables of events have"},
    {"variables/more.yaml", NULL, "- {name: earlier_x, title: a, of: bill, earlier: {}}\n",
     "variables/more.yaml:1:50", "Give either sum or count"},
    {"variables/more.yaml", NULL,
     "- {name: earlier_x, title: a, of: bill, earlier: {sum: inpatient}}\n",
     "variables/more.yaml:1:56", "money"},
    {"imports/more.yaml", NULL,
     "- {name: bills, title: a, row: bill, find: member, columns: [{header: [身份证], to: "
     "member.identity}, {header: [自付], to: bill.paid}]}\n",
     "imports/more.yaml:1:3", "No column is the day"},
    {"imports/more.yaml", NULL,
     "- {name: bills, title: a, row: bill, find: member, columns: [{header: [日期], to: on}]}\n",
     "imports/more.yaml:1:3", "by which an import finds"},
    {"imports/more.yaml", NULL,
     "- {name: bills, title: a, row: bill, find: home, columns: [{header: [日期], to: on}]}\n",
     "imports/more.yaml:1:44", "is the kind this event is about"},
    /* conditions, duties, forms that ask sometimes, summaries, lists that correct */
    {"conditions.yaml", NULL, "- {name: cold, title: a, over: visti}\n", "conditions.yaml:1:32",
     "\"visti\" is none of the kinds of events; did you mean \"visit\""},
    {"conditions.yaml", NULL, "- {name: cold, title: a, over: visit, covers: moon}\n",
     "conditions.yaml:1:47", "\"covers\" cannot be \"moon\"; one of: subject village town coun"},
    {"conditions.yaml", NULL,
     "- {name: cold, title: a, over: visit, when: home.income > yuan(1)}\n", "conditions.yaml:1:45",
     "Only the fields of \"visit\" itself, on and parameters can be "},
    {"conditions.yaml", NULL, "- {name: cold, title: a, over: visit, until: found}\n",
     "conditions.yaml:1:46", "The type or format of \"found\" does not fit here."},
    {"duties.yaml", NULL,
     "- {name: d, title: a, of: member, counted_event: visit, who: [clerk], each: officer, period: "
     "day, "
     "at_least: 1}\n",
     "duties.yaml:1:27", "A duty is about a kind without a parent."},
    {"duties.yaml", NULL,
     "- {name: d, title: a, of: home, counted_event: visit, who: [clerk], each: officer, period: "
     "day}\n",
     "duties.yaml:1:3", "Give one of at_least (of each subject), distinct_subjects (h"},
    {"duties.yaml", NULL,
     "- {name: d, title: a, of: home, counted_event: visit, who: [clerk], each: officer, period: "
     "day, at_least: "
     "1, distinct_subjects: 2}\n",
     "duties.yaml:1:129", "Give one demand only."},
    {"duties.yaml", NULL,
     "- {name: d, title: a, of: home, counted_event: visit, who: [clerk], each: street, period: "
     "day, at_least: "
     "1}\n",
     "duties.yaml:1:75", "\"each\" cannot be \"street\"; one of: officer village town coun"},
    {"duties.yaml", NULL,
     "- {name: d, title: a, of: home, counted_event: visit, who: [clerk], each: officer, period: "
     "hour, at_least: "
     "1}\n",
     "duties.yaml:1:92", "\"period\" cannot be \"hour\"; one of: day week month quarter ye"},
    {"duties.yaml", NULL,
     "- {name: d, title: a, of: home, counted_event: visit, who: [clerk], each: officer, period: "
     "day, "
     "distinct_subjects: size}\n",
     "duties.yaml:1:116", "\"size\" is a function; write size(…)."},
    {"duties.yaml", NULL,
     "- {name: d, title: a, of: home, counted_event: visit, who: [clerk], each: officer, period: "
     "day, at_least: "
     "1, excused_by: [cold]}\n",
     "duties.yaml:1:123", "\"cold\" is none of the conditions; check it."},
    {"duties.yaml", NULL,
     "- {name: d, title: a, of: home, counted_event: visit, who: [clerk], each: officer, period: "
     "day, at_least: "
     "1, parts: found}\n",
     "duties.yaml:1:117", "The type or format of \"found\" does not fit here."},
    {"duties.yaml", NULL,
     "- {name: d, title: a, of: home, counted_event: visit, who: [clerk], each: officer, period: "
     "day, at_least: "
     "1, spacing: {minutes: 5}}\n",
     "duties.yaml:1:119",
     "Spacing is told by the time; write time: optional or required in the event"},
    {"events/visit.yaml", "about: home\n", "about: home\ntime: sometimes\n",
     "events/visit.yaml:4:7", "\"time\" cannot be \"sometimes\"; one of: required optional"},
    {"imports/more.yaml", NULL,
     "- {name: visits, title: a, row: visit, columns: [{header: [日期], to: on, time: instant}]}\n",
     "imports/more.yaml:1:79",
     "The event \"visit\" has no time; write time: optional or required in its file."},
    {"duties.yaml", NULL,
     "- {name: d, title: a, of: home, counted_event: visit, who: [boss], each: officer, period: "
     "day, at_least: "
     "1}\n",
     "duties.yaml:1:61", "\"boss\" is none of the roles; check it."},
    {"kinds/home.yaml", "type: money, min: 0", "type: money, applies_when: visits > 2, min: 0",
     "kinds/home.yaml:15:78", "\"applies_when\" reads the fields of the same form, the subjec"},
    {"kinds/home.yaml", "type: money, min: 0", "type: money, serial: \"{n}\", min: 0",
     "kinds/home.yaml:15:72", "\"serial\" is for text fields of events and steps."},
    {"events/visit.yaml", "en: found}, type: text}", "en: found}, type: text, counted_in: d}",
     "events/visit.yaml:7:71", "\"counted_in\" is for a bool field of an event"},
    {"events/visit.yaml", "en: found}, type: text}",
     "en: found}, type: text}\n  - {name: counts, title: a, type: bool, counted_in: none}",
     "events/visit.yaml:7:3", "\"counted_in\" of \"counts\" names a duty"},
    {"kinds/home.yaml", "type: money, min: 0", "type: money, empty_title: a, min: 0",
     "kinds/home.yaml:15:77", "Only the type choices has \"empty_title\"; remove it."},
    {"events/visit.yaml", "about: home\n", "about: home\nsets: {incme: yuan(1)}\n",
     "events/visit.yaml:4:8", "\"incme\" is none of the fields; did you mean \"income\"?"},
    {"events/visit.yaml", "about: home\n", "about: home\nsets: {income: 1}\n",
     "events/visit.yaml:4:16", "money is needed here, but the result is int. Write an amount"},
    {"events/sum.yaml", NULL,
     "name: sum_day\ntitle: a\nabout: home\nsummary_of: {over: bill, per: day}\nfields: [{name: n, "
     "title: a, type: int, value: {count: true}}]\n",
     "events/sum.yaml:4:20", "\"bill\" is about another kind."},
    {"events/sum.yaml", NULL,
     "name: sum_day\ntitle: a\nabout: home\nsummary_of: {over: visit, per: day}\nfields: [{name: "
     "n, "
     "title: a, type: int}]\n",
     "events/sum.yaml:5:10", "\"value\" is missing; add it."},
    {"events/sum.yaml", NULL,
     "name: sum_day\ntitle: a\nabout: home\nsummary_of: {over: sum_day, per: day}\nfields: [{name: "
     "n, "
     "title: a, type: int, value: {sum: n}}]\n",
     "events/sum.yaml:4:13", "\"sum_day\" is made of itself in a circle; change it."},
    {"events/sum.yaml", NULL,
     "name: sum_day\ntitle: a\nabout: home\nsummary_of: {over: visit, per: day}\nfields: [{name: "
     "n, "
     "title: a, type: money, value: {count: true}}]\n",
     "events/sum.yaml:5:10", "What counts is a field of the type int."},
    {"imports/more.yaml", NULL,
     "- {name: bills, title: a, row: bill, find: member, replaces: [nothing], columns: [{header: "
     "[身份证], to: member.identity}, {header: [日期], to: on}]}\n",
     "imports/more.yaml:1:63", "\"nothing\" is none of the fields; check it."},
    {"imports/more.yaml", NULL,
     "- {name: bills, title: a, row: bill, find: member, columns: [{header: [身份证], to: "
     "member.identity, time: instant}, {header: [日期], to: on}]}\n",
     "imports/more.yaml:1:105", "\"time\" goes with \"to: on\"."},
    {"kinds/home.yaml", "type: text, long: true", "type: choice, values: towns",
     "kinds/home.yaml:21:67", "There is no list lists/towns.yaml; check its name."},
    {"events/sum.yaml", NULL,
     "name: sum_day\ntitle: a\nabout: home\nwho: [clerk]\nfields: [{name: n, title: a, type: int, "
     "value: {count: true}}]\n",
     "events/sum.yaml:5:48", "Only an event with"},
    {"dutys.yaml", NULL, "[]\n", "dutys.yaml:1:1", "A pack has no such file; check"},
    {"rules.yaml", "  when: paid_12m >", "  let: {size: '1'}\n  when: paid_12m >", "rules.yaml:5:9",
     "has another meaning here already"},
    {"rules.yaml", "  when: paid_12m >", "  let: {limit: p.monitor.lime}\n  when: paid_12m >",
     "rules.yaml:5:26", "There is no field or variable"},
    {"rules.yaml", "  when: paid_12m > p.monitor.line",
     "  let: {limit: p.monitor.line}\n  when: paid_12m > limt", "rules.yaml:6:20",
     "Did you mean \"limit\"?"},
    {"rules.yaml", "  when: paid_12m > p.monitor.line",
     "  let: {limit: size}\n  when: paid_12m > limit", "rules.yaml:6:18",
     "\">\" cannot be used on money and int. Write an amount of mone"},
    {"rules.yaml", "  when: paid_12m > p.monitor.line",
     "  let: {many: size}\n  when: paid_12m > many", "rules.yaml:6:18", "cannot be used on"},
    {"rules.yaml", "超过{p.monitor.line}", "超过{limit}", "rules.yaml:7:34",
     "There is no field or variable"},
    {"rules.yaml", "  when: paid_12m > p.monitor.line",
     "  let: {m: size + 1}\n  when: members.exists(m, m.sick)", "rules.yaml:6:9",
     "A simple name is needed here"},
    {"rules.yaml", "  when: paid_12m > p.monitor.line",
     "  let: [size]\n  when: paid_12m > p.monitor.line", "rules.yaml:5:8",
     "Here should be \"name: content\" pairs"},
    {"rules.yaml", "  when: paid_12m > p.monitor.line",
     "  when: paid_12m.ifAbsent(yuan(0)) > p.monitor.line", "rules.yaml:5:18",
     "\"ifAbsent\" is called \"orElse\" now"},
    {"variables.yaml", "  formula: income_pc <", "  needs: [size, visitz]\n  formula: income_pc <",
     "variables.yaml:4:17", "Did you mean \"visits\"?"},
    {"variables.yaml", "  formula: income_pc <", "  needs: size\n  formula: income_pc <",
     "variables.yaml:4:10", "should be a list: [a, b]"},
    {"variables.yaml", "  formula: income_pc <", "  needs: [poor]\n  formula: income_pc <",
     "variables.yaml:4:11", "Variables use each other in a"},
    {"variables.yaml", "formula: sick_bill > p.monitor.line && home.size > 1",
     "needs: [paid], earlier: {count: true}", "variables.yaml:12:63",
     "\"earlier\" has no \"needs\""},
    {"variables.yaml", "of: bill, formula: sick", "of: [bill, home], formula: sick",
     "variables.yaml:12:73", "There is no field or variable"},
    {"variables.yaml", "of: bill, formula: sick", "of: [bill, bil], formula: sick",
     "variables.yaml:12:57", "is none of the kinds and events"},
    {"variables.yaml", "of: bill, formula: sick", "of: [bill, bill], formula: sick",
     "variables.yaml:12:10", "is taken already"},
    {"variables.yaml", "of: bill, formula: sick", "of: [], formula: sick", "variables.yaml:12:50",
     "is empty; give at least one"},
    {"indicators/more.yaml", NULL,
     "- {name: i, title: a, definition: b, of: home, needs: [size], count: true}\n",
     "indicators/more.yaml:1:55", "\"needs\" goes with sum, share"},
    {"indicators/more.yaml", NULL,
     "- {name: i, title: a, definition: b, of: home, needs: [siez], sum: size}\n",
     "indicators/more.yaml:1:56", "There is no field or variable"},
    {"indicators/more.yaml", NULL,
     "- {name: i, title: a, definition: b, of: visit, duration: {from: [], to: [], days: "
     "natural}}\n",
     "indicators/more.yaml:1:59", "is a kind of subjects, not of events"},
    {"indicators/more.yaml", NULL,
     "- {name: i, title: a, definition: b, of: home, duration: {from: [{event: vist}],\n"
     "   to: [{event: visit}], days: natural}}\n",
     "indicators/more.yaml:1:74", "is none of the kinds of events; did"},
    {"indicators/more.yaml", NULL,
     "- {name: i, title: a, definition: b, of: home, duration: {from: [{event: visit}],\n"
     "   to: [{where: 'size > 1'}], days: natural}}\n",
     "indicators/more.yaml:2:9", "\"day\" is missing; add it"},
    {"indicators/more.yaml", NULL,
     "- {name: i, title: a, definition: b, of: home, duration: {from: [{event: visit}],\n"
     "   to: [{event: visit}], days: natural, limit: p.monitor.line}}\n",
     "indicators/more.yaml:2:48", "one whole number of days"},
    {"kinds/old/home.yaml", NULL, "name: x\n", "kinds/old/home.yaml:1:1",
     "A pack has no such file; check"},
    {"parameters/flow.yaml", NULL, "description: x\nmetadata: {type: int}\n",
     "parameters/flow.yaml:1:1", "is a parameter and a group of"},
    {"parameters/Flow/days.yaml", NULL, "description: x\nmetadata: {type: int}\n",
     "parameters/Flow/days.yaml:1:1", "cannot be part of a parameter's"},
    {"tests/a.yaml", NULL, "- [\n", "tests/a.yaml:2:1", "This is not YAML (did not find"},
};

static pack *load_changed(const faulty *c, buf *body, faults *f) {
  pack_file files[MINI_FILES + 1];
  size_t count = MINI_FILES;
  memcpy(files, mini_pack, sizeof mini_pack);
  if (!c->old) files[count++] = (pack_file){c->file, text_of(c->new)};
  for (size_t i = 0; c->old && i < MINI_FILES; i++) {
    if (strcmp(files[i].path, c->file) != 0) continue;
    const char *at = strstr(files[i].body.at, c->old);
    if (!at) fail_msg("%s does not hold \"%s\"", c->file, c->old);
    buf_add(body, files[i].body.at, (size_t)(at - files[i].body.at));
    buf_str(body, c->new);
    buf_str(body, at + strlen(c->old));
    files[i].body = buf_view(body);
  }
  return pack_from_files(files, count, NULL, 0, f);
}

static void names_every_fault(void **state) {
  size_t wrong = 0;
  (void)state;
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    AUTO_BUF buf body = {0};
    faults f = {0};
    pack *p = load_changed(&table[i], &body, &f);
    if (p || f.count == 0) fail_msg("%s: \"%s\" loads", table[i].file, table[i].new);
    const err *first = &f.items[0];
    if (strcmp(first->where, table[i].where) != 0 || !strstr(first->en, table[i].says)) {
      print_error("expected %s \"%s\", found %s \"%s\"\n", table[i].where, table[i].says,
                  first->where, first->en);
      wrong++;
    }
    for (size_t k = 0; k < f.count; k++) {
      assert_int_equal(f.items[k].code, ERR_BAD_PACK);
      assert_true(f.items[k].zh[0] && f.items[k].en[0] && f.items[k].where[0]);
      assert_true(text_valid_utf8(text_of(f.items[k].zh)));
    }
    faults_release(&f);
  }
  assert_int_equal(wrong, 0);
}

static bool told(const faults *f, const char *where) {
  for (size_t i = 0; i < f->count; i++)
    if (strcmp(f->items[i].where, where) == 0) return true;
  return false;
}

static void names_all_faults_of_one_run(void **state) {
  (void)state;
  static const char rules[] =
      "- {name: a, title: x, of: home, when: incom > yuan(1), colour: red, message: x}\n"
      "- {name: b, title: x, of: home, when: size, colour: blue, message: \"{siez}\"}\n"
      "- {name: c, of: hut, when: size > 1, colour: red, message: x, note: 1}\n";
  pack_file files[MINI_FILES];
  faults f = {0};
  memcpy(files, mini_pack, sizeof mini_pack);
  for (size_t i = 0; i < MINI_FILES; i++)
    if (strcmp(files[i].path, "rules.yaml") == 0) files[i].body = text_of(rules);
  assert_null(pack_from_files(files, MINI_FILES, NULL, 0, &f));
  assert_true(told(&f, "rules.yaml:1:39"));
  assert_true(told(&f, "rules.yaml:2:39"));
  assert_true(told(&f, "rules.yaml:2:53"));
  assert_true(told(&f, "rules.yaml:2:70"));
  assert_true(told(&f, "rules.yaml:3:3"));
  assert_true(told(&f, "rules.yaml:3:17"));
  assert_true(told(&f, "rules.yaml:3:63"));
  assert_int_equal(f.total, 7);
  faults_release(&f);
}

/* Whatever order the files come in, the order of the faults is one: what others need is read first,
 * NAME.yaml before what lies below NAME/, and that by path. */
static void tells_faults_in_one_order(void **state) {
  (void)state;
  static const char bad[] = "- {name: %c, title: x, of: home, when: siez > 1, colour: red, "
                            "message: x}\n";
  static const char *const places[] = {"kinds/member.yaml:3:9", "rules.yaml:1:39",
                                       "rules/b.yaml:1:39", "rules/c.yaml:1:39"};
  char rules[3][sizeof bad];
  for (int i = 0; i < 3; i++) snprintf(rules[i], sizeof rules[i], bad, 'a' + i);
  for (int turn = 0; turn < 2; turn++) {
    AUTO_BUF buf kinds = {0};
    pack_file files[MINI_FILES + 2];
    size_t count = 0;
    files[count++] = (pack_file){"rules/c.yaml", text_of(rules[2])};
    for (size_t i = 0; i < MINI_FILES; i++) files[count++] = mini_pack[i];
    files[count++] = (pack_file){"rules/b.yaml", text_of(rules[1])};
    for (size_t i = 0; i < count; i++) {
      if (strcmp(files[i].path, "rules.yaml") == 0) files[i].body = text_of(rules[0]);
      if (strcmp(files[i].path, "kinds/member.yaml") != 0) continue;
      const char *at = strstr(files[i].body.at, "parent: home");
      assert_non_null(at);
      buf_add(&kinds, files[i].body.at, (size_t)(at - files[i].body.at));
      buf_str(&kinds, "parent: hmoe");
      buf_str(&kinds, at + strlen("parent: home"));
      files[i].body = buf_view(&kinds);
    }
    for (size_t i = 0; turn && i < count / 2; i++) {
      pack_file other = files[i];
      files[i] = files[count - 1 - i];
      files[count - 1 - i] = other;
    }
    faults f = {0};
    assert_null(pack_from_files(files, count, NULL, 0, &f));
    size_t at = 0;
    for (size_t i = 0; i < f.count && at < sizeof places / sizeof *places; i++)
      at += strcmp(f.items[i].where, places[at]) == 0;
    if (at < sizeof places / sizeof *places) fail_msg("%s is not told in its turn", places[at]);
    assert_string_equal(f.items[0].where, places[0]);
    faults_release(&f);
  }
}

/* A file that is not YAML would make all that uses it look wrong: only it is told. */
static void tells_yaml_faults_alone(void **state) {
  (void)state;
  faulty c = {"kinds/home.yaml", "fields:", "fields: [", NULL, NULL};
  AUTO_BUF buf body = {0};
  faults f = {0};
  assert_null(load_changed(&c, &body, &f));
  assert_int_equal(f.total, 1);
  assert_int_equal(strncmp(f.items[0].where, "kinds/home.yaml:", 16), 0);
  faults_release(&f);
}

static void needs_pack_yaml(void **state) {
  (void)state;
  faults f = {0};
  assert_null(pack_from_files(NULL, 0, NULL, 0, &f));
  assert_int_equal(f.count, 1);
  assert_string_equal(f.items[0].where, "pack.yaml:1:1");
  faults_release(&f);
}

static void refuses_one_path_twice(void **state) {
  (void)state;
  pack_file files[] = {mini_pack[0], mini_pack[0]};
  faults f = {0};
  assert_null(pack_from_files(files, 2, NULL, 0, &f));
  assert_int_equal(f.count, 1);
  assert_non_null(strstr(f.items[0].en, "same path"));
  faults_release(&f);
}

/* A chain of variables as long as the engine can follow loads; one more does not. */
static void bounds_chains_of_variables(void **state) {
  (void)state;
  for (int length = PACK_VARIABLE_CHAIN_MAX; length <= PACK_VARIABLE_CHAIN_MAX + 1; length++) {
    AUTO_BUF buf body = {0};
    buf_str(&body, mini_variables);
    buf_str(&body, "- {name: v1, title: x, of: home, formula: size}\n");
    for (int i = 2; i <= length; i++)
      buf_printf(&body, "- {name: v%d, title: x, of: home, formula: v%d + 1}\n", i, i - 1);
    pack_file files[MINI_FILES];
    faults f = {0};
    memcpy(files, mini_pack, sizeof mini_pack);
    for (size_t i = 0; i < MINI_FILES; i++)
      if (strcmp(files[i].path, "variables.yaml") == 0) files[i].body = buf_view(&body);
    pack *p = pack_from_files(files, MINI_FILES, NULL, 0, &f);
    assert_int_equal(p == NULL, length > PACK_VARIABLE_CHAIN_MAX);
    assert_int_equal(f.count, length > PACK_VARIABLE_CHAIN_MAX);
    pack_free(p);
    faults_release(&f);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_every_fault),
      cmocka_unit_test(names_all_faults_of_one_run),
      cmocka_unit_test(tells_yaml_faults_alone),
      cmocka_unit_test(tells_faults_in_one_order),
      cmocka_unit_test(needs_pack_yaml),
      cmocka_unit_test(refuses_one_path_twice),
      cmocka_unit_test(bounds_chains_of_variables),
  };
  return cmocka_run_group_tests_name("pack", tests, NULL, NULL);
}
