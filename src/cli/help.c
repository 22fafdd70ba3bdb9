/* help and version: everything told from the two tables, for people, as a manual page, and for the
 * shell's completion. */
#include "cli/commands.h"
#include "cli/table_print.h"

#include <stdio.h>

static const char location_zh[] =
    "位置：一个目录（数据放在其中），或 postgresql://用户@主机/库名?schema=名称。";
static const char location_en[] =
    "LOCATION: a folder that holds the data, or postgresql://USER@HOST/DATABASE?schema=NAME.";
static const char language_zh[] =
    "语言：--lang zh 或 --lang en；不写时由 LC_ALL、LC_MESSAGES、LANG 决定。";
static const char language_en[] =
    "Language: --lang zh or --lang en; without it LC_ALL, LC_MESSAGES or LANG decide.";
static const char exit_zh[] = "退出码：0 办成，1 被拒绝并说明原因，2 用法不对。";
static const char exit_en[] = "Exit code: 0 done, 1 refused with a reason, 2 wrong usage.";

/* ---- finding ---- */

/* How many of the words the name takes; 0: it is another's. */
static int words_taken(const char *name, int count, char *const *words) {
  const char *blank = strchr(name, ' ');
  size_t first = blank ? (size_t)(blank - name) : strlen(name);
  if (count < 1 || strlen(words[0]) != first || strncmp(words[0], name, first) != 0) return 0;
  if (!blank) return 1;
  return count > 1 && strcmp(words[1], blank + 1) == 0 ? 2 : 0;
}

/* "user" of "user add": a group of commands. */
static bool in_group(const command_entry *c, const char *group) {
  size_t n = strlen(group);
  return strncmp(c->name, group, n) == 0 && c->name[n] == ' ';
}

static bool is_group(const char *word) {
  for (size_t i = 0; i < command_count; i++)
    if (in_group(&command_table[i], word)) return true;
  return false;
}

static void no_such_command(int count, char *const *words) {
  known_name names[64];
  size_t n = 0;
  bool group = is_group(words[0]);
  for (size_t i = 0; i < command_count && n < 64; i++) {
    const command_entry *c = &command_table[i];
    if (group && !in_group(c, words[0])) continue;
    names[n++] = (known_name){.name = c->name, .title = say(c->zh, c->en)};
  }
  if (group && count < 2)
    fprintf(stderr, say("%s 后面要写做什么。\n", "%s: say what to do.\n"), words[0]);
  else
    fprintf(stderr, say("没有“%s%s%s”这个命令。\n", "There is no command \"%s%s%s\".\n"), words[0],
            group ? " " : "", group ? words[1] : "");
  say_names(words[group && count > 1], names, n, group ? 64 : 5);
  if (!group) fprintf(stderr, say("全部命令见 %s help。\n", "All commands: %s help.\n"), called());
}

const command_entry *command_find(int count, char *const *words, int *taken) {
  for (size_t i = 0; i < command_count; i++)
    if ((*taken = words_taken(command_table[i].name, count, words))) return &command_table[i];
  no_such_command(count, words);
  return NULL;
}

/* ---- for people ---- */

static const char *value_of(const option_entry *x) {
  return say(x->value_zh, x->value_en);
}

static bool takes(option_set set, int option_number) {
  return set >> option_number & 1;
}

static void put_usage(FILE *to, const command_entry *c) {
  const char *words = say(c->words_zh, c->words_en);
  fprintf(to, "%s %s%s%s", called(), c->name, words[0] ? " " : "", words);
  for (int i = 0; i < OPTION_COUNT; i++)
    if (takes(c->needs, i))
      fprintf(to, option_table[i].value_zh ? " --%s %s" : " --%s", option_table[i].name,
              option_table[i].value_zh ? value_of(&option_table[i]) : "");
  fputs(c->may ? say(" [选项]\n", " [OPTIONS]\n") : "\n", to);
}

void command_usage_of(const command_entry *c) {
  fputs(say("用法：", "Usage: "), stderr);
  put_usage(stderr, c);
  fprintf(stderr, say("详见 %s help %s。\n", "More: %s help %s.\n"), called(), c->name);
}

static void put_line(const char *left, size_t width, const char *right) {
  size_t gap = width > terminal_width(left) ? width - terminal_width(left) : 0;
  printf("  %s%*s  %s\n", left, (int)gap, "", right);
}

