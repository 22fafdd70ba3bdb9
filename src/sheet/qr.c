#include "sheet/qr.h"

#include <errno.h>
#include <qrencode.h>
#include <stdlib.h>

enum { QUIET = 4, CONTENT_MAX = 1000 };

static QRcode *encode(text content, err *e) {
  if (content.bytes == 0 || content.bytes > CONTENT_MAX) {
    err_set(e, ERR_BAD_INPUT, NULL, "二维码的内容应有 1 到 %d 个字节。",
            "A QR symbol holds 1 to %d bytes here.", CONTENT_MAX);
    return NULL;
  }
  QRcode *code =
      QRcode_encodeData((int)content.bytes, (const unsigned char *)content.at, 0, QR_ECLEVEL_M);
  if (!code) err_memory(e);
  return code;
}

bool qr_modules(text content, uint8_t **ret, int *ret_side, err *e) {
  QRcode *code = encode(content, e);
  if (!code) return false;
  const size_t all = (size_t)code->width * (size_t)code->width;
  uint8_t *dark = malloc(all);
  for (size_t i = 0; dark && i < all; i++) dark[i] = code->data[i] & 1;
  if (dark) *ret_side = code->width;
  QRcode_free(code);
  if (!dark) return err_memory(e);
  *ret = dark;
  return true;
}

bool qr_svg(text content, buf *out, err *e) {
  QRcode *code = encode(content, e);
  if (!code) return false;
  int n = code->width, side = n + 2 * QUIET;
  buf_printf(out,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
             "shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path d=\"",
             side, side, side, side);
  for (int y = 0; y < n; y++)
    for (int x = 0; x < n; x++) {
      int wide = 0;
      while (x + wide < n && code->data[y * n + x + wide] & 1) wide++;
      if (wide) buf_printf(out, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, wide, wide);
      x += wide;
    }
  buf_str(out, "\"/></svg>");
  QRcode_free(code);
  return buf_ok(out) || err_memory(e);
}
