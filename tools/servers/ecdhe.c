/*
 * Preloaded into MySQL 8.0.15, whose OpenSSL 1.0 offers keys over elliptic curves (ECDHE) only where the program asks for them, and
 * it does not. Clients of today, Deno's among them, take no others.
 */
#define _GNU_SOURCE
#include <dlfcn.h>

#define SSL_CTRL_SET_ECDH_AUTO 94

void *SSL_CTX_new(const void *method) {
  void *(*make)(const void *) = dlsym(RTLD_NEXT, "SSL_CTX_new");
  long (*control)(void *, int, long, void *) = dlsym(RTLD_NEXT, "SSL_CTX_ctrl");
  void *context = make(method);
  if (context != 0) control(context, SSL_CTRL_SET_ECDH_AUTO, 1, 0);
  return context;
}
