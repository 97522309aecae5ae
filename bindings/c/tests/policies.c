/* Policies that are described in C: they equal the same ones in Rust, and every rule is obeyed. */
#include "chacha.h"
#include "test.h"

static void described_in_c_is_the_preset(void)
{
    char specials[] = "~@^*_+.?~", name[] = "special characters";
    sip_password_class classes[] = {
        {"uppercase letters", SIP_PASSWORD_UPPERCASE, 0},
        {"lowercase letters", SIP_PASSWORD_LOWERCASE, 0},
        {"digits", SIP_PASSWORD_DIGITS, 0},
        {name, specials, 0},
    };
    sip_password_rules rules = {
        .min_length = 8,
        .max_length = 16,
        .default_length = 16,
        .classes = classes,
        .class_count = 4,
        .min_classes = 3,
    };
    const sip_password_policy *huawei = sip_password_huawei(), *policy = new_policy(&rules);
    /* The policy needs none of these any more. */
    memset(specials, 'x', sizeof specials - 1);
    memset(name, 'x', sizeof name - 1);
    memset(classes, 0, sizeof classes);
    memset(&rules, 0, sizeof rules);

    CHECK(sip_password_min_length(policy) == 8 && sip_password_max_length(policy) == 16);
    CHECK(sip_password_default_length(policy) == 16);
    for (size_t length = 8; length <= 16; length++) {
        struct chacha one, other;
        char a[17], b[17];
        double bits, described;
        chacha_seed(&one, (uint8_t)length);
        other = one;
        for (int again = 0; again < 8; again++) {
            IS(sip_password_generate(huawei, chacha_draw, &one, a, sizeof a, length), OK);
            IS(sip_password_generate(policy, chacha_draw, &other, b, sizeof b, length), OK);
            CHECK(same(a, b));
        }
        IS(sip_password_entropy(huawei, length, &bits), OK);
        IS(sip_password_entropy(policy, length, &described), OK);
        CHECK(bits == described);
    }
    char a[300], b[300];
    IS(sip_password_reasons(huawei, "pass word", 9, a, sizeof a, NULL), NOT_COMPLIANT);
    IS(sip_password_reasons(policy, "pass word", 9, b, sizeof b, NULL), NOT_COMPLIANT);
    CHECK(same(a, b));
}

static void entropy_of_passwords(void)
{
    double bits = 7;
    IS(sip_password_entropy(sip_password_huawei(), 16, &bits), OK);
    CHECK(bits > 98.0559 && bits < 98.0561);
    IS(sip_password_entropy(sip_password_huawei(), 7, &bits), LENGTH_NOT_ALLOWED);
    CHECK(bits == 0);
    IS(sip_password_entropy(sip_password_huawei(), (size_t)-1, &bits), LENGTH_NOT_ALLOWED);
    IS(sip_password_entropy(sip_password_nxcloud_random(), 6, &bits), OK);
    CHECK(bits > 19.931 && bits < 19.932);
}

static void some_lengths_only(void)
{
    static const sip_password_class letters[] = {
        {"a", "a", 0}, {"b", "b", 0}, {"c", "c", 0}, {"d", "d", 0}, {"e", "e", 0}, {"f", "f", 0},
    };
    sip_password_rules rules = {
        .min_length = 5,
        .max_length = 64,
        .default_length = 64,
        .classes = letters,
        .class_count = 6,
        .min_classes = 6,
        .uncounted = SIP_PASSWORD_UPPERCASE SIP_PASSWORD_DIGITS,
    };
    const sip_password_policy *policy = new_policy(&rules);
    struct source unused = new_source(0, 0);
    char buffer[SIP_PASSWORD_MAX_LENGTH + 1];
    double bits = 7;

    IS(sip_password_generate(policy, draw, &unused, buffer, sizeof buffer, 5), LENGTH_INFEASIBLE);
    IS(sip_password_entropy(policy, 5, &bits), LENGTH_INFEASIBLE);
    CHECK(bits == 0);
    bits = 7;
    IS(sip_password_generate(policy, draw, &unused, buffer, sizeof buffer, 6), LENGTH_TOO_RARE);
    IS(sip_password_entropy(policy, 6, &bits), LENGTH_TOO_RARE);
    CHECK(bits == 0 && unused.draws == 0);
}

