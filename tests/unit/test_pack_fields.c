/* Values of fields as people write them and as the API sends them; masks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "mini_pack.h"
#include "pack/load/load.h"
#include "pack/model/field_value.h"

static pack *mini;

static int load(void **state) {
  (void)state;
  faults f = {0};
  mini = pack_from_files(mini_pack, MINI_FILES, NULL, 0, &f);
  faults_release(&f);
  return mini ? 0 : -1;
}

static int unload(void **state) {
  (void)state;
  pack_free(mini);
  return 0;
}

static const field *field_of(const char *name) {
  for (size_t k = 0; k < mini->kind_count; k++) {
    const field *f = field_find(mini->kinds[k].fields, mini->kinds[k].field_count, text_of(name));
    if (f) return f;
  }
  fail_msg("no field %s", name);
  return NULL;
}

static day today(void) {
  day d;
  assert_true(day_parse(TEXT("2024-05-01"), &d));
  return d;
}

/* What is expected: a number, text, yes/no as 1/0, a list joined by '+'; gives NULL for unknown;
 * "!" + part of the sentence for a fault. */
typedef struct example {
  const char *field, *written, *gives;
} example;

static void print(const value *v, buf *b) {
  switch (v->type) {
  case VALUE_UNKNOWN:
    buf_str(b, "?");
    break;
  case VALUE_BOOL:
    buf_str(b, v->yes ? "1" : "0");
    break;
  case VALUE_INT:
    buf_int(b, v->i);
    break;
  case VALUE_STRING:
    buf_text(b, v->s);
    break;
  case VALUE_LIST:
    for (size_t i = 0; i < v->list->count; i++) {
      if (i) buf_char(b, '+');
      buf_text(b, v->list->items[i].s);
    }
    break;
  default:
    buf_str(b, "(other)");
  }
}

static void expect(const example *x, bool read, const value *v, const err *e) {
  const field *f = field_of(x->field);
  AUTO_BUF buf b = {0};
  if (x->gives[0] == '!') {
    if (read) fail_msg("%s: \"%s\" was taken", x->field, x->written);
    if (!strstr(e->en, x->gives + 1)) fail_msg("%s: \"%s\" gives: %s", x->field, x->written, e->en);
    assert_string_equal(e->where, x->field);
    assert_non_null(strstr(e->zh, f->title.zh));
    assert_non_null(strstr(e->en, f->title.en));
    assert_int_equal(e->code, ERR_BAD_INPUT);
    return;
  }
  if (!read) fail_msg("%s: \"%s\" was refused: %s", x->field, x->written, e->en);
  print(v, &b);
  if (strcmp(b.at ? b.at : "", x->gives) != 0)
    fail_msg("%s: \"%s\" gave %s", x->field, x->written, b.at);
}

static const example cells[] = {
    {"head", "  张某　", "张某"},
    {"head", "　 ", "?"},
    {"head", "", "?"},
    {"head", "张\n某", "!line break"},
    {"head", "a\x01", "!invisible"},
    {"note", "一\n二", "一\n二"},
    {"note", "a\x01", "!invisible"},
    {"head", "\xff", "!UTF-8"},
    {"code", "12345678901234567890123456789012", "12345678901234567890123456789012"},
    {"code", "户345678901234567890123456789012", "户345678901234567890123456789012"},
    {"code", "123456789012345678901234567890123", "!at most 32 characters"},
    {"income", "1,234.5", "123450"},
    {"income", "１２３４．５０", "123450"},
    {"income", "¥1234元", "123400"},
    {"income", "1234 元", "123400"},
    {"income", "0", "0"},
    {"income", "-1", "!below 0.00元"},
    {"income", "1.234", "!two decimals"},
    {"income", "一千", "!amount"},
    {"income", "1e3", "!amount"},
    {"size", "3", "3"},
    {"size", "3.0", "3"},
    {"size", "３", "3"},
    {"size", "3.5", "!whole number"},
    {"size", "0", "!below 1"},
    {"size", "31", "!above 30"},
    {"size", "1,2", "!whole number"},
    {"size", "99999999999999999999", "!whole number"},
    {"share", "80%", "80000000"},
    {"share", "0.0475", "4750000"},
    {"share", "８０％", "80000000"},
    {"share", "1.5", "!above 1"},
    {"share", "half", "!rate"},
    {"since", "2024/3/1", "19783"},
    {"since", "2024年3月1日", "19783"},
    {"since", "2024.3.1", "19783"},
    {"since", "20240301", "19783"},
    {"since", "2024-02-30", "!date"},
    {"since", "2013-12-31", "!below 2014-01-01"},
    {"sick", "是", "1"},
    {"sick", "否", "0"},
    {"sick", "Yes", "1"},
    {"sick", "0", "0"},
    {"sick", "maybe", "!yes"},
    {"type", "脱贫户", "lifted"},
    {"type", "lifted", "lifted"},
    {"type", "01", "lifted"},
    {"type", " 脱贫不享受政策户 ", "lifted"},
    {"type", "General", "general"},
    {"type", "富裕户", "!choose from: lifted, general"},
    {"needs", "看病、上学", "cure+school"},
    {"needs", "work；cure，work, school", "cure+school+work"},
    {"needs", "就业 看病", "cure+work"},
    {"needs", "、，", "?"},
    {"needs", "看病、吃饭", "!吃饭"},
    {"phone", "138 0000 0000", "13800000000"},
    {"phone", "+86 13800000000", "13800000000"},
    {"phone", "12", "!"},
    {"identity", "11010519491231002x", "11010519491231002X"},
    {"identity", "110105194912310021", "!"},
};

