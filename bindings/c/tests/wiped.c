/* The bytes of the random source are wiped after use: none is on the stack when the function has returned. The stack is
 * memory of this program, lent to a thread, so that the program can search it afterwards. */
#define _GNU_SOURCE
#include <pthread.h>
#include <string.h>

#include "print.h"
#include "sip_password.h"

static uint8_t stack[1 << 17] __attribute__((aligned(4096)));
static char buffer[17];

/* Two bytes, since a literal of four could be on the stack for another reason. */
static volatile uint8_t half[2] = {0xDE, 0x5A};

static void fill(uint8_t *bytes)
{
    for (int at = 0; at < 4; at++)
        bytes[at] = half[at % 2];
}

/* Fails after it has written the bytes, so that nothing later overwrites them. */
static int draw(void *context, uint8_t *bytes, size_t length)
{
    (void)context;
    fill(bytes);
    return length == 4 ? -1 : 0;
}

static void *generate(void *status)
{
    *(sip_password_status *)status =
        sip_password_generate(sip_password_huawei(), draw, NULL, buffer, sizeof buffer, 16);
    return NULL;
}

/* A deliberately broken copy: it does not wipe, and leaves the bytes deeper than the end of the thread writes. */
static void *leave(void *unused)
{
    uint8_t bytes[4096];
    fill(bytes);
    __asm__ volatile("" : : "r"(bytes) : "memory");
    return unused;
}

/* The number of copies of the bytes on the stack of a thread that has ended. */
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
    sip_password_status status = SIP_PASSWORD_STATUS_OK;
    unsigned long left = found_after(generate, &status), broken = found_after(leave, NULL);
    print("after sip_password_generate ");
    print_number(left);
    print(", after a function that does not wipe ");
    print_number(broken);
    print("\n");
    return status == SIP_PASSWORD_STATUS_SOURCE_FAILED && left == 0 && broken == 1 ? 0 : 1;
}
