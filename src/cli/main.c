/* jishi — the commands. */
#include "cli/commands.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static int command_help(int argc, char **argv);

static const struct {
  const char *name;
  int (*run)(int argc, char **argv);
  const char *zh, *en;
} commands[] = {
    {"init", command_init,
     "建立一个区县：init 位置 --county 代码 --name 名称 [--pack 目录]… [--overlay 目录]",
     "make a county: init PLACE --county CODE --name NAME [--pack FOLDER]… [--overlay FOLDER]"},
    {"demo", command_demo, "建立虚构的演示区：demo 位置 [--households 户数] [--seed 种子]",
     "make an invented district: demo PLACE [--households N] [--seed S]"},
    {"serve", command_serve,
     "启动服务：serve 位置 [--address 地址] [--port 端口] [--web 目录] [--tls-cert 文件 --tls-key "
     "文件]",
     "serve it: serve PLACE [--address A] [--port P] [--web FOLDER] [--tls-cert FILE --tls-key "
     "FILE]"},
    {"import", command_import, "导入名册：import 位置 文件 --layout 版式 [--apply] [--json]",
     "import a roster: import PLACE FILE --layout NAME [--apply] [--json]"},
    {"user", command_user,
     "人员：user 位置 add 登录名 --name 姓名 --post 岗位@区域代码… | passwd 登录名 | list",
     "officers: user PLACE add LOGIN --name NAME --post ROLE@AREA… | passwd LOGIN | list"},
    {"pack", command_pack,
     "业务包：pack check 目录… | pack test 目录… | pack plan 位置 目录 | pack upgrade 位置 目录",
     "packs: pack check FOLDER… | pack test FOLDER… | pack plan PLACE FOLDER | pack upgrade PLACE "
     "FOLDER"},
    {"screen", command_screen,
     "排查：screen 位置 [--as-of 日期] [--area 区域代码] [--by 字段] [--rule 规则 --list] [--json]",
     "screen: screen PLACE [--as-of DAY] [--area CODE] [--by FIELD] [--rule NAME --list] [--json]"},
    {"simulate", command_simulate,
     "政策推演：simulate 位置 --overlay 改过的参数目录 | --set 参数=值…（其余同 screen）",
     "what if: simulate PLACE --overlay EDITED_FOLDER | --set PARAMETER=VALUE… (the rest as "
     "screen)"},
    {"eval", command_eval, "计算一个表达式：eval 表达式 [--data JSON] [--on 日期]",
     "evaluate: eval EXPR [--data JSON] [--on DAY]"},
    {"rebuild", command_rebuild, "重放流水并核对：rebuild --check 位置",
     "replay the journal and compare: rebuild --check PLACE"},
    {"verify", command_verify, "核对流水的封印：verify 位置",
     "check the journal's seals: verify PLACE"},
    {"help", command_help, "显示用法", "show this"},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static int command_help(int argc, char **argv) {
  (void)argc;
  (void)argv;
  puts(speaks_english() ? "jishi COMMAND …    (a PLACE is a folder or postgresql://…)"
                        : "jishi 命令 ……   （“位置”是一个目录，或 postgresql://…）");
  for (int i = 0; i < COMMANDS; i++)
    printf("  %-8s %s\n", commands[i].name, speaks_english() ? commands[i].en : commands[i].zh);
  return EXIT_DONE;
}

int main(int argc, char **argv) {
  if (sodium_init() < 0) {
    fputs("libsodium 不能用。libsodium cannot be used.\n", stderr);
    return EXIT_REFUSED;
  }
  const char *name = argc > 1 ? argv[1] : "help";
  if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) name = "help";
  for (int i = 0; i < COMMANDS; i++)
    if (strcmp(commands[i].name, name) == 0)
      return commands[i].run(argc > 1 ? argc - 1 : 1, argc > 1 ? argv + 1 : argv);
  fprintf(stderr,
          speaks_english() ? "There is no command \"%s\"; see jishi help.\n"
                           : "没有“%s”这个命令，用法见 jishi help。\n",
          name);
  return EXIT_USAGE;
}
