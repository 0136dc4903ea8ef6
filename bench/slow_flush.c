// A library to start PostgreSQL with (LD_PRELOAD): every flush of a file waits as many microseconds longer as the number in
// the file that SLOW_FLUSH names says at the moment. So one server can be measured with a fast and with a slow disk.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static volatile const uint32_t *delay_us;
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);

// Before the server forks: its children share the mapping.
__attribute__((constructor)) static void find(void) {
    real_fsync = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    const char *path = getenv("SLOW_FLUSH");
    const int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *mapped = mmap(NULL, sizeof *delay_us, PROT_READ, MAP_SHARED, file, 0);
    if (mapped != MAP_FAILED) delay_us = mapped;
    close(file);
}

static int waited(int result) {
    const uint32_t us = delay_us ? *delay_us : 0;
    struct timespec left = {us / 1000000, (long)(us % 1000000) * 1000};
    while (us > 0 && nanosleep(&left, &left) != 0) {
    }
    return result;
}

int fsync(int file) { return waited(real_fsync(file)); }
int fdatasync(int file) { return waited(real_fdatasync(file)); }