static void reads_what_people_write(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
    arena *a AUTO_ARENA = arena_new(0);
    err e = {0};
    value v = value_null();
    bool read =
        field_read_text(field_of(cells[i].field), a, text_of(cells[i].written), today(), &v, &e);
    expect(&cells[i], read, &v, &e);
  }
}

static const example answers[] = {
    {"head", "\" 张某 \"", "张某"},
    {"head", "null", "?"},
    {"head", "\"\"", "?"},
    {"head", "3", "!text"},
    {"head", "\"a\\u0001b\"", "!invisible"},
    {"head", "\"a\\u2028b\"", "!line break"},
    {"income", "123450", "123450"},
    {"income", "-1", "!below"},
    {"income", "1.5", "!whole fen"},
    {"income", "\"1234.50\"", "!whole fen"},
    {"size", "3", "3"},
    {"size", "31", "!above 30"},
    {"size", "3.0", "!whole number"},
    {"size", "\"3\"", "!whole number"},
    {"share", "\"0.65\"", "65000000"},
    {"share", "0.65", "!rate"},
    {"since", "\"2024-03-01\"", "19783"},
    {"since", "\"2024/3/1\"", "!date"},
    {"sick", "true", "1"},
    {"sick", "\"是\"", "!true or false"},
    {"type", "\"lifted\"", "lifted"},
    {"type", "\"脱贫户\"", "!choose from"},
    {"type", "[\"lifted\"]", "!code"},
    {"needs", "[\"work\", \"cure\", \"work\"]", "cure+work"},
    {"needs", "[]", "?"},
    {"needs", "[\"eat\"]", "!choose from"},
    {"needs", "[1]", "!list"},
    {"needs", "\"work,cure\"", "cure+work"},
    {"needs", "{}", "!list"},
    {"phone", "\"13800000000\"", "13800000000"},
};

static void reads_what_the_api_sends(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
    arena *a AUTO_ARENA = arena_new(0);
    err e = {0};
    value v = value_null();
    const json *j = json_parse(a, text_of(answers[i].written), &e);
    assert_non_null(j);
    bool read = field_read_json(field_of(answers[i].field), a, j, today(), &v, &e);
    expect(&answers[i], read, &v, &e);
  }
}

static void names_what_is_missing(void **state) {
  (void)state;
  arena *a AUTO_ARENA = arena_new(0);
  value v = value_null();
  err e = {0};
  assert_true(field_read_json(field_of("income"), a, NULL, today(), &v, &e));
  assert_int_equal(v.type, VALUE_UNKNOWN);
  assert_string_equal(v.missing->name, "income");
}

static void bounds_long_text(void **state) {
  (void)state;
  AUTO_BUF buf b = {0};
  arena *a AUTO_ARENA = arena_new(0);
  value v;
  err e = {0};
  for (int i = 0; i < 2000; i++) buf_str(&b, "字");
  assert_true(field_read_text(field_of("head"), a, buf_view(&b), today(), &v, &e));
  buf_str(&b, "字");
  assert_false(field_read_text(field_of("head"), a, buf_view(&b), today(), &v, &e));
  assert_true(field_read_text(field_of("note"), a, buf_view(&b), today(), &v, &e));
  while (b.bytes < 20001 * 3) buf_str(&b, "字");
  assert_false(field_read_text(field_of("note"), a, buf_view(&b), today(), &v, &e));
}

static void masks(void **state) {
  (void)state;
  static const struct {
    field_privacy privacy;
    field_format format;
    const char *s, *shown;
  } table[] = {
      /* with the day of birth beside it not even the sex digit may be told */
      {PRIVACY_MASKED, FORMAT_RESIDENT_ID, "370811199001011234", "3708**************"},
      {PRIVACY_MASKED, FORMAT_DISABILITY_CARD, "37081119900101123441", "3708****************"},
      {PRIVACY_MASKED, FORMAT_PHONE, "13800000000", "138****0000"},
      {PRIVACY_MASKED, FORMAT_PHONE, "2661234", "****"},
      {PRIVACY_MASKED, FORMAT_NONE, "高血压三级，合并肾功能不全", "****"},
      {PRIVACY_MASKED, FORMAT_NONE, "红", "****"},
      {PRIVACY_MASKED, FORMAT_NONE, "", "****"},
      {PRIVACY_MASKED, FORMAT_NONE, "\xff", "****"},
      {PRIVACY_HIDDEN, FORMAT_PHONE, "13800000000", "****"},
      {PRIVACY_OPEN, FORMAT_PHONE, "13800000000", "13800000000"},
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    field f = {.privacy = table[i].privacy, .format = table[i].format};
    AUTO_BUF buf b = {0};
    field_mask(&b, &f, text_of(table[i].s));
    assert_string_equal(b.at, table[i].shown);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads_what_people_write),
      cmocka_unit_test(reads_what_the_api_sends),
      cmocka_unit_test(names_what_is_missing),
      cmocka_unit_test(bounds_long_text),
      cmocka_unit_test(masks),
  };
  return cmocka_run_group_tests_name("pack", tests, load, unload);
}
