/* The lists as tables. */
#include "http/lists.h"

#define END                                                                                        \
  { .name = NULL }
#define NO_WORD                                                                                    \
  { .code = NULL }

/* ---- words ---- */

static const list_word colours[] = {
    {"green", {"绿", "green"}}, {"yellow", {"黄", "yellow"}}, {"red", {"红", "red"}}, NO_WORD};
static const list_word duty_states[] = {{"nothing", {"没有对象", "nothing to do"}},
                                        {"done", {"完成", "done"}},
                                        {"excused", {"免做", "excused"}},
                                        {"due", {"进行中", "due"}},
                                        {"overdue", {"逾期", "overdue"}},
                                        {"unknown", {"要求未定", "not known"}},
                                        NO_WORD};
static const list_word periods[] = {
    {"day", {"每天", "day"}},           {"week", {"每周", "week"}}, {"month", {"每月", "month"}},
    {"quarter", {"每季度", "quarter"}}, {"year", {"每年", "year"}}, NO_WORD};
static const list_word measure_states[] = {{"proposed", {"待审批", "proposed"}},
                                           {"approved", {"已批准", "approved"}},
                                           {"refused", {"不批准", "refused"}},
                                           {"running", {"落实中", "under way"}},
                                           {"done", {"已落实", "done"}},
                                           {"stopped", {"已停止", "stopped"}},
                                           NO_WORD};
static const list_word import_states[] = {{"checked", {"已检查", "checked"}},
                                          {"applied", {"已导入", "applied"}},
                                          {"undone", {"已撤销", "undone"}},
                                          NO_WORD};
static const list_word amendment_ways[] = {
    {"correction", {"更正", "correction"}}, {"taking_in", {"首次录入", "taking-in"}}, NO_WORD};
static const list_word amendment_states[] = {{"proposed", {"待确认", "proposed"}},
                                             {"confirmed", {"已确认", "confirmed"}},
                                             {"refused", {"已驳回", "refused"}},
                                             {"withdrawn", {"已撤回", "withdrawn"}},
                                             NO_WORD};
static const list_word spell_states[] = {{"overdue", {"未完成，已超时", "open, overdue"}},
                                         {"open", {"未完成", "open"}},
                                         {"late", {"超时完成", "done late"}},
                                         {"done", {"已完成", "done"}},
                                         {"left", {"另行了结", "left"}},
                                         NO_WORD};
static const list_word follow_up_states[] = {{"waiting", {"未到时候", "waiting"}},
                                             {"due", {"待办", "due"}},
                                             {"overdue", {"逾期", "overdue"}},
                                             {"done", {"办结", "done"}},
                                             NO_WORD};
static const list_word verbs[] = {{"county", {"建立区县", "county made"}},
                                  {"pack", {"业务包", "pack"}},
                                  {"calendar", {"放假通知", "holiday notice"}},
                                  {"areas", {"区划", "areas"}},
                                  {"area", {"区划变更", "change of areas"}},
                                  {"officer", {"账号", "account"}},
                                  {"subject", {"登记对象", "record made"}},
                                  {"facts", {"修改", "record changed"}},
                                  {"event", {"登记事项", "event"}},
                                  {"withdraw", {"撤回登记", "event withdrawn"}},
                                  {"move", {"办理一步", "step of a case"}},
                                  {"step_back", {"撤回一步", "step taken back"}},
                                  {"measure", {"措施", "measure"}},
                                  {"import", {"导入", "import"}},
                                  {"undo", {"撤销导入", "import taken back"}},
                                  {"unmask", {"查看全文", "shown in clear"}},
                                  {"export", {"导出", "export"}},
                                  {"table", {"保存表格", "table"}},
                                  {"excuse", {"说明和请假", "excuse"}},
                                  {"amendment", {"更正", "amendment"}},
                                  {"sample", {"抽样", "sample"}},
                                  {"report", {"报表定稿", "report kept"}},
                                  {"merge", {"合并", "merger"}},
                                  {"set_up", {"结束建县录入", "set-up ended"}},
                                  {"settings", {"设置", "settings"}},
                                  {"clock", {"时钟", "clock"}},
                                  {"tick", {"新的一天", "a day began"}},
                                  NO_WORD};
static const list_word due_parts[] = {{"overdue", {"逾期", "overdue"}},
                                      {"soon", {"七天内到期", "due within seven days"}},
                                      {"open", {"在办", "open"}},
                                      NO_WORD};

/* ---- columns that several have ---- */

