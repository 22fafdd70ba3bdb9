/* qr.h — a text as a QR symbol (ISO/IEC 18004), error correction M. */
#ifndef JISHI_SHEET_QR_H
#define JISHI_SHEET_QR_H

#include "base/err.h"
#include "base/text.h"

#include <stdint.h>

/* In SVG: one path, four modules of quiet zone. False: the text is too long for a symbol, or
 * memory. */
bool qr_svg(text content, buf *out, err *e);
/* *ret_side rows of as many modules, 1 where it is dark; the caller's, to free. */
bool qr_modules(text content, uint8_t **ret, int *ret_side, err *e);

#endif
