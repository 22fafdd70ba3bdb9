#include "pack/model/administrator.h"

const administrator administrators[ADMINISTRATORS] = {
    [ADMINISTRATOR_SYSTEM] = {"admin", {"系统管理员", "system administrator"}},
    [ADMINISTRATOR_SECURITY] = {"security", {"安全管理员", "security administrator"}},
    [ADMINISTRATOR_AUDIT] = {"audit", {"审计管理员", "audit administrator"}},
};

int administrator_index(text word) {
  for (int i = 0; i < ADMINISTRATORS; i++)
    if (text_is(word, administrators[i].name) || text_is(word, administrators[i].title.zh) ||
        text_is(word, administrators[i].title.en))
      return i;
  return -1;
}