/* What is longer than SIP_PASSWORD_MAX_LENGTH is checked alone. */
static void long_passwords(void)
{
    static const sip_password_class classes[] = {{"letters", SIP_PASSWORD_LOWERCASE, 0}, {"digits", SIP_PASSWORD_DIGITS, 1}};
    const sip_password_rules rules = {
        .min_length = 8,
        .max_length = SIP_PASSWORD_MAX_CHECKED_LENGTH,
        .default_length = 64,
        .classes = classes,
        .class_count = 2,
    };
    const sip_password_policy *policy = new_policy(&rules);
    struct source unused = new_source(0, 0);
    uint16_t violations = 0;
    char password[300];
    double bits = 7;

    memset(password, 'a', sizeof password);
    password[0] = '1';
    CHECK(sip_password_max_length(policy) == 256);
    for (size_t length = 8; length <= 256; length++)
        IS(sip_password_check(policy, password, length, NULL), OK);
    IS(sip_password_check(policy, password, 257, &violations), NOT_COMPLIANT);
    CHECK(violations == SIP_PASSWORD_TOO_LONG);
    IS(sip_password_check(policy, password + 1, 256, &violations), NOT_COMPLIANT);
    CHECK(violations == SIP_PASSWORD_TOO_FEW_OF_CLASS);

    IS(sip_password_entropy(policy, 64, &bits), OK);
    CHECK(bits > 300);
    for (size_t length = 65; length <= 256; length++) {
        IS(sip_password_generate(policy, draw, &unused, password, sizeof password, length), LENGTH_NOT_GENERATED);
        IS(sip_password_entropy(policy, length, &bits), LENGTH_NOT_GENERATED);
        CHECK(bits == 0);
    }
    IS(sip_password_generate(policy, draw, &unused, password, sizeof password, 257), LENGTH_NOT_ALLOWED);
    IS(sip_password_entropy(policy, 257, &bits), LENGTH_NOT_ALLOWED);
    CHECK(unused.draws == 0);
}

/* A word that is known at run time needs no memory of its own: the buffer is used for the next one. */
static void context_words_of_one_buffer(void)
{
    static const sip_password_class letters[] = {{"letters", SIP_PASSWORD_LOWERCASE, 0}};
    static const char *const words[] = {"alice", "bob"};
    sip_password_storage storages[2];
    const sip_password_policy *policies[2];
    char word[8];
    for (size_t at = 0; at < 2; at++) {
        const char *const context[] = {word};
        const sip_password_rules rules = {
            .min_length = 3,
            .max_length = 8,
            .default_length = 8,
            .classes = letters,
            .class_count = 1,
            .context = context,
            .context_count = 1,
        };
        memset(word, 0, sizeof word);
        memcpy(word, words[at], strlen(words[at]));
        IS(sip_password_policy_new(&storages[at], &rules, &policies[at]), OK);
    }
    for (size_t at = 0; at < 2; at++) {
        uint16_t violations = 0;
        IS(check_text(policies[at], words[at], &violations), NOT_COMPLIANT);
        CHECK(violations == SIP_PASSWORD_CONTAINS_CONTEXT);
        IS(check_text(policies[at], words[1 - at], &violations), OK);
    }
}

static void only(const sip_password_rules *rules, const char *wrong, uint16_t expected, const char *right)
{
    const sip_password_policy *policy = new_policy(rules);
    uint16_t violations = 0;
    IS(check_text(policy, wrong, &violations), NOT_COMPLIANT);
    CHECK(violations == expected);
    IS(check_text(policy, right, &violations), OK);
}

/* Each by itself: together they take more cases, and counting them more stack, than a small board has. */
static void rows_words_and_different_characters(void)
{
    static const sip_password_class classes[] = {{"letters", "abch", 0}, {"digits", SIP_PASSWORD_DIGITS, 0}};
    static const char *const words[] = {"Bad", "H0b"};
    const sip_password_rules base = {
        .min_length = 3, .max_length = 8, .default_length = 8, .classes = classes, .class_count = 2};
    sip_password_rules rules = base;
    rules.max_run = 3;
    only(&rules, "a1313", SIP_PASSWORD_TOO_LONG_RUN, "a131b");
    only(&rules, "abca1", SIP_PASSWORD_TOO_LONG_RUN, "abc1a");
    rules.run_classes = 1 << 1;
    only(&rules, "a1313", SIP_PASSWORD_TOO_LONG_RUN, "abca1");
    rules = base;
    rules.class_count = 1;
    rules.max_sequence = 2;
    only(&rules, "aabcc", SIP_PASSWORD_TOO_LONG_SEQUENCE, "aabbc");
    only(&rules, "hcba", SIP_PASSWORD_TOO_LONG_SEQUENCE, "hcbb");
    rules = base;
    rules.min_distinct = 3;
    only(&rules, "a1a1", SIP_PASSWORD_TOO_FEW_DISTINCT, "a1a2");
    rules = base;
    rules.context = words;
    rules.context_count = 2;
    only(&rules, "1h0b", SIP_PASSWORD_CONTAINS_CONTEXT, "1b0h");
    rules.context_reversed = 1;
    only(&rules, "1b0h", SIP_PASSWORD_CONTAINS_CONTEXT, "1b0b");
}

