/* jishi — the commands. */
#include "cli/commands.h"
#include "cli/password_ask.h"

#include "base/key_file.h"

#include <sodium.h>
#include <stdio.h>

/* In the table's order. Here and not in it: whoever reads options or tells the help then needs no
 * command. */
static int (*const functions[])(const options *o) = {
#define COMMAND(function, ...) command_##function,
#include "cli/commands.def"
#undef COMMAND
};

static int run(const command_entry *c, int argc, char **argv) {
  options o;
  if (!options_read(c, argc, argv, &o)) {
    command_usage_of(c);
    return EXIT_USAGE;
  }
  if (o.help) {
    command_help_of(c);
    return say_written(EXIT_DONE);
  }
  if (option_flag(&o, OPTION_JSON)) errors_as_json();
  key_file_use(option(&o, OPTION_KEY_FILE));
  key_file_asker(passphrase_ask);
  int status = functions[c - command_table](&o);
  key_file_forget();
  return status;
}

/* `jishi`, `jishi -h` and `jishi --help` are `jishi help`, `jishi --version` is `jishi version`. */
static char *plain_word(char *word) {
  static char help[] = "help", version[] = "version";
  if (!word || strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0) return help;
  return strcmp(word, "--version") == 0 ? version : word;
}

/* `jishi user --help` is `jishi help user`. */
static bool asks_help(const char *word) {
  return strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0;
}

int main(int argc, char **argv) {
  if (argc > 0) called_as(argv[0]);
  if (!language_read(&argc, argv)) return EXIT_USAGE;
  if (sodium_init() < 0) {
    fputs(say("libsodium 不能用。\n", "libsodium cannot be used.\n"), stderr);
    return EXIT_REFUSED;
  }
  char *words[] = {argc > 0 ? argv[0] : NULL, plain_word(argc > 1 ? argv[1] : NULL),
                   argc > 2 ? argv[2] : NULL, NULL};
  int count = argc > 2 ? 2 : 1, taken = 0;
  if (count == 2 && asks_help(words[2])) {
    words[2] = words[1];
    words[1] = plain_word(NULL);
    argv = words;
    argc = 3;
  }
  const command_entry *c = command_find(count, words + 1, &taken);
  if (!c) return EXIT_USAGE;
  if (argc < 1 + taken) return run(c, 1, words); /* plain `jishi` */
  return run(c, argc - taken, argv + taken);
}
