#include "http/form_body.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char form[] = "multipart/form-data";

/* The value of `key="…"` in a header; "" when there is none. */
static text quoted(text header, const char *key) {
  const size_t n = strlen(key);
  for (size_t i = 0; i + n + 2 < header.bytes; i++) {
    if (strncasecmp(header.at + i, key, n) != 0 || header.at[i + n] != '=') continue;
    if (i > 0 && header.at[i - 1] != ' ' && header.at[i - 1] != ';') continue;
    const char *from = header.at + i + n + 1, *end = header.at + header.bytes;
    const bool in_quotes = *from == '"';
    if (in_quotes) from++;
    const char *to = from;
    while (to < end && *to != (in_quotes ? '"' : ';') && (in_quotes || *to > ' ')) to++;
    return (text){from, (size_t)(to - from)};
  }
  return TEXT("");
}

/* Where `what` begins in t; its end when it is not there. */
static const char *find(text t, const char *what, size_t bytes) {
  const char *at = t.bytes >= bytes ? memmem(t.at, t.bytes, what, bytes) : NULL;
  return at ? at : t.at + t.bytes;
}

bool form_body_file(text type, text body, text *ret_file, text *ret_name, err *e) {
  char mark[90];
  text boundary = quoted(type, "boundary");
  *ret_file = body;
  *ret_name = TEXT("");
  if (type.bytes < sizeof form - 1 || strncasecmp(type.at, form, sizeof form - 1) != 0) return true;
  if (boundary.bytes > 0 && boundary.bytes <= 70) { /* RFC 2046, 5.1.1 */
    const size_t n = boundary.bytes + 4;
    snprintf(mark, sizeof mark, "\r\n--%.*s", (int)boundary.bytes, boundary.at);
    const char *end = body.at + body.bytes;
    const char *at = find(body, mark + 2, n - 2); /* the first has no line before it */
    for (const char *from = at + n - 2; at < end && from < end; from = at + n) {
      const char *data = find((text){from, (size_t)(end - from)}, "\r\n\r\n", 4);
      const text head = {from, (size_t)(data - from)};
      if (data == end) break;
      data += 4;
      at = find((text){data, (size_t)(end - data)}, mark, n);
      if (at == end) break;
      if (head.bytes > 2048 || find(head, "filename", 8) == head.at + head.bytes) continue;
      *ret_file = (text){data, (size_t)(at - data)};
      *ret_name = quoted(head, "filename");
      return true;
    }
  }
  return err_set(e, ERR_BAD_FILE, "body", "表单里没有文件，请直接发送文件本身。",
                 "The form has no file; send the file itself.");
}
