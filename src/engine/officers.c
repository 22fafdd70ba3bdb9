/* What may be written of an officer: his login, name, role, posts, and who may change him. */
#include "engine/officers.h"

#include "base/ident.h"
#include "engine/areas.h"
#include "pack/model/administrator.h"

#include <stdio.h>

/* ---- words ---- */

/* A login is typed on a telephone and told by word of mouth: nothing that looks like another sign,
 * that cannot be seen, or that a spreadsheet would run. */
bool officer_login_check(text login, err *e) {
  if (login.bytes == 0 || login.bytes > OFFICER_LOGIN_MAX_BYTES)
    return err_set(e, ERR_BAD_INPUT, "login", "请填写登录名，最多 %d 个字母。",
                   "Give a login of at most %d letters.", OFFICER_LOGIN_MAX_BYTES);
  for (size_t i = 0; i < login.bytes; i++) {
    char c = login.at[i];
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!plain && (i == 0 || !c || !strchr("._-", c)))
      return err_set(e, ERR_BAD_INPUT, "login",
                     "登录名只能用英文字母和数字，中间可以有 . _ -，不能有空格、汉字和别的符号。",
                     "A login has letters a to z and digits, and . _ - behind the first; no blanks "
                     "and no other signs.");
  }
  return true;
}

