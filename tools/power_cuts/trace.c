/*
 * Preloaded into a program (LD_PRELOAD), it writes down what the program does to the files under the folder POWER_FOLDER: one
 * record for each write, truncation, creation, renaming, removal and synchronisation, appended to the file POWER_TRACE once it is
 * done. From the records it can be told what any power cut would have left (see tests/faults/power).
 *
 *   gcc -shared -fPIC -O2 -o trace.so trace.c -ldl
 *
 * A record, little endian: kind (1 byte), length of the name (2), offset (8), length of the data (4), the name, the data.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { WRITE = 'w', TRUNCATE = 't', CREATE = 'c', RENAME = 'r', REMOVE = 'd', SYNC = 's' };

static const char *folder;
static size_t folder_length;
static int trace = -1;

#define REAL(name) \
  static __typeof__(name) *real; \
  if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void) {
  folder = getenv("POWER_FOLDER");
  const char *path = getenv("POWER_TRACE");
  if (!folder || !path) return;
  folder_length = strlen(folder);
  trace = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* The name of a file below the folder; NULL for any other, and for what wakes other processes. */
static const char *below(const char *path) {
  if (trace < 0 || strncmp(path, folder, folder_length) != 0 || path[folder_length] != '/') return NULL;
  const char *name = path + folder_length + 1;
  size_t length = strlen(name);
  if (strncmp(name, "wake", 4) == 0 || (length > 4 && strcmp(name + length - 4, "-shm") == 0)) return NULL;
  return name;
}

static const char *name_of(int fd, char *buffer, size_t size) {
  if (trace < 0 || fd == trace) return NULL;
  char link[40];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, buffer, size - 1);
  if (length <= 0) return NULL;
  buffer[length] = 0;
  return below(buffer);
}

static void note(enum kind kind, const char *name, uint64_t offset, const void *data, uint32_t length) {
  REAL(writev);
  int before = errno;
  uint8_t head[15];
  uint16_t name_length = strlen(name);
  head[0] = kind;
  memcpy(head + 1, &name_length, 2);
  memcpy(head + 3, &offset, 8);
  memcpy(head + 11, &length, 4);
  struct iovec parts[3] = {{head, sizeof head}, {(void *)name, name_length}, {(void *)data, length}};
  real(trace, parts, 3);
  errno = before;
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
  REAL(pwrite64);
  char path[4096];
  ssize_t done = real(fd, data, length, offset);
  const char *name = done > 0 ? name_of(fd, path, sizeof path) : NULL;
  if (name) note(WRITE, name, offset, data, done);
  return done;
}
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return pwrite64(fd, data, length, offset); }

ssize_t write(int fd, const void *data, size_t length) {
  REAL(write);
  char path[4096];
  ssize_t done = real(fd, data, length);
  const char *name = done > 0 ? name_of(fd, path, sizeof path) : NULL;
  if (name) note(WRITE, name, lseek64(fd, 0, SEEK_CUR) - done, data, done);
  return done;
}

#define SYNCING(function) \
  int function(int fd) { \
    REAL(function); \
    char path[4096]; \
    int done = real(fd); \
    const char *name = done == 0 ? name_of(fd, path, sizeof path) : NULL; \
    if (name) note(SYNC, name, 0, NULL, 0); \
    return done; \
  }
SYNCING(fsync)
SYNCING(fdatasync)

int ftruncate64(int fd, off64_t length) {
  REAL(ftruncate64);
  char path[4096];
  int done = real(fd, length);
  const char *name = done == 0 ? name_of(fd, path, sizeof path) : NULL;
  if (name) note(TRUNCATE, name, length, NULL, 0);
  return done;
}
int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

static void opened(int fd, int flags) {
  char path[4096];
  const char *name = fd >= 0 && (flags & (O_CREAT | O_TRUNC)) ? name_of(fd, path, sizeof path) : NULL;
  if (!name) return;
  if (flags & O_CREAT) note(CREATE, name, 0, NULL, 0);
  if (flags & O_TRUNC) note(TRUNCATE, name, 0, NULL, 0);
}
#define MODE(flags) \
  mode_t mode = 0; \
  if ((flags) & O_CREAT) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); }

int open64(const char *path, int flags, ...) {
  REAL(open64);
  MODE(flags)
  int fd = real(path, flags, mode);
  opened(fd, flags);
  return fd;
}
int open(const char *path, int flags, ...) {
  REAL(open64);
  MODE(flags)
  int fd = real(path, flags, mode);
  opened(fd, flags);
  return fd;
}
int openat64(int at, const char *path, int flags, ...) {
  REAL(openat64);
  MODE(flags)
  int fd = real(at, path, flags, mode);
  opened(fd, flags);
  return fd;
}

int unlink(const char *path) {
  REAL(unlink);
  int done = real(path);
  const char *name = done == 0 ? below(path) : NULL;
  if (name) note(REMOVE, name, 0, NULL, 0);
  return done;
}

int rename(const char *from, const char *to) {
  REAL(rename);
  int done = real(from, to);
  const char *name = done == 0 ? below(from) : NULL;
  const char *after = done == 0 ? below(to) : NULL;
  if (name && after) note(RENAME, name, 0, after, strlen(after));
  return done;
}
