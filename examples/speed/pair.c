/* The same two measurements without Python: a process sends, its child receives.

   cc -O2 pair.c -lzmq -o pair && ./pair 10 200000 20000
   prints: SIZE, one way in microseconds (half the round trip), messages a second.

   It declares the few functions of libzmq that it calls, so that it also builds against the
   library that pyzmq brings along, which has no zmq.h.
   ROUND TRIPS and COUNT may be 0: then that part is left out and its figure is 0. */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern void *zmq_ctx_new(void);
extern void *zmq_socket(void *, int);
extern int zmq_bind(void *, const char *), zmq_connect(void *, const char *);
extern int zmq_send(void *, const void *, size_t, int), zmq_recv(void *, void *, size_t, int);
extern int zmq_getsockopt(void *, int, void *, size_t *), zmq_setsockopt(void *, int, const void *, size_t);
extern int zmq_close(void *), zmq_ctx_term(void *);
enum { PAIR = 0, RCVTIMEO = 27, SNDTIMEO = 28, LAST_ENDPOINT = 32 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void check(int result, const char *what) {
    if (result < 0) {
        perror(what);
        exit(1);
    }
}

static void *pair(void *context) {
    int limit = 20000; /* ms; nothing waits longer */
    void *socket = zmq_socket(context, PAIR);
    check(zmq_setsockopt(socket, RCVTIMEO, &limit, sizeof limit), "RCVTIMEO");
    check(zmq_setsockopt(socket, SNDTIMEO, &limit, sizeof limit), "SNDTIMEO");
    return socket;
}

int main(int argc, char **argv) {
    if (argc != 4) {
        fprintf(stderr, "usage: pair SIZE COUNT ROUND_TRIPS\n");
        return 2;
    }
    size_t size = strtoul(argv[1], 0, 10), length = 256;
    long count = atol(argv[2]), trips = atol(argv[3]);
    char *message = calloc(1, size + 1), endpoint[256];
    int pipes[2];
    check(pipe(pipes), "pipe");
    pid_t child = fork(); /* before the first context: a context does not survive a fork */
    check(child, "fork");

    if (child == 0) { /* the far end */
        void *context = zmq_ctx_new(), *socket = pair(context);
        check(zmq_bind(socket, "tcp://127.0.0.1:*"), "bind");
        check(zmq_getsockopt(socket, LAST_ENDPOINT, endpoint, &length), "endpoint");
        check(write(pipes[1], endpoint, sizeof endpoint), "write");
        for (long n = 0; n < trips + 1; n++) {
            check(zmq_recv(socket, message, size, 0), "recv");
            check(zmq_send(socket, message, size, 0), "send");
        }
        for (long n = 0; n < count; n++)
            check(zmq_recv(socket, message, size, 0), "recv");
        check(zmq_send(socket, "done", 4, 0), "send");
        zmq_close(socket);
        zmq_ctx_term(context);
        return 0;
    }

    void *context = zmq_ctx_new(), *socket = pair(context);
    check(read(pipes[0], endpoint, sizeof endpoint) == sizeof endpoint ? 0 : -1, "read");
    check(zmq_connect(socket, endpoint), "connect");
    double began = 0, trip = 0, rate = 0;
    for (long n = 0; n < trips + 1; n++) {
        if (n == 1) /* the first is the warm-up */
            began = now();
        check(zmq_send(socket, message, size, 0), "send");
        check(zmq_recv(socket, message, size, 0), "recv");
    }
    if (trips)
        trip = (now() - began) / trips;
    began = now();
    for (long n = 0; n < count; n++)
        check(zmq_send(socket, message, size, 0), "send");
    check(zmq_recv(socket, endpoint, sizeof endpoint, 0), "recv");
    if (count)
        rate = count / (now() - began);
    printf("%zu %.3f %.0f\n", size, trip / 2 * 1e6, rate);
    zmq_close(socket);
    zmq_ctx_term(context);
    waitpid(child, 0, 0);
    return 0;
}
