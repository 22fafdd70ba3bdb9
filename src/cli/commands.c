/* The table of commands. */
#include "cli/commands.h"

#define B(id) OPTION_BIT(id)
#define MANY 60

static const char packs_zh[] = "业务包用 --pack 指明，写名称或目录；不写时用 packs/default 里的。";
static const char packs_en[] =
    "Packs are named with --pack, by name or folder; without it those of packs/default are taken.";

static const char area_zh[] =
    "区域写名称或代码。不写 --apply 只预览：多少对象、个案、岗位随之变动。";
static const char area_en[] = "An area by name or code. Without --apply it only tells what would "
                              "move: subjects, cases, posts.";
static const char ask_zh[] = "密码在终端里输入两次；不在终端里时，读标准输入的一行。";
static const char ask_en[] =
    "The password is asked twice on a terminal, and read from standard input otherwise.";

const command_entry command_table[] = {
/* Whatever opens a place may be told where its key file is. */
#define COMMAND(function, name, location, least, most, words_zh, words_en, needs, may, ...)        \
  {name,       location, least, most,                                                              \
   words_zh,   words_en, needs, (may) | ((location) == LOCATION_NONE ? 0 : B(KEY_FILE)),           \
   __VA_ARGS__},
#include "cli/commands.def"
#undef COMMAND
};
const size_t command_count = sizeof command_table / sizeof *command_table;
