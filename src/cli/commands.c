/* The table of commands. A new command is a row here and a file of its own. */
#include "cli/commands.h"

#define B(id) OPTION_BIT(id)
#define MANY 60

static const char packs_zh[] =
    "要指明业务包时写 --pack；不写 --pack，就用附带的 packs/antipoverty。";
static const char packs_en[] =
    "Packs are named with --pack; without it packs/antipoverty is taken.";

static const char ask_zh[] = "密码在终端里输入两次；不在终端里时，读标准输入的一行。";
static const char ask_en[] =
    "The password is asked twice on a terminal, and read from standard input otherwise.";

const command_entry command_table[] = {
    {"init", command_init, PLACE_NEW, 1, 1, "位置", "PLACE", B(COUNTY) | B(COUNTY_NAME),
     B(PACKS) | B(OVERLAY) | B(AREAS), "建立一个区县", "make a county", packs_zh, packs_en},
    {"demo", command_demo, PLACE_NEW, 1, 1, "位置", "PLACE", 0,
     B(HOUSEHOLDS) | B(SEED) | B(UNTIL) | B(PACKS) | B(RECIPE) | B(VERBOSE) | B(JSON),
     "建立虚构的演示区", "make an invented district", "里面的人和事都是编的。",
     "Everyone and everything in it is made up."},
    {"serve", command_serve, PLACE_OLD, 1, 1, "位置", "PLACE", 0,
     B(ADDRESS) | B(PORT) | B(WEB) | B(TLS_CERT) | B(TLS_KEY) | B(LOOPS) | B(LOG_LEVEL) |
         B(LOG_FILE),
     "启动服务", "serve it", NULL, NULL},
    {"import", command_import, PLACE_OLD, 2, 2, "位置 文件", "PLACE FILE", B(LAYOUT),
     B(APPLY) | B(JSON), "导入名册", "import a roster",
     "文件是 .xlsx 或 .csv。不写 --apply 只检查，逐行逐列说明错在哪里。",
     "The file is .xlsx or .csv. Without --apply it is only checked: each fault by row and "
     "column."},
    {"calendar", command_calendar, PLACE_OLD, 1, 2, "位置 [文件]", "PLACE [FILE]", 0,
     B(APPLY) | B(JSON), "放假通知：有哪些年的，收进新的",
     "holiday notices: which years there are, take in a new one",
     "文件的写法见附带的 data/calendar.yaml。不写 --apply 只预览：哪些个案的期限会变。",
     "The file is written like data/calendar.yaml. Without --apply it only tells which deadlines "
     "would change."},
    {"user add", command_user_add, PLACE_OLD, 2, 2, "位置 登录名", "PLACE LOGIN",
     B(OFFICER_NAME) | B(POST), B(GENERATE), "添加一位工作人员", "add an officer", ask_zh, ask_en},
    {"user change", command_user_change, PLACE_OLD, 2, 2, "位置 登录名", "PLACE LOGIN", 0,
     B(OFFICER_NAME) | B(LOGIN) | B(POST), "改姓名、登录名或岗位", "change name, login or posts",
     "写了 --post，原来的岗位就全部换成所写的；岗位变了，他要重新登录。",
     "With --post, all his posts are replaced by those given, and he must sign in again."},
    {"user move", command_user_move, PLACE_OLD, 3, 3, "位置 登录名 区域", "PLACE LOGIN AREA", 0,
     B(FROM), "调到另一个区域，岗位不变", "move to another area, in the same post", NULL, NULL},
    {"user close", command_user_close, PLACE_OLD, 2, 2, "位置 登录名", "PLACE LOGIN", 0, 0,
     "停用账号，立即退出", "close an account and end its sessions", NULL, NULL},
    {"user reopen", command_user_reopen, PLACE_OLD, 2, 2, "位置 登录名", "PLACE LOGIN", 0, 0,
     "恢复停用的账号", "open a closed account again", NULL, NULL},
    {"user passwd", command_user_passwd, PLACE_OLD, 2, 2, "位置 登录名", "PLACE LOGIN", 0,
     B(GENERATE), "重设密码，立即退出", "set a new password and end the sessions", ask_zh, ask_en},
    {"user list", command_user_list, PLACE_OLD, 1, 1, "位置", "PLACE", 0, B(JSON), "列出工作人员",
     "list the officers", NULL, NULL},
    {"user import", command_user_import, PLACE_OLD, 2, 2, "位置 文件", "PLACE FILE", 0,
     B(APPLY) | B(PASSWORDS) | B(JSON), "按名单添加、修改工作人员",
     "add and change officers by a list",
     "文件是 .xlsx 或 .csv，列名：登录名、姓名、岗位、区域（再有岗位写 岗位2、区域2），可加 状态"
     "（在岗、停用）。不写 --apply 只检查。名单里没有的人不动。",
     "The file is .xlsx or .csv with the columns login, name, role, area (further posts: role2, "
     "area2) and, if wanted, state (active, closed). Without --apply it is only checked. Who is "
     "not "
     "in it stays as he is."},
    {"areas", command_areas, PLACE_OLD, 1, MANY, "位置 [字词…]", "PLACE [WORDS…]", 0, B(JSON),
     "查区域代码", "look up the codes of areas", NULL, NULL},
    {"pack check", command_pack_check, PLACE_NONE, 1, MANY, "目录…", "FOLDER…", 0,
     B(OVERLAY) | B(JSON), "检查业务包，逐处说明错误", "check packs and name every fault", NULL,
     NULL},
    {"pack test", command_pack_test, PLACE_NONE, 1, MANY, "目录…", "FOLDER…", 0, B(JSON),
     "运行业务包自己的算例", "run the packs' own tests", NULL, NULL},
    {"pack plan", command_pack_plan, PLACE_OLD, 2, 2, "位置 目录", "PLACE FOLDER", 0,
     B(OVERLAY) | B(JSON), "换新版业务包会有什么变化", "what a pack's new version would change",
     NULL, NULL},
    {"pack upgrade", command_pack_upgrade, PLACE_OLD, 2, 2, "位置 目录", "PLACE FOLDER", 0,
     B(OVERLAY) | B(JSON), "换上新版业务包", "take a pack's new version", NULL, NULL},
    {"screen", command_screen, PLACE_OLD, 1, 1, "位置", "PLACE", 0,
     B(AS_OF) | B(PACK_NAME) | B(AREA) | B(BY) | B(RULE) | B(LIST) | B(WHO) | B(ALL) | B(JSON),
     "全面排查：每条规则有多少人符合", "screen everybody by every rule",
     "全是零的规则不列出，除非写了 --all。",
     "Rules with nothing but zeros are left out, unless --all is given."},
    {"simulate", command_simulate, PLACE_OLD, 1, 1, "位置", "PLACE", 0,
     B(TRIED_OVERLAY) | B(SET) | B(AS_OF) | B(PACK_NAME) | B(AREA) | B(BY) | B(RULE) | B(LIST) |
         B(WHO) | B(ALL) | B(JSON),
     "政策推演：改几个数，看谁进谁出", "what if: who enters and who leaves",
     "写 --overlay（改过的参数目录）或 --set p.参数=值，也可以都写。推演不改动任何数据。",
     "Give --overlay, or --set p.PARAMETER=VALUE, or both. Nothing is changed."},
    {"eval", command_eval, PLACE_NONE, 1, 1, "表达式", "EXPR", 0, B(DATA) | B(ON) | B(JSON),
     "计算一个表达式", "evaluate an expression",
     "金额显示为元；--json 时按存储的分。例：jishi eval 'yuan(3) * 2'",
     "Money is shown in yuan; with --json in fen, as stored. E.g. jishi eval 'yuan(3) * 2'"},
    {"rebuild", command_rebuild, PLACE_OLD, 1, 1, "位置", "PLACE", B(CHECK), B(JSON),
     "重放全部流水，与现有数据核对", "replay the journal and compare", NULL, NULL},
    {"verify", command_verify, PLACE_OLD, 1, 1, "位置", "PLACE", 0, B(JSON), "核对流水的封印",
     "check the journal's seals", NULL, NULL},
    {"help", command_help, PLACE_NONE, 0, 2, "[命令]", "[COMMAND]", 0, B(MAN) | B(COMPLETION),
     "显示用法", "show how it is used", NULL, NULL},
    {"version", command_version, PLACE_NONE, 0, 0, "", "", 0, B(JSON), "显示版本",
     "show the version", NULL, NULL},
};
const size_t command_count = sizeof command_table / sizeof *command_table;
