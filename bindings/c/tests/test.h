/* Assertions that count, and what several tests need. Each test is one program, so everything here is static. */
#ifndef TEST_H
#define TEST_H

#include <string.h>

#include "print.h"
#include "sip_password.h"

static unsigned long passed, failed;

#define CHECK(condition) check(condition, #condition, __LINE__)
#define IS(call, outcome) CHECK((call) == SIP_PASSWORD_STATUS_##outcome)

static inline void check(int holds, const char *condition, unsigned long line)
{
    if (holds) {
        passed++;
        return;
    }
    failed++;
    print("line ");
    print_number(line);
    print(": ");
    print(condition);
    print("\n");
}

/* Prints how many assertions held; the exit status of the test. */
static inline int finish(void)
{
    print_number(passed);
    print(" passed, ");
    print_number(failed);
    print(" failed\n");
    return failed != 0;
}

static inline int same(const char *a, const char *b)
{
    size_t length = strlen(a);
    return length == strlen(b) && memcmp(a, b, length) == 0;
}

static inline int all(const void *bytes, size_t size, uint8_t value)
{
    const uint8_t *at = bytes;
    while (size > 0 && *at == value)
        at++, size--;
    return size == 0;
}

/* A random source that repeats one byte, and fails after a number of draws. */
struct source {
    uint8_t byte;
    unsigned draws_left, draws;
    int whole_words;
};

static inline int draw(void *context, uint8_t *bytes, size_t length)
{
    struct source *source = context;
    source->draws++;
    source->whole_words &= length == 4;
    memset(bytes, source->byte, length);
    return source->draws_left-- > 0 ? 0 : -5;
}

static inline struct source new_source(uint8_t byte, unsigned draws)
{
    struct source source = {byte, draws, 0, 1};
    return source;
}

static inline sip_password_status check_text(const sip_password_policy *policy, const char *text,
                                             uint16_t *violations)
{
    return sip_password_check(policy, text, strlen(text), violations);
}

static sip_password_storage storage;

/* The policy of `rules`, which must be valid. */
static inline const sip_password_policy *new_policy(const sip_password_rules *rules)
{
    const sip_password_policy *policy = NULL;
    IS(sip_password_policy_new(&storage, rules, &policy), OK);
    return policy;
}

#endif
