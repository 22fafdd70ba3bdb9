#include "engine/account.h"

#include <string.h>

/* Of officer and posts: another post is another actor. */
static bool hash_actor(const actor *who, hash *ret) {
  AUTO_BUF buf b = {0};
  buf_add(&b, (const char *)who->officer.b, sizeof who->officer.b);
  for (size_t i = 0; i < who->post_count; i++)
    buf_printf(&b, "%s.%s@%s\n", who->posts[i].pack, who->posts[i].role, who->posts[i].area);
  text all = buf_view(&b);
  *ret = hash_of(&all, 1);
  return buf_ok(&b);
}

static bool has_posts(const officer *o, const actor *who) {
  if (o->post_count != who->post_count) return false;
  for (size_t i = 0; i < o->post_count; i++)
    if (strcmp(o->posts[i].role, who->posts[i].role) != 0 ||
        strcmp(o->posts[i].pack, who->posts[i].pack) != 0 ||
        strcmp(o->posts[i].area, who->posts[i].area) != 0)
      return false;
  return true;
}

bool account_stands(accounts *kept, store *s, arena *a, const actor *who, err *e) {
  hash h;
  officer *o = NULL;
  if (who->system || who->invented) return true;
  if (!hash_actor(who, &h)) return err_memory(e);
  for (size_t i = 0; i < kept->count; i++)
    if (memcmp(&kept->seen[i], &h, sizeof h) == 0) return true;
  if (!store_officer_find(s, a, &who->officer, &o, e)) return false;
  if (!o || !o->active)
    return err_set(e, ERR_SIGN_IN, NULL, "您的账号已停用，请联系管理员。",
                   "Your account is closed; ask the administrator.");
  if (!has_posts(o, who))
    return err_set(e, ERR_SIGN_IN, NULL, "您的岗位刚刚有变动，请重新登录后再办。",
                   "Your posts have just been changed; sign in again and repeat it.");
  kept->seen[kept->next++ % ACCOUNTS_KEPT] = h;
  if (kept->count < ACCOUNTS_KEPT) kept->count++;
  return true;
}

void accounts_forget(accounts *kept) {
  *kept = (accounts){.count = 0};
}
