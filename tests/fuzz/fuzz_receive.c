/* Fuzzes what a backup, an export or a followed location sends: the lines behind the head, which is
 * the right one for the county that takes them in. Rows beside the journal may be taken; entries
 * must fit their links, so none of them is. A first byte "!" leaves the head to the input. */
#include "county.h"

#include "backup/receive.h"
#include "base/json_fields.h"

int LLVMFuzzerInitialize(int *count, char ***words);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static county before;

int LLVMFuzzerInitialize(int *count, char ***words) {
  err e;
  (void)count;
  (void)words;
  county_begin("2025-03-03");
  MUST(store_county_get(fuzzed->s, &before, &e));
  return 0;
}

static void put_head(buf *b) {
  send_head h = {.made_ms = 1, .head = {before.seq, before.last_at_ms, before.link}};
  snprintf(h.county, sizeof h.county, "%s", before.code);
  snprintf(h.name, sizeof h.name, "%s", before.name);
  snprintf(h.version, sizeof h.version, "0");
  h.after = h.head;
  json_out w = json_to(b);
  json_open(&w, '{');
  json_field_open(&w, "jishi", '{');
  send_head_put(&w, &h);
  json_close(&w, '}');
  json_close(&w, '}');
}

static bool take_lines(receiver *r, text rest, err *e) {
  while (rest.bytes) {
    const char *end = memchr(rest.at, '\n', rest.bytes);
    text line = {rest.at, end ? (size_t)(end - rest.at) : rest.bytes};
    if (!receive_line(r, line, e)) return false;
    rest.at += line.bytes + (end != NULL);
    rest.bytes -= line.bytes + (end != NULL);
  }
  return receive_end(r, e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  AUTO_BUF buf head = {0};
  county after;
  err e = {0};
  text rest = {(const char *)data, bytes};
  receiver *r = receive_resume(fuzzed->location, NULL, &e);
  MUST(r);
  bool own = bytes && rest.at[0] == '!', ok = true;
  put_head(&head);
  MUST(buf_ok(&head));
  if (!own) MUST(receive_line(r, buf_view(&head), &e));
  if (own) rest = (text){rest.at + 1, rest.bytes - 1};
  ok = take_lines(r, rest, &e);
  if (!ok) must_be_told(&e);
  receive_close(r);
  MUST(store_county_get(fuzzed->s, &after, &e) && after.seq == before.seq &&
       memcmp(&after.link, &before.link, sizeof after.link) == 0);
  return 0;
}