static void option_mark(int i, char ret[100]) {
  const option_entry *x = &option_table[i];
  snprintf(ret, 100, "--%s%s%s", x->name, x->value_zh ? " " : "", x->value_zh ? value_of(x) : "");
}

void command_help_of(const command_entry *c) {
  char mark[100];
  static const char lang_mark[] = "--lang zh|en"; /* every command takes it */
  size_t width = strlen(lang_mark);
  printf(say("jishi %s：%s\n\n用法：", "jishi %s: %s\n\nUsage: "), c->name, say(c->zh, c->en));
  put_usage(stdout, c);
  if (c->more_zh) printf("\n%s\n", say(c->more_zh, c->more_en));
  for (int i = 0; i < OPTION_COUNT; i++) {
    option_mark(i, mark);
    if (takes(c->needs | c->may, i) && terminal_width(mark) > width) width = terminal_width(mark);
  }
  fputs(say("\n选项：\n", "\nOptions:\n"), stdout);
  for (int i = 0; i < OPTION_COUNT; i++) {
    option_mark(i, mark);
    if (takes(c->needs | c->may, i))
      put_line(mark, width, say(option_table[i].zh, option_table[i].en));
  }
  put_line(lang_mark, width, say("说中文还是英文", "speak Chinese or English"));
  put_line("-h, --help", width, say("显示这些", "show this"));
  if (c->location != LOCATION_NONE) printf("\n%s\n", say(location_zh, location_en));
}

static void put_commands(const char *group) {
  for (size_t i = 0; i < command_count; i++) {
    const command_entry *c = &command_table[i];
    if (!group || in_group(c, group)) put_line(c->name, 15, say(c->zh, c->en));
  }
}

static void help_of_all(void) {
  printf(say("用法：%s 命令 [位置] …… [选项]\n\n", "Usage: %s COMMAND [LOCATION] … [OPTIONS]\n\n"),
         called());
  put_commands(NULL);
  printf(say("\n一个命令的用法：%s help 命令，或 %s 命令 --help。\n",
             "\nOne command: %s help COMMAND, or %s COMMAND --help.\n"),
         called(), called());
  printf("%s\n%s\n%s\n", say(location_zh, location_en), say(language_zh, language_en),
         say(exit_zh, exit_en));
}

/* ---- as a manual page (man 7 man) ---- */

static void put_roff(const char *s) {
  if (*s == '.' || *s == '\'') fputs("\\&", stdout);
  for (; *s; s++)
    if (*s == '-')
      fputs("\\-", stdout);
    else if (*s == '\\')
      fputs("\\e", stdout);
    else
      putchar(*s);
}

static void roff_line(const char *before, const char *s) {
  fputs(before, stdout);
  put_roff(s);
  putchar('\n');
}

static void man_of_command(const command_entry *c) {
  char mark[100];
  printf(".SS jishi ");
  roff_line("", c->name);
  roff_line("", say(c->zh, c->en));
  puts(".PP");
  printf(".B jishi ");
  put_roff(c->name);
  putchar(' ');
  put_roff(say(c->words_zh, c->words_en));
  for (int i = 0; i < OPTION_COUNT; i++)
    if (takes(c->needs, i)) {
      option_mark(i, mark);
      putchar(' ');
      put_roff(mark);
    }
  puts(c->may ? say(" [选项]", " [OPTIONS]") : "");
  if (c->more_zh) {
    puts(".PP");
    roff_line("", say(c->more_zh, c->more_en));
  }
  for (int i = 0; i < OPTION_COUNT; i++)
    if (takes(c->needs | c->may, i)) {
      option_mark(i, mark);
      roff_line(".TP\n.B ", mark);
      roff_line("", say(option_table[i].zh, option_table[i].en));
    }
}

static void manual_page(void) {
  puts(".TH JISHI 1 \"\" \"Jishi " JISHI_VERSION "\"");
  puts(say(".SH 名称\njishi \\- 即时：区县基层办公",
           ".SH NAME\njishi \\- county office work, at once"));
  puts(say(".SH 概要\n.B jishi\n命令 [位置] … [选项]",
           ".SH SYNOPSIS\n.B jishi\nCOMMAND [LOCATION] … [OPTIONS]"));
  puts(say(".SH 说明", ".SH DESCRIPTION"));
  roff_line("", say(location_zh, location_en));
  roff_line(".PP\n", say(language_zh, language_en));
  puts(say(".SH 命令", ".SH COMMANDS"));
  for (size_t i = 0; i < command_count; i++) man_of_command(&command_table[i]);
  puts(say(".SH 退出码", ".SH EXIT STATUS"));
  roff_line("", say(exit_zh, exit_en));
}