#define SUBJECT                                                                                    \
  {"subject", {"对象", "About"}, "subject.title", LIST_TEXT, NULL}, {                              \
    "area", {"村（社区）", "Village"}, "subject.area_name", LIST_TEXT, NULL                        \
  }
#define COL(column, zh, en, where, how)                                                            \
  { column, {zh, en}, where, how, NULL }
#define CODE(column, zh, en, where, list)                                                          \
  { column, {zh, en}, where, LIST_CODE, list }

/* ---- the lists ---- */

#define CASE_COLUMNS                                                                               \
  SUBJECT, COL("title", "事项", "Case", "title", LIST_TEXT),                                       \
      COL("state", "状态", "State", "state_title", LIST_TEXT),                                     \
      COL("opened", "发现日期", "Opened", "opened", LIST_DAY),                                     \
      COL("since", "进入本环节", "In this state since", "since", LIST_DAY),                        \
      COL("deadline", "期限", "Deadline", "deadline", LIST_DAY),                                   \
      COL("days_left", "剩余天数", "Days left", "days_left", LIST_TEXT),                           \
      COL("overdue", "逾期", "Overdue", "overdue", LIST_YES),                                      \
      COL("relapses", "重新发现次数", "Found again", "relapses", LIST_TEXT),                       \
      COL("findings", "预警", "Findings", "findings:message", LIST_JOINED)

static const list_column case_columns[] = {CASE_COLUMNS, END};
const list_layout list_cases = {.name = "cases", .columns = case_columns};

static const list_column due_columns[] = {CODE("when", "何时", "When", "/part", due_parts),
                                          CASE_COLUMNS, END};
const list_layout list_due = {.name = "due", .columns = due_columns, .items = "overdue soon open"};

static const list_column finding_columns[] = {
    SUBJECT,
    CODE("colour", "预警", "Warning", "colour", colours),
    COL("rule", "规则", "Rule", "title", LIST_TEXT),
    COL("message", "情况", "What", "message", LIST_TEXT),
    COL("since", "开始", "Since", "since", LIST_DAY),
    COL("until", "结束", "Until", "until", LIST_DAY),
    COL("provisional", "暂计", "Provisional", "provisional", LIST_YES),
    END};
const list_layout list_findings = {.name = "findings", .columns = finding_columns};

static const list_column duty_columns[] = {
    COL("title", "任务", "Duty", "title", LIST_TEXT),
    COL("officer", "责任人", "Whose", "officer_name", LIST_TEXT),
    COL("area", "区域", "Area", "area_name", LIST_TEXT),
    CODE("period", "周期", "Period", "period", periods),
    COL("from", "自", "From", "from", LIST_DAY),
    COL("to", "至", "To", "to", LIST_DAY),
    COL("set", "范围内", "Set", "set", LIST_TEXT),
    COL("need", "应完成", "Needed", "need", LIST_TEXT),
    COL("done", "已完成", "Done", "done", LIST_TEXT),
    COL("excused", "免做", "Excused", "excused", LIST_TEXT),
    COL("today", "今天还要", "Today", "today", LIST_TEXT),
    CODE("state", "状态", "State", "state", duty_states),
    COL("why", "说明", "Why", "why", LIST_TEXT),
    END};
const list_layout list_duties = {.name = "duties", .columns = duty_columns};

static const list_column duty_subject_columns[] = {
    SUBJECT,
    COL("owner", "责任人", "Whose", "owner", LIST_TEXT),
    COL("need", "应完成", "Needed", "need", LIST_TEXT),
    COL("done", "已完成", "Done", "done", LIST_TEXT),
    COL("last", "最近一次", "Last", "last", LIST_DAY),
    CODE("state", "状态", "State", "state", duty_states),
    COL("why", "说明", "Why", "why", LIST_TEXT),
    END};
const list_layout list_duty_subjects = {.name = "duty_subjects", .columns = duty_subject_columns};

static const list_column follow_up_columns[] = {
    COL("title", "事项", "What", "title", LIST_TEXT),
    SUBJECT,
    COL("what", "内容", "Said", "what", LIST_TEXT),
    COL("on", "登记日期", "On", "on", LIST_DAY),
    COL("due", "期限", "Due", "due", LIST_DAY),
    CODE("state", "状态", "State", "state", follow_up_states),
    COL("late", "逾期天数", "Days late", "late", LIST_TEXT),
    COL("owner", "责任人", "Whose", "owner_name", LIST_TEXT),
    COL("expected", "预计", "Expected", "expected", LIST_MONEY),
    COL("actual", "实际", "Actual", "actual", LIST_MONEY),
    COL("done_on", "办结日期", "Done on", "done_on", LIST_DAY),
    COL("why", "未办原因", "Why not", "why", LIST_TEXT),
    END};
