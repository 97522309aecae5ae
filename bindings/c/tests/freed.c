/* A policy keeps nothing of what it was made from: the rules, the classes and every string are freed before it is used. Run
 * this under valgrind, which reports a read of freed memory. */
#include <stdlib.h>

#include "chacha.h"
#include "test.h"

/* Memory of exactly `size` bytes, so that valgrind notices one byte too many. */
static void *copy_of(const void *object, size_t size)
{
    void *copy = malloc(size);
    if (copy == NULL)
        exit(2);
    return memcpy(copy, object, size);
}

static char *string(const char *text)
{
    return copy_of(text, strlen(text) + 1);
}

static const sip_password_policy *policy_of_freed_rules(void)
{
    const sip_password_class class_values[] = {
        {string("letters"), string("abcdefgh"), 1},
        {string("digits"), string(SIP_PASSWORD_DIGITS), 2},
    };
    sip_password_class *classes = copy_of(class_values, sizeof class_values);
    const char *context_values[] = {string("Bad"), string("h0b")};
    const char **context = copy_of(context_values, sizeof context_values);
    const sip_password_rules rule_values = {
        .min_length = 4,
        .max_length = 12,
        .default_length = 8,
        .classes = classes,
        .class_count = 2,
        .min_classes = 2,
        .uncounted = string("-"),
        .excluded = string("0-"),
        .excluded_first = string("1"),
        .max_repeat = 2,
        .first = 1 << 0,
        .context = context,
        .context_count = 2,
    };
    sip_password_rules *rules = copy_of(&rule_values, sizeof rule_values);
    const sip_password_policy *policy = new_policy(rules);
    for (size_t at = 0; at < 2; at++) {
        free((void *)class_values[at].name);
        free((void *)class_values[at].characters);
    }
    free(classes);
    free((void *)rule_values.uncounted);
    free((void *)rule_values.excluded);
    free((void *)rule_values.excluded_first);
    for (size_t at = 0; at < 2; at++) {
        free((void *)context_values[at]);
    }
    free(context);
    free(rules);
    return policy;
}

int main(void)
{
    const sip_password_policy *policy = policy_of_freed_rules();
    struct chacha chacha;
    uint16_t violations = 0;
    char reasons[256], password[13];
    double bits = 0;
    IS(check_text(policy, "a1bad222", &violations), NOT_COMPLIANT);
    CHECK(violations == (SIP_PASSWORD_CONTAINS_CONTEXT | SIP_PASSWORD_TOO_MANY_REPEATS));
    IS(sip_password_reasons(policy, "ab-ab", 5, reasons, sizeof reasons, NULL), NOT_COMPLIANT);
    CHECK(same(reasons, "too-few-classes (1 character class, expected at least 2; missing: digits), "
                        "too-few-of-class (digits: 0, expected at least 2)"));
    IS(sip_password_entropy(policy, 12, &bits), OK);
    CHECK(bits > 0);
    chacha_seed(&chacha, 3);
    IS(sip_password_generate(policy, chacha_draw, &chacha, password, sizeof password, 12), OK);
    IS(check_text(policy, password, NULL), OK);
    return finish();
}
