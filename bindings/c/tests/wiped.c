/* The bytes of the random source are wiped after use: they are not on the stack when the function is back. The stack
 * is memory of ours, lent to a thread, so that to look at it afterwards is allowed. */
#define _GNU_SOURCE
#include <pthread.h>
#include <string.h>

#include "print.h"
#include "sip_password.h"

static uint8_t stack[1 << 17] __attribute__((aligned(4096)));
static char buffer[17];

/* Not a literal of four bytes, which could be on the stack for reasons of its own. */
static volatile uint8_t half[2] = {0xDE, 0x5A};

static void fill(uint8_t *bytes)
{
    for (int at = 0; at < 4; at++)
        bytes[at] = half[at % 2];
}

/* Fails after it has drawn, so that nothing comes later that writes over it. */
static int draw(void *context, uint8_t *bytes, size_t length)
{
    (void)context;
    fill(bytes);
    return length == 4 ? -1 : 0;
}

static void *generate(void *outcome)
{
    *(sip_password_status *)outcome =
        sip_password_generate(sip_password_huawei(), draw, NULL, buffer, sizeof buffer, 16);
    return NULL;
}

/* The broken twin: what a function leaves that does not wipe, deeper than the end of the thread writes. */
static void *leave(void *unused)
{
    uint8_t bytes[4096];
    fill(bytes);
    __asm__ volatile("" : : "r"(bytes) : "memory");
    return unused;
}

/* How often the bytes are on the stack of a thread after it has ended. */
static unsigned long found_after(void *(*run)(void *), void *argument)
{
    uint8_t drawn[4];
    unsigned long found = 0;
    pthread_attr_t attributes;
    pthread_t thread;
    memset(stack, 0, sizeof stack);
    fill(drawn);
    if (pthread_attr_init(&attributes) != 0 || pthread_attr_setstack(&attributes, stack, sizeof stack) != 0 ||
        pthread_create(&thread, &attributes, run, argument) != 0 || pthread_join(thread, NULL) != 0)
        return (unsigned long)-1;
    for (size_t at = 0; at + sizeof drawn <= sizeof stack; at++)
        found += memcmp(stack + at, drawn, sizeof drawn) == 0;
    return found;
}

int main(void)
{
    sip_password_status outcome = SIP_PASSWORD_STATUS_OK;
    unsigned long left = found_after(generate, &outcome), twin = found_after(leave, NULL);
    print("after sip_password_generate ");
    print_number(left);
    print(", after a function that does not wipe ");
    print_number(twin);
    print("\n");
    return outcome == SIP_PASSWORD_STATUS_ENTROPY_FAILED && left == 0 && twin == 1 ? 0 : 1;
}
