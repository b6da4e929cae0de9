/*
 * Records what a process writes below one folder and what it makes durable, in the order in which it happened, so that
 * any moment of it can be put together again as a power cut would have left it. Loaded with LD_PRELOAD;
 * POWERCUT_ROOT names the folder, POWERCUT_LOG the record. One lock holds a call and its record together.
 *
 * A record, little-endian: kind (1 byte), 3 unused, descriptor (i32), offset or length (i64), length of the first text (u32),
 * length of the second text or the data (u32), then both.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OPEN = 1, CLOSE, WRITE, TRUNCATE, SYNC, RENAME, UNLINK, MKDIR, LINK, RMDIR };
enum { DESCRIPTORS = 65536 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *root;
static size_t root_length;
static int record = -1;
/* What a descriptor stood for when it was opened: a socket that gets its number later is no file of ours. */
static struct { dev_t device; ino_t inode; int known; } known[DESCRIPTORS];

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void all(const void *bytes, size_t length) {
  static ssize_t (*real)(int, const void *, size_t);
  if (!real) real = REAL(write);
  const char *at = bytes;
  while (length > 0) {
    ssize_t done = real(record, at, length);
    if (done < 0) {
      if (errno == EINTR) continue;
      abort();
    }
    at += done;
    length -= (size_t)done;
  }
}

static void put(uint8_t kind, int descriptor, int64_t number, const char *text, const void *data, size_t length) {
  struct __attribute__((packed)) { uint8_t kind, unused[3]; int32_t descriptor; int64_t number; uint32_t text, data; } head = {
      kind, {0}, descriptor, number, text ? (uint32_t)strlen(text) : 0, (uint32_t)length};
  int before = errno;
  all(&head, sizeof head);
  if (text) all(text, strlen(text));
  if (length) all(data, length);
  errno = before;
}

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("POWERCUT_LOG");
  root = getenv("POWERCUT_ROOT");
  if (!path || !root) return;
  root_length = strlen(root);
  record = REAL(open64)(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int ours(const char *path) {
  return record >= 0 && path && strncmp(path, root, root_length) == 0 && (path[root_length] == '/' || path[root_length] == 0);
}

static int is_ours(int descriptor) {
  if (record < 0 || descriptor < 0 || descriptor >= DESCRIPTORS || !known[descriptor].known) return 0;
  struct stat now;
  return fstat(descriptor, &now) == 0 && now.st_dev == known[descriptor].device && now.st_ino == known[descriptor].inode;
}

static int opened(int descriptor, const char *path, int flags) {
  struct stat now;
  if (descriptor >= 0 && descriptor < DESCRIPTORS && fstat(descriptor, &now) == 0) {
    known[descriptor].device = now.st_dev;
    known[descriptor].inode = now.st_ino;
    known[descriptor].known = 1;
    put(OPEN, descriptor, (flags & O_TRUNC) != 0, path, NULL, 0);
  }
  return descriptor;
}

#define MODE_OF(flags, mode) \
  mode_t mode = 0; \
  if ((flags) & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); }

#define WRAP_OPEN(name) \
  int name(const char *path, int flags, ...) { \
    MODE_OF(flags, mode) \
    if (!ours(path)) return REAL(name)(path, flags, mode); \
    pthread_mutex_lock(&lock); \
    int got = opened(REAL(name)(path, flags, mode), path, flags); \
    pthread_mutex_unlock(&lock); \
    return got; \
  }
WRAP_OPEN(open)
WRAP_OPEN(open64)

#define WRAP_OPENAT(name) \
  int name(int at, const char *path, int flags, ...) { \
    MODE_OF(flags, mode) \
    if (!ours(path)) return REAL(name)(at, path, flags, mode); \
    pthread_mutex_lock(&lock); \
    int got = opened(REAL(name)(at, path, flags, mode), path, flags); \
    pthread_mutex_unlock(&lock); \
    return got; \
  }
WRAP_OPENAT(openat)
WRAP_OPENAT(openat64)

int close(int descriptor) {
  if (!is_ours(descriptor)) return REAL(close)(descriptor);
  pthread_mutex_lock(&lock);
  known[descriptor].known = 0;
  put(CLOSE, descriptor, 0, NULL, NULL, 0);
  int got = REAL(close)(descriptor);
  pthread_mutex_unlock(&lock);
  return got;
}

