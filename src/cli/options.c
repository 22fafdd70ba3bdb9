#include "cli/options.h"

#include "base/text.h"
#include "cli/commands.h"

#include <getopt.h>
#include <stdio.h>

const option_entry option_table[OPTION_COUNT] = {
#define OPTION(id, name, value_zh, value_en, zh, en)                                               \
  [OPTION_##id] = {name, value_zh, value_en, zh, en},
#include "cli/options.def"
#undef OPTION
};

enum { HELP_OPTION = 1000 };

/* What getopt_long wants, of the options this command takes. */
static void long_options(const command_entry *c, struct option out[OPTION_COUNT + 2]) {
  size_t n = 0;
  for (int i = 0; i < OPTION_COUNT; i++)
    if ((c->needs | c->may) >> i & 1)
      out[n++] = (struct option){option_table[i].name,
                                 option_table[i].value_zh ? required_argument : no_argument, NULL,
                                 HELP_OPTION + 1 + i};
  out[n++] = (struct option){"help", no_argument, NULL, HELP_OPTION};
  out[n] = (struct option){NULL, 0, NULL, 0};
}

static bool no_such_option(const command_entry *c, const char *given) {
  known_name names[OPTION_COUNT];
  char marks[OPTION_COUNT][40];
  size_t n = 0;
  for (int i = 0; i < OPTION_COUNT; i++) {
    if (!((c->needs | c->may) >> i & 1)) continue;
    snprintf(marks[n], sizeof marks[n], "--%s", option_table[i].name);
    names[n] = (known_name){.name = marks[n], .title = say(option_table[i].zh, option_table[i].en)};
    n++;
  }
  fprintf(stderr, say("%s：jishi %s 没有这个选项。\n", "%s: jishi %s has no such option.\n"), given,
          c->name);
  if (given[0] == '-' && given[1] != '-')
    fputs(
        say("以“-”开头的内容，请写在“--”之后。\n", "What begins with \"-\" goes behind \"--\".\n"),
        stderr);
  say_names(given, names, n, 8);
  return false;
}

static bool counts_right(const command_entry *c, const options *o) {
  const char *words = say(c->words_zh, c->words_en);
  if (o->word_count < c->least)
    fprintf(stderr, say("%s：还缺：%s。\n", "%s: something is missing: %s.\n"), c->name, words);
  else if (o->word_count > c->most)
    fprintf(stderr, say("%s：多了“%s”。\n", "%s: \"%s\" is too much.\n"), c->name,
            o->words[c->most]);
  else
    return true;
  return false;
}

static bool has_what_it_needs(const command_entry *c, const options *o) {
  for (int i = 0; i < OPTION_COUNT; i++)
    if (c->needs >> i & 1 && !option_flag(o, (option_id)i)) {
      fprintf(stderr, say("%s：请写明 --%s（%s）。\n", "%s: needs --%s (%s).\n"), c->name,
              option_table[i].name, say(option_table[i].zh, option_table[i].en));
      return false;
    }
  return true;
}

bool options_read(const command_entry *c, int argc, char **argv, options *ret) {
  struct option known[OPTION_COUNT + 2];
  options o = {.command = c};
  long_options(c, known);
  opterr = 0;
  optind = 0; /* GNU: begin anew */
  for (int got; (got = getopt_long(argc, argv, ":h", known, NULL)) != -1;) {
    const char *given = argv[optind - 1];
    if (got == 'h' || got == HELP_OPTION) {
      o.help = true;
    } else if (got == ':') {
      fprintf(stderr, say("%s：缺少取值。\n", "%s: a value is missing.\n"), given);
      return false;
    } else if (got == '?') {
      char letter[3] = {'-', (char)optopt, 0};
      if (optopt > HELP_OPTION || optopt == 0) return no_such_option(c, given);
      return no_such_option(c, letter);
    } else if (o.named_count == OPTIONS_MAX) {
      fprintf(stderr, say("%s：选项太多。\n", "%s: too many options.\n"), given);
      return false;
    } else {
      o.named[o.named_count].id = (option_id)(got - HELP_OPTION - 1);
      o.named[o.named_count++].value = optarg;
    }
  }
  for (; optind < argc; optind++) {
    if (o.word_count == OPTIONS_MAX) {
      fprintf(stderr, say("%s：参数太多。\n", "%s: too many words.\n"), argv[optind]);
      return false;
    }
    o.words[o.word_count++] = argv[optind];
  }
  if (!o.help && (!counts_right(c, &o) || !has_what_it_needs(c, &o))) return false;
  *ret = o;
  return true;
}

const char *option(const options *o, option_id id) {
  for (int i = o->named_count - 1; i >= 0; i--)
    if (o->named[i].id == id) return o->named[i].value;
  return NULL;
}

bool option_flag(const options *o, option_id id) {
  for (int i = 0; i < o->named_count; i++)
    if (o->named[i].id == id) return true;
  return false;
}

size_t option_all(const options *o, option_id id, const char **ret, size_t room) {
  size_t n = 0;
  for (int i = 0; i < o->named_count && n < room; i++)
    if (o->named[i].id == id) ret[n++] = o->named[i].value;
  return n;
}

bool option_int(const options *o, option_id id, int64_t least, int64_t most, int64_t *ret) {
  const char *v = option(o, id);
  int64_t n = 0;
  if (!v) return true;
  if (text_to_int(text_of(v), &n) && n >= least && n <= most) {
    *ret = n;
    return true;
  }
  fprintf(stderr,
          say("--%s：“%s”应是 %lld 到 %lld 的整数。\n",
              "--%s: \"%s\" must be a number from %lld to %lld.\n"),
          option_table[id].name, v, (long long)least, (long long)most);
  return false;
}
