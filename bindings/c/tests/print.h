/* Prints the text of a test: to standard output on a PC (print.c), to the debugger in firmware (../firmware/startup.c). */
#ifndef PRINT_H
#define PRINT_H

void print(const char *text);

static inline void print_number(unsigned long number)
{
    char digits[] = "00000000000000000000";
    char *first = digits + sizeof digits - 1;
    do
        *--first = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    print(first);
}

#endif