bool officer_name_check(text name, err *e) {
  if (name.bytes == 0 || name.bytes > OFFICER_NAME_MAX_BYTES)
    return err_set(e, ERR_BAD_INPUT, "name", "请填写姓名，最多 %d 个字。",
                   "Give a name of at most %d letters.", OFFICER_NAME_MAX_BYTES / 3);
  size_t at = 0;
  for (int32_t c; (c = text_next(name, &at)) != -1;)
    /* control characters, and those that are not seen or turn the line round */
    if (c < ' ' || (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x61C ||
        (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
        (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF)
      return err_set(e, ERR_BAD_INPUT, "name", "姓名里有看不见的字符，请重新输入。",
                     "The name holds characters that cannot be seen; type it again.");
  return true;
}

/* "a（甲）、b（乙）": the roles of all packs, as many as fit. */
static void list_roles(const catalog *packs, buf *zh, buf *en) {
  for (int i = 0; i < ADMINISTRATORS; i++) {
    buf_printf(zh, "%s%s（%s）", i ? "、" : "", administrators[i].name, administrators[i].title.zh);
    buf_printf(en, "%s%s", i ? ", " : "", administrators[i].name);
  }
  for (size_t i = 0; i < packs->count; i++)
    for (size_t k = 0; k < packs->packs[i]->role_count && zh->bytes < ERR_TEXT_MAX - 140; k++) {
      const role *r = &packs->packs[i]->roles[k];
      buf_printf(zh, "、%s（%s）", r->name, r->title.zh);
      buf_printf(en, ", %s", r->name);
    }
}

static bool no_such_role(const catalog *packs, const char *where, text given, err *e) {
  AUTO_BUF buf zh = {0};
  AUTO_BUF buf en = {0};
  list_roles(packs, &zh, &en);
  if (!buf_ok(&zh) || !buf_ok(&en)) return err_memory(e);
  given = text_cut(given, 60);
  return err_set(e, ERR_BAD_INPUT, where, "没有“%.*s”这个岗位。有：%s。",
                 "There is no role \"%.*s\". There are: %s.", (int)given.bytes, given.at,
                 ZH_EN(zh.at, en.at));
}

static bool several_roles(const char *where, const pack *one, const pack *other, const char *name,
                          text given, err *e) {
  given = text_cut(given, 60);
  return err_set(e, ERR_BAD_INPUT, where,
                 "有几个业务包都有“%.*s”这个岗位，请写明：%s.%s 或 %s.%s。",
                 "Several packs have a role \"%.*s\"; write %s.%s or %s.%s.", (int)given.bytes,
                 given.at, one->name, name, other->name, name);
}

bool officer_role(const catalog *packs, text word, const char *where, post *ret, err *e) {
  written_name w;
  const pack *in = NULL;
  const role *found = NULL;
  bool known = word.bytes && catalog_written(packs, word, &w);
  if (administrator_index(word) >= 0) {
    ret->role = administrators[administrator_index(word)].name;
    ret->pack = "";
    return true;
  }
  for (int by_title = 0; known && !found && by_title < 2; by_title++)
    for (size_t i = 0; i < packs->count; i++)
      for (size_t k = 0; k < packs->packs[i]->role_count; k++) {
        const role *r = &packs->packs[i]->roles[k];
        bool is = by_title ? text_is(w.name, r->title.zh) || text_is(w.name, r->title.en)
                           : text_is(w.name, r->name);
        if (!is || (w.pack && w.pack != packs->packs[i])) continue;
        if (in && in != packs->packs[i])
          return several_roles(where, in, packs->packs[i], r->name, word, e);
        in = packs->packs[i];
        found = r;
      }
  if (!found) return no_such_role(packs, where, word, e);
  ret->role = found->name;
  ret->pack = in->name;
  return true;
}

label officer_role_title(const catalog *packs, const post *x) {
  const pack *p = catalog_pack(packs, text_of(x->pack));
  const role *r = p ? pack_role(p, text_of(x->role)) : NULL;
  const int of_none = administrator_index(text_of(x->role));
  return r ? r->title : of_none >= 0 ? administrators[of_none].title : (label){x->role, x->role};
}

/* ---- a change ---- */

static bool check_posts(const officer_rules *r, const officer *o, err *e) {
  for (size_t i = 0; i < o->post_count; i++) {
    char where[40];
    const pack *in = catalog_pack(r->packs, text_of(o->posts[i].pack));
    text role_name = text_of(o->posts[i].role);
    snprintf(where, sizeof where, "posts/%zu/role", i);
    const bool of_none = !o->posts[i].pack[0] && administrator_index(role_name) >= 0;
    if (!of_none && !(in && pack_role(in, role_name)))
      return no_such_role(r->packs, where, role_name, e);
    snprintf(where, sizeof where, "posts/%zu/area", i);
    if (!area_stands_check(r->s, r->a, o->posts[i].area, where, e)) return false;
  }
  return true;
}

/* Nobody holds two of the administrators' posts, or one beside a post that sees records: he could
 * watch over himself. */
static bool check_separation(const officer *o, err *e) {
  const char *held = NULL;
  bool two = false, sees = false;
  for (size_t i = 0; i < o->post_count; i++) {
    const post *x = &o->posts[i];
    const bool of_none = !x->pack[0] && administrator_index(text_of(x->role)) >= 0;
    two |= of_none && held && strcmp(held, x->role) != 0;
    sees |= !of_none;
    if (of_none) held = x->role;
  }
  return !(two || (held && sees)) ||
         err_set(e, ERR_NOT_ALLOWED, "posts",
                 "系统管理员、安全管理员、审计管理员要由三个人担任，也不能兼别的岗位。",
                 "The system, security and audit administrator are three people, and have no other "
                 "post.");
}

bool officer_same_posts(const officer *x, const officer *y) {
  if (x->post_count != y->post_count) return false;
  for (size_t i = 0; i < x->post_count; i++)
    if (strcmp(x->posts[i].role, y->posts[i].role) != 0 ||
        strcmp(x->posts[i].pack, y->posts[i].pack) != 0 ||
        strcmp(x->posts[i].area, y->posts[i].area) != 0)
      return false;
  return true;
}

/* Over each area where he has or gets a post. Whoever has none belongs to the county alone: else
 * any town could make him its own. */
bool officer_may_manage(const officer_rules *r, const officer *o, err *e) {
  bool may = true;
  for (size_t i = 0; may && i < o->post_count; i++)
    may = actor_may(r->who, r->packs, RIGHT_ADMINISTER, NULL, o->posts[i].area);
  if (!o->post_count) may = actor_may(r->who, r->packs, RIGHT_ADMINISTER, NULL, store_county(r->s));
  return may ||
         rights_denied(o->post_count
                           ? (label){"管理这个区域的人员", "manage the officers of that area"}
                           : (label){"管理没有岗位的人员", "manage officers without a post"},
                       e);
}

static bool holds_over_county(const officer_rules *r, const officer *o, right what) {
  actor who = {.officer = o->id, .posts = o->posts, .post_count = o->post_count};
  return o->active && actor_may(&who, r->packs, what, NULL, store_county(r->s));
}

static bool count_holders(const officer_rules *r, right what, int64_t *ret, err *e) {
  officer *all = NULL;
  size_t count = 0;
  if (!store_officers(r->s, r->a, &all, &count, e)) return false;
  *ret = 0;
  for (size_t i = 0; i < count; i++) *ret += holds_over_county(r, &all[i], what);
  return true;
}

/* Over each area where he has or gets a post. */
static bool authorises(const officer_rules *r, const officer *o) {
  bool may = actor_may(r->who, r->packs, RIGHT_AUTHORISE, NULL, NULL);
  for (size_t i = 0; may && i < o->post_count; i++)
    may = actor_may(r->who, r->packs, RIGHT_AUTHORISE, NULL, o->posts[i].area);
  return may;
}

/* Posts are the security administrator's to give. As long as a county has none, the system
 * administrator gives them, too: so it begins, and so a small office may stay. */
static bool may_give_posts(const officer_rules *r, const officer *was, const officer *now, err *e) {
  int64_t security = 0;
  if (!count_holders(r, RIGHT_AUTHORISE, &security, e)) return false;
  if (!security) /* his posts may be taken off */
    return (!was || officer_may_manage(r, was, e)) &&
           ((was && !now->post_count) || officer_may_manage(r, now, e));
  if ((!was || authorises(r, was)) && authorises(r, now)) return true;
  return err_set(e, ERR_DENIED, "posts",
                 "岗位由安全管理员授予。请先添加不带岗位的账号，再请安全管理员授岗。",
                 "Posts are given by the security administrator. Add the account without posts, "
                 "then ask him.");
}

/* Nobody raises, moves or closes himself; his own password he may always change. */
static bool may_change(const officer_rules *r, const officer *was, const officer *now, err *e) {
  if (r->who->system) return true;
  if (was && uuid_equal(&r->who->officer, &now->id)) {
    if (was->active != now->active || !officer_same_posts(was, now))
      return err_set(
          e, ERR_NOT_ALLOWED, NULL, "不能停用自己，也不能改自己的岗位，请找另一位管理员。",
          "You cannot close yourself or change your own posts; ask another administrator.");
    if (strcmp(was->login, now->login) == 0 && strcmp(was->name, now->name) == 0) return true;
  }
  const officer none = {.active = true};
  const bool posts = !officer_same_posts(was ? was : &none, now);
  const bool account = !was || was->active != now->active || strcmp(was->login, now->login) != 0 ||
                       strcmp(was->name, now->name) != 0;
  if (posts && !may_give_posts(r, was, now, e)) return false;
  if (posts && !account) return true;
  return officer_may_manage(r, was ? was : now, e);
}

bool officer_change_check(const officer_rules *r, const officer *was, const officer *now, err *e) {
  officer *same = NULL;
  bool renamed = !was || strcmp(was->login, now->login) != 0 || strcmp(was->name, now->name) != 0;
  if (!may_change(r, was, now, e) ||
      (renamed && !(officer_login_check(text_of(now->login), e) &&
                    officer_name_check(text_of(now->name), e))) ||
      !check_posts(r, now, e) || !check_separation(now, e) ||
      !store_officer_find_by_login(r->s, r->a, text_of(now->login), &same, e))
    return false;
  if (!same || uuid_equal(&same->id, &now->id)) return true;
  return err_set(e, ERR_CONFLICT, "login", "登录名“%s”已经有人用了，请换一个。",
                 "The login \"%s\" is taken; choose another.", now->login);
}

/* ---- the last administrator ---- */

bool officer_administers(const officer_rules *r, const officer *o) {
  return holds_over_county(r, o, RIGHT_ADMINISTER);
}

bool officer_administrators(const officer_rules *r, int64_t *ret_count, err *e) {
  return count_holders(r, RIGHT_ADMINISTER, ret_count, e);
}

bool officer_keeps_administrators(const officer_rules *r, const officer *was, const officer *now,
                                  err *e) {
  for (right what = RIGHT_ADMINISTER; what <= RIGHT_AUDIT; what++) {
    int64_t left = 0;
    if (!was || !holds_over_county(r, was, what) || holds_over_county(r, now, what)) continue;
    if (!count_holders(r, what, &left, e)) return false;
    if (left > 1) continue;
    const label post = administrators[what - RIGHT_ADMINISTER].title;
    return err_set(e, ERR_NOT_ALLOWED, now->login,
                   "这是区县唯一的%s，不能停用，也不能去掉这个岗位。请先添加另一位。",
                   "This is the county's only %s, who can neither be closed nor lose the post. Add "
                   "another one first.",
                   LABEL(post));
  }
  return true;
}

bool officer_last_administrator(const char *login, err *e) {
  return err_set(e, ERR_NOT_ALLOWED, login,
                 "这是区县唯一的系统管理员，不能停用，也不能去掉这个岗位。请先添加另一位。",
                 "This is the county's only administrator, who can neither be closed nor lose the "
                 "post. Add another one first.");
}
