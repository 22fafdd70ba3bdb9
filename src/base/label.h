/* label.h — a text in both languages. */
#ifndef JISHI_BASE_LABEL_H
#define JISHI_BASE_LABEL_H

typedef struct label {
  const char *zh, *en; /* never NULL */
} label;

#endif
