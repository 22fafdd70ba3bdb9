/* key_kit.h — the key file of the places that a test program makes: one, gone with it. */
#ifndef JISHI_TESTS_KEY_KIT_H
#define JISHI_TESTS_KEY_KIT_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char key_kit_path[64];

static void key_kit_remove(void) {
  unlink(key_kit_path);
}

static void key_kit(void) {
  if (key_kit_path[0]) return;
  snprintf(key_kit_path, sizeof key_kit_path, "/tmp/jishi-test-%ld.key", (long)getpid());
  setenv("JISHI_KEY_FILE", key_kit_path, 1);
  atexit(key_kit_remove);
}

#endif