static void every_violation(void)
{
    static const sip_password_class classes[] = {{"letters", "abcdefgh", 0}, {"digits", SIP_PASSWORD_DIGITS, 1}};
    static const char *const context[] = {"Bad"};
    const sip_password_rules rules = {
        .min_length = 4,
        .max_length = 8,
        .default_length = 6,
        .classes = classes,
        .class_count = 2,
        .min_classes = 2,
        .uncounted = "-",
        .excluded = "0-",
        .max_repeat = 2,
        .first = 1 << 0,
        .context = context,
        .context_count = 1,
    };
    static const struct {
        const char *password;
        uint16_t violations;
    } cases[] = {
        {"acb-10", 0},
        {"a1c", SIP_PASSWORD_TOO_SHORT},
        {"a1a1a1a1c", SIP_PASSWORD_TOO_LONG},
        {"a1\xc3\xa9-", SIP_PASSWORD_NOT_ASCII},
        {"a1 -", SIP_PASSWORD_NOT_ALLOWED},
        {"abac", SIP_PASSWORD_TOO_FEW_CLASSES | SIP_PASSWORD_TOO_FEW_OF_CLASS},
        {"ac111", SIP_PASSWORD_TOO_MANY_REPEATS},
        {"1a1c", SIP_PASSWORD_WRONG_FIRST},
        {"a1bad", SIP_PASSWORD_CONTAINS_CONTEXT},
    };
    const sip_password_policy *policy = new_policy(&rules);
    for (size_t at = 0; at < sizeof cases / sizeof cases[0]; at++) {
        uint16_t violations = 0xFFFF;
        sip_password_status status = check_text(policy, cases[at].password, &violations);
        CHECK(violations == cases[at].violations);
        CHECK(status == (violations == 0 ? SIP_PASSWORD_STATUS_OK : SIP_PASSWORD_STATUS_NOT_COMPLIANT));
    }
    /* A NUL is a character that is not allowed. */
    uint16_t violations;
    IS(sip_password_check(policy, "a1a\0a", 5, &violations), NOT_COMPLIANT);
    CHECK(violations == SIP_PASSWORD_NOT_ALLOWED);

    struct chacha chacha;
    chacha_seed(&chacha, 1);
    for (int again = 0; again < 100; again++) {
        char buffer[9];
        IS(sip_password_generate(policy, chacha_draw, &chacha, buffer, sizeof buffer, 8), OK);
        IS(check_text(policy, buffer, NULL), OK);
        for (int at = 0; at < 8; at++)
            CHECK(buffer[at] != '0' && buffer[at] != '-');
    }
}

static void reasons_are_cut_to_the_buffer(void)
{
    static const sip_password_class umlauts[] = {{"\xc3\xa4\xc3\xb6\xc3\xbc", "x", 2}};
    const sip_password_rules rules = {
        .min_length = 1, .max_length = 2, .default_length = 2, .classes = umlauts, .class_count = 1};
    const char *whole = "too-few-of-class (\xc3\xa4\xc3\xb6\xc3\xbc: 1, expected at least 2)";
    const sip_password_policy *policy = new_policy(&rules);
    for (size_t size = 0; size <= strlen(whole) + 2; size++) {
        char text[64];
        size_t needed = 0;
        memset(text, '#', sizeof text);
        sip_password_status status = sip_password_reasons(policy, "x", 1, text, size, &needed);
        CHECK(status == (size < needed ? SIP_PASSWORD_STATUS_SHORT_BUFFER : SIP_PASSWORD_STATUS_NOT_COMPLIANT));
        CHECK(needed == strlen(whole) + 1);
        CHECK(all(text + size, sizeof text - size, '#'));
        if (size > 0) {
            size_t length = strlen(text), room = size - 1 < strlen(whole) ? size - 1 : strlen(whole);
            CHECK(memcmp(text, whole, length) == 0);
            /* As much as fits in, without half a character at the end. */
            CHECK(length == room || (length == room - 1 && (uint8_t)whole[room] >> 6 == 2));
            CHECK((uint8_t)whole[length] >> 6 != 2);
        }
    }
    char text[8] = "#######";
    size_t needed = 0;
    IS(sip_password_reasons(policy, "xx", 2, text, sizeof text, &needed), OK);
    CHECK(needed == 1 && text[0] == 0);
    IS(sip_password_reasons(policy, "xx", 2, text, 0, &needed), SHORT_BUFFER);
}

int main(void)
{
    described_in_c_is_the_preset();
    entropy_of_passwords();
    some_lengths_only();
    long_passwords();
    context_words_of_one_buffer();
    rows_words_and_different_characters();
    every_violation();
    reasons_are_cut_to_the_buffer();
    return finish();
}