static void wrote(int descriptor, int64_t offset, const struct iovec *parts, int count, ssize_t done) {
  for (int part = 0; part < count && done > 0; part += 1) {
    size_t length = parts[part].iov_len < (size_t)done ? parts[part].iov_len : (size_t)done;
    if (length) put(WRITE, descriptor, offset, NULL, parts[part].iov_base, length);
    offset += (int64_t)length;
    done -= (ssize_t)length;
  }
}

ssize_t write(int descriptor, const void *bytes, size_t length) {
  if (!is_ours(descriptor)) return REAL(write)(descriptor, bytes, length);
  pthread_mutex_lock(&lock);
  ssize_t done = REAL(write)(descriptor, bytes, length);
  struct iovec part = {(void *)bytes, length};
  if (done > 0) wrote(descriptor, lseek(descriptor, 0, SEEK_CUR) - done, &part, 1, done);
  pthread_mutex_unlock(&lock);
  return done;
}

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
  if (!is_ours(descriptor)) return REAL(writev)(descriptor, parts, count);
  pthread_mutex_lock(&lock);
  ssize_t done = REAL(writev)(descriptor, parts, count);
  if (done > 0) wrote(descriptor, lseek(descriptor, 0, SEEK_CUR) - done, parts, count, done);
  pthread_mutex_unlock(&lock);
  return done;
}

#define WRAP_PWRITE(name, type) \
  ssize_t name(int descriptor, const void *bytes, size_t length, type offset) { \
    if (!is_ours(descriptor)) return REAL(name)(descriptor, bytes, length, offset); \
    pthread_mutex_lock(&lock); \
    ssize_t done = REAL(name)(descriptor, bytes, length, offset); \
    struct iovec part = {(void *)bytes, length}; \
    wrote(descriptor, offset, &part, 1, done); \
    pthread_mutex_unlock(&lock); \
    return done; \
  }
WRAP_PWRITE(pwrite, off_t)
WRAP_PWRITE(pwrite64, off64_t)

#define WRAP_PWRITEV(name, type) \
  ssize_t name(int descriptor, const struct iovec *parts, int count, type offset) { \
    if (!is_ours(descriptor)) return REAL(name)(descriptor, parts, count, offset); \
    pthread_mutex_lock(&lock); \
    ssize_t done = REAL(name)(descriptor, parts, count, offset); \
    wrote(descriptor, offset, parts, count, done); \
    pthread_mutex_unlock(&lock); \
    return done; \
  }
WRAP_PWRITEV(pwritev, off_t)
WRAP_PWRITEV(pwritev64, off64_t)

#define WRAP_ON_DESCRIPTOR(name, kind, parameters, arguments, number) \
  int name parameters { \
    if (!is_ours(descriptor)) return REAL(name) arguments; \
    pthread_mutex_lock(&lock); \
    int got = REAL(name) arguments; \
    if (got == 0) put(kind, descriptor, number, NULL, NULL, 0); \
    pthread_mutex_unlock(&lock); \
    return got; \
  }
WRAP_ON_DESCRIPTOR(ftruncate, TRUNCATE, (int descriptor, off_t length), (descriptor, length), length)
WRAP_ON_DESCRIPTOR(ftruncate64, TRUNCATE, (int descriptor, off64_t length), (descriptor, length), length)
WRAP_ON_DESCRIPTOR(fsync, SYNC, (int descriptor), (descriptor), 0)
WRAP_ON_DESCRIPTOR(fdatasync, SYNC, (int descriptor), (descriptor), 0)

#define WRAP_ON_PATHS(name, kind, parameters, arguments, first, second) \
  int name parameters { \
    const char *other = second; \
    if (!ours(first) && !ours(other)) return REAL(name) arguments; \
    pthread_mutex_lock(&lock); \
    int got = REAL(name) arguments; \
    if (got == 0) put(kind, -1, 0, first, other, other ? strlen(other) : 0); \
    pthread_mutex_unlock(&lock); \
    return got; \
  }
WRAP_ON_PATHS(rename, RENAME, (const char *from, const char *to), (from, to), from, to)
WRAP_ON_PATHS(link, LINK, (const char *from, const char *to), (from, to), from, to)
WRAP_ON_PATHS(unlink, UNLINK, (const char *path), (path), path, NULL)
WRAP_ON_PATHS(rmdir, RMDIR, (const char *path), (path), path, NULL)
WRAP_ON_PATHS(mkdir, MKDIR, (const char *path, mode_t mode), (path, mode), path, NULL)
