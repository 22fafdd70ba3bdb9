/* "Did you mean …?": the nearest of the known names by edit distance over code points. */
#include "cel/types.h"

enum { NAME_POINTS_MAX = 64 };

static size_t points(text t, int32_t out[NAME_POINTS_MAX]) {
  size_t n = 0, pos = 0;
  while (n < NAME_POINTS_MAX) {
    int32_t c = text_next(t, &pos);
    if (c < 0) break;
    out[n++] = c >= 'A' && c <= 'Z' ? c + 32 : c;
  }
  return n;
}

/* Insertions, deletions, changes, and swapped neighbours. */
static size_t distance(text a, text b) {
  int32_t x[NAME_POINTS_MAX], y[NAME_POINTS_MAX];
  size_t n = points(a, x), m = points(b, y);
  size_t row[3][NAME_POINTS_MAX + 1];
  for (size_t j = 0; j <= m; j++) row[0][j] = j;
  for (size_t i = 1; i <= n; i++) {
    size_t *now = row[i % 3], *up = row[(i + 2) % 3], *up2 = row[(i + 1) % 3];
    now[0] = i;
    for (size_t j = 1; j <= m; j++) {
      size_t best = up[j - 1] + (x[i - 1] != y[j - 1]);
      if (up[j] + 1 < best) best = up[j] + 1;
      if (now[j - 1] + 1 < best) best = now[j - 1] + 1;
      if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1] && up2[j - 2] + 1 < best)
        best = up2[j - 2] + 1;
      now[j] = best;
    }
  }
  return row[n % 3][m];
}

nearest nearest_to(text wrong) {
  return (nearest){.wrong = wrong, .distance = SIZE_MAX};
}

void nearest_offer(nearest *n, text name) {
  size_t d = distance(n->wrong, name);
  if (d < n->distance) {
    n->distance = d;
    n->best = name;
  }
}

bool nearest_found(const nearest *n) {
  size_t length = text_points(n->wrong);
  if (length > NAME_POINTS_MAX) length = NAME_POINTS_MAX;
  return length > 2 && n->distance <= 1 + length / 4;
}
