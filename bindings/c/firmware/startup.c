/* What runs before and after main on a Cortex-M3 without an operating system, and print: by semihosting, through which
 * QEMU or a debugger gives a program its standard output. */
#include <stdint.h>

#include "print.h"

int main(void);
void reset(void);

/* Defined by the linker script. */
extern uint32_t data_start[], data_end[], data_source[], bss_start[], bss_end[], stack_top[];

enum { WRITE0 = 0x04, EXIT = 0x18 };
static const uintptr_t application_exit = 0x20026, run_time_error = 0x20023;

static void semihosting(uintptr_t operation, uintptr_t argument)
{
    register uintptr_t r0 __asm__("r0") = operation;
    register uintptr_t r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
}

void print(const char *text)
{
    semihosting(WRITE0, (uintptr_t)text);
}

static void fault(void)
{
    print("fault\n");
    semihosting(EXIT, run_time_error);
    for (;;) {
    }
}

void reset(void)
{
    uint32_t *from = data_source;
    for (uint32_t *to = data_start; to < data_end; to++)
        *to = *from++;
    for (uint32_t *to = bss_start; to < bss_end; to++)
        *to = 0;
    semihosting(EXIT, main() == 0 ? application_exit : run_time_error);
    for (;;) {
    }
}

/* The end of the stack, reset, NMI and the faults. No interrupt is enabled. */
__attribute__((section(".vectors"), used)) static const uintptr_t vectors[] = {
    (uintptr_t)stack_top, (uintptr_t)reset, (uintptr_t)fault, (uintptr_t)fault,
    (uintptr_t)fault,     (uintptr_t)fault, (uintptr_t)fault,
};