const list_layout list_follow_ups = {.name = "follow_ups", .columns = follow_up_columns};

static const list_column excuse_columns[] = {
    COL("officer", "责任人", "Whose", "officer_name", LIST_TEXT),
    COL("subject", "对象", "About", "subject.title", LIST_TEXT),
    COL("duty", "任务", "Duty", "duty_title", LIST_TEXT),
    COL("from", "自", "From", "from", LIST_DAY),
    COL("to", "至", "To", "to", LIST_DAY),
    COL("reason", "原因", "Reason", "reason", LIST_TEXT),
    COL("stand_in", "代管人", "Stand-in", "stand_in_name", LIST_TEXT),
    COL("said_by", "登记人", "Said by", "said_by", LIST_TEXT),
    END};
const list_layout list_excuses = {.name = "excuses", .columns = excuse_columns};

static const list_column fund_columns[] = {
    COL("key", "编号", "Key", "key", LIST_TEXT),
    COL("title", "资金", "Fund", "title", LIST_TEXT),
    COL("budget", "预算（元）", "Budget", "budget", LIST_MONEY),
    COL("promised", "已批未付（元）", "Promised", "promised", LIST_MONEY),
    COL("promises", "已批未付笔数", "Promises", "promises", LIST_TEXT),
    COL("paid", "已支付（元）", "Paid", "paid", LIST_MONEY),
    COL("payments", "支付笔数", "Payments", "payments", LIST_TEXT),
    COL("left", "剩余（元）", "Left", "left", LIST_MONEY),
    END};
const list_layout list_funds = {.name = "funds", .columns = fund_columns};

static const list_column payment_columns[] = {
    COL("on", "日期", "On", "on", LIST_DAY),
    SUBJECT,
    COL("title", "用途", "For", "title", LIST_TEXT),
    COL("measure", "措施", "Measure", "measure_title", LIST_TEXT),
    COL("period", "所属期", "Period", "period", LIST_TEXT),
    COL("fund", "资金", "Fund", "fund", LIST_TEXT),
    COL("amount", "金额（元）", "Amount", "amount", LIST_MONEY),
    END};
const list_layout list_payments = {.name = "payments", .columns = payment_columns};

static const list_column measure_columns[] = {
    SUBJECT,
    COL("title", "措施", "Measure", "title", LIST_TEXT),
    CODE("state", "状态", "State", "state", measure_states),
    COL("since", "自", "Since", "since", LIST_DAY),
    COL("amount", "金额（元）", "Amount", "amount", LIST_MONEY),
    COL("paid", "已付（元）", "Paid", "paid", LIST_MONEY),
    COL("fund", "资金", "Fund", "fund", LIST_TEXT),
    COL("answers", "内容", "Said", "answers:text", LIST_JOINED),
    COL("note", "说明", "Note", "note", LIST_TEXT),
    END};
const list_layout list_measures = {.name = "measures", .columns = measure_columns};

static const list_column history_columns[] = {
    COL("at", "登记时间", "At", "at", LIST_INSTANT),
    COL("subject", "对象", "About", "subject_title", LIST_TEXT),
    COL("title", "项目", "Field", "title", LIST_TEXT),
    COL("text", "内容", "Said", "text", LIST_TEXT),
    COL("since", "自何日起", "Since", "since", LIST_DAY),
    COL("officer", "登记人", "By", "officer_name", LIST_TEXT),
    COL("source", "来源", "Source", "source_title", LIST_TEXT),
    END};
const list_layout list_history = {.name = "history", .columns = history_columns};

static const list_column journal_columns[] = {
    COL("seq", "序号", "Number", "seq", LIST_TEXT),
    COL("at", "时间", "At", "at", LIST_INSTANT),
    CODE("verb", "办理", "What", "verb", verbs),
    COL("officer", "经办人", "By", "officer_name", LIST_TEXT),
    COL("area", "区划代码", "Area", "area", LIST_TEXT),
    COL("id", "编号", "Id", "id", LIST_TEXT),
    COL("subject", "对象编号", "Subject", "subject", LIST_TEXT),
    COL("link", "校验值", "Link", "link", LIST_TEXT),
    END};