/* ---- for the shell ---- */

static void put_options(const command_entry *c) {
  for (int i = 0; i < OPTION_COUNT; i++)
    if (takes(c->needs | c->may, i)) printf("--%s ", option_table[i].name);
  fputs("--lang --help", stdout);
}

/* The first words of the commands, each once; or the second ones of a group. */
static void put_words(const char *group) {
  const char *last = "";
  size_t last_bytes = 0;
  for (size_t i = 0; i < command_count; i++) {
    const char *name = command_table[i].name, *blank = strchr(name, ' ');
    if (group) {
      if (in_group(&command_table[i], group)) printf("%s ", name + strlen(group) + 1);
      continue;
    }
    size_t bytes = blank ? (size_t)(blank - name) : strlen(name);
    if (bytes != last_bytes || strncmp(name, last, bytes) != 0) printf("%.*s ", (int)bytes, name);
    last = name;
    last_bytes = bytes;
  }
}

static void completion_script(void) {
  fputs("# bash completion for jishi, made by: jishi help --completion bash\n"
        "_jishi() {\n"
        "  local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} known=\n"
        "  COMPREPLY=()\n"
        "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
        "    COMPREPLY=($(compgen -W \"",
        stdout);
  put_words(NULL);
  fputs("\" -- \"$word\"))\n    return\n  fi\n  case $command in\n", stdout);
  for (size_t i = 0; i < command_count; i++) {
    const char *name = command_table[i].name, *blank = strchr(name, ' ');
    bool first = blank && (i == 0 || strncmp(command_table[i - 1].name, name,
                                             (size_t)(blank - name) + 1) != 0);
    if (!first) continue;
    char group[32];
    snprintf(group, sizeof group, "%.*s", (int)(blank - name), name);
    printf("    %s)\n      if [ \"$COMP_CWORD\" -eq 2 ]; then\n"
           "        COMPREPLY=($(compgen -W \"",
           group);
    put_words(group);
    fputs("\" -- \"$word\"))\n        return\n      fi\n"
          "      command=\"$command ${COMP_WORDS[2]}\"\n      ;;\n",
          stdout);
  }
  fputs("    help)\n      COMPREPLY=($(compgen -W \"", stdout);
  put_words(NULL);
  fputs("--man --completion\" -- \"$word\"))\n      return\n      ;;\n  esac\n  case $command in\n",
        stdout);
  for (size_t i = 0; i < command_count; i++) {
    printf("    \"%s\") known=\"", command_table[i].name);
    put_options(&command_table[i]);
    fputs("\" ;;\n", stdout);
  }
  fputs("  esac\n"
        "  case $word in\n"
        "    -*) COMPREPLY=($(compgen -W \"$known\" -- \"$word\")) ;;\n"
        "    *) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n"
        "  esac\n"
        "}\n"
        "complete -o filenames -F _jishi jishi\n",
        stdout);
}

/* ---- the commands ---- */

int command_help(const options *o) {
  const char *shell = option(o, OPTION_COMPLETION);
  if (option_flag(o, OPTION_MAN)) {
    manual_page();
  } else if (shell && strcmp(shell, "bash") != 0) {
    fprintf(stderr,
            say("“%s”：只有 bash 的补全。\n", "\"%s\": there is completion for bash only.\n"),
            shell);
    return EXIT_USAGE;
  } else if (shell) {
    completion_script();
  } else if (!o->word_count) {
    help_of_all();
  } else if (o->word_count == 1 && is_group(o->words[0])) {
    put_commands(o->words[0]);
  } else {
    int taken = 0;
    char *words[] = {(char *)o->words[0], (char *)(o->word_count > 1 ? o->words[1] : NULL)};
    const command_entry *c = command_find(o->word_count, words, &taken);
    if (!c) return EXIT_USAGE;
    command_help_of(c);
  }
  return say_written(EXIT_DONE);
}

int command_version(const options *o) {
  puts(option_flag(o, OPTION_JSON) ? "{\"name\":\"jishi\",\"version\":\"" JISHI_VERSION "\"}"
                                   : "jishi " JISHI_VERSION);
  return say_written(EXIT_DONE);
}