const list_layout list_journal = {.name = "journal", .columns = journal_columns, .cursor = "after"};

static const list_column import_columns[] = {
    COL("at", "时间", "At", "at", LIST_INSTANT),
    COL("title", "表格样式", "Layout", "title", LIST_TEXT),
    COL("file", "文件", "File", "file", LIST_TEXT),
    CODE("state", "状态", "State", "state", import_states),
    COL("officer", "导入人", "By", "officer_name", LIST_TEXT),
    COL("rows", "行数", "Rows", "rows", LIST_TEXT),
    COL("accepted", "正确", "Accepted", "accepted", LIST_TEXT),
    COL("refused", "有问题", "Refused", "refused", LIST_TEXT),
    END};
const list_layout list_imports = {.name = "imports", .columns = import_columns};

static const list_column amendment_columns[] = {
    COL("at", "提出时间", "At", "at", LIST_INSTANT),
    CODE("way", "方式", "Way", "way", amendment_ways),
    CODE("state", "进展", "State", "state", amendment_states),
    SUBJECT,
    COL("fields", "项目", "Fields", "changes:title", LIST_JOINED),
    COL("since", "自何日起", "Since", "since", LIST_DAY),
    COL("reason", "理由或来源", "Reason", "reason", LIST_TEXT),
    COL("officer", "提出人", "By", "officer_name", LIST_TEXT),
    COL("decided_by", "确认人", "Decided by", "decided_by", LIST_TEXT),
    COL("decided", "确认时间", "Decided", "decided", LIST_INSTANT),
    COL("note", "说明", "Note", "note", LIST_TEXT),
    END};
const list_layout list_amendments = {.name = "amendments", .columns = amendment_columns};

static const list_column indicator_columns[] = {
    COL("group", "类别", "Group", "group", LIST_TEXT),
    COL("title", "指标", "Indicator", "title", LIST_TEXT),
    COL("part", "区域", "Area", "name", LIST_PART),
    COL("value", "数值", "Value", "value", LIST_AMOUNT),
    COL("unit", "单位", "Unit", "unit", LIST_TEXT),
    COL("unknown", "不详", "Not known", "unknown", LIST_TEXT),
    COL("definition", "口径", "Definition", "definition", LIST_TEXT),
    END};
const list_layout list_indicators = {
    .name = "indicators", .columns = indicator_columns, .within = "areas zones"};

static const list_column indicator_series_columns[] = {
    COL("from", "自", "From", "from", LIST_DAY),
    COL("to", "至", "To", "to", LIST_DAY),
    COL("part", "区域", "Area", "name", LIST_PART),
    COL("value", "数值", "Value", "value", LIST_AMOUNT),
    COL("unknown", "不详", "Not known", "unknown", LIST_TEXT),
    END};
const list_layout list_indicator_series = {
    .name = "indicator_series", .columns = indicator_series_columns, .within = "areas"};

static const list_column indicator_row_columns[] = {
    SUBJECT,
    COL("on", "日期", "On", "on", LIST_DAY),
    COL("what", "计入", "Part", "what", LIST_AMOUNT),
    CODE("state", "情况", "State", "state", spell_states),
    COL("due", "时限", "Due", "due", LIST_DAY),
    COL("ended", "结束", "Ended", "ended", LIST_DAY),
    END};
const list_layout list_indicator_rows = {.name = "indicator_rows",
                                         .columns = indicator_row_columns};

static const list_column sample_columns[] = {
    COL("title", "名称", "Title", "title", LIST_TEXT),
    COL("plan", "抽查", "Plan", "plan_title", LIST_TEXT),
    COL("area", "区域", "Area", "area_name", LIST_TEXT),
    COL("drawn_on", "抽取日期", "Drawn on", "drawn_on", LIST_DAY),
    COL("drawn_by", "抽取人", "Drawn by", "drawn_by", LIST_TEXT),
    COL("population", "总数", "Population", "population", LIST_TEXT),
    COL("size", "样本量", "Size", "size", LIST_TEXT),
    COL("seed", "种子", "Seed", "seed", LIST_TEXT),
    END};
const list_layout list_samples = {.name = "samples", .columns = sample_columns};

static const list_column sample_subject_columns[] = {
    SUBJECT, COL("stratum", "层", "Stratum", "stratum", LIST_TEXT),
    COL("checked_on", "核查日期", "Checked on", "checked_on", LIST_DAY), END};
const list_layout list_sample_subjects = {.name = "sample_subjects",
                                          .columns = sample_subject_columns};
