/* What the functions refuse, what they leave behind, and that a policy described in C is the one that Rust has. */
#include <string.h>

#include "chacha.h"
#include "print.h"
#include "sip_password.h"

static unsigned long passed, failed;

#define CHECK(condition) check(condition, #condition, __LINE__)
#define IS(call, outcome) CHECK((call) == SIP_PASSWORD_STATUS_##outcome)

static void check(int holds, const char *condition, unsigned long line)
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

static int same(const char *a, const char *b)
{
    size_t length = strlen(a);
    return length == strlen(b) && memcmp(a, b, length) == 0;
}

static int all(const void *bytes, size_t size, uint8_t value)
{
    const uint8_t *at = bytes;
    while (size > 0 && *at == value)
        at++, size--;
    return size == 0;
}

/* A random source that gives one byte for ever, and fails after so many draws. */
struct source {
    uint8_t byte;
    unsigned draws_left, draws;
    int whole_words;
};

static int draw(void *context, uint8_t *bytes, size_t length)
{
    struct source *source = context;
    source->draws++;
    source->whole_words &= length == 4;
    memset(bytes, source->byte, length);
    return source->draws_left-- > 0 ? 0 : -5;
}

static struct source source(uint8_t byte, unsigned draws)
{
    struct source made = {byte, draws, 0, 1};
    return made;
}

static sip_password_status check_text(const sip_password_policy *policy, const char *text, uint16_t *violations)
{
    return sip_password_check(policy, text, strlen(text), violations);
}

static void null_is_refused(void)
{
    const sip_password_policy *huawei = sip_password_huawei(), *policy = huawei;
    struct chacha chacha;
    char buffer[32];
    size_t needed = 7;
    uint16_t violations = 7;
    double bits = 7;
    sip_password_storage storage;
    sip_password_rules rules = {0};
    chacha_seed(&chacha, 0);

    IS(sip_password_check(NULL, "x", 1, &violations), NULL);
    CHECK(violations == 0);
    IS(sip_password_check(huawei, NULL, 0, &violations), NULL);
    IS(sip_password_check(huawei, "x", 1, NULL), NOT_COMPLIANT);

    memset(buffer, 'x', sizeof buffer);
    IS(sip_password_reasons(NULL, "x", 1, buffer, sizeof buffer, &needed), NULL);
    CHECK(needed == 0 && all(buffer, sizeof buffer, 0));
    IS(sip_password_reasons(huawei, NULL, 0, buffer, sizeof buffer, &needed), NULL);
    IS(sip_password_reasons(huawei, "x", 1, NULL, 0, &needed), NULL);
    IS(sip_password_reasons(huawei, "x", 1, buffer, sizeof buffer, NULL), SHORT_BUFFER);

    memset(buffer, 'x', sizeof buffer);
    IS(sip_password_generate(NULL, chacha_draw, &chacha, buffer, sizeof buffer, 16), NULL);
    CHECK(all(buffer, sizeof buffer, 0));
    memset(buffer, 'x', sizeof buffer);
    IS(sip_password_generate(huawei, NULL, &chacha, buffer, sizeof buffer, 16), NULL);
    CHECK(all(buffer, sizeof buffer, 0));
    IS(sip_password_generate(huawei, chacha_draw, &chacha, NULL, 32, 16), NULL);

    IS(sip_password_bits(NULL, 16, &bits), NULL);
    CHECK(bits == 0);
    IS(sip_password_bits(huawei, 16, NULL), NULL);
    CHECK(sip_password_min_length(NULL) == 0 && sip_password_max_length(NULL) == 0);
    CHECK(sip_password_default_length(NULL) == 0);

    IS(sip_password_policy_new(NULL, &rules, &policy), NULL);
    CHECK(policy == NULL);
    policy = huawei;
    IS(sip_password_policy_new(&storage, NULL, &policy), NULL);
    CHECK(policy == NULL);
    IS(sip_password_policy_new(&storage, &rules, NULL), NULL);

    sip_password_wipe(NULL, 16);
    CHECK(sip_password_preset(NULL) == NULL);
}

/* After every outcome but OK the buffer is zero, as far as it goes and no further. */
static void refused(sip_password_entropy entropy, void *context, size_t size, size_t length,
                    sip_password_status outcome)
{
    char buffer[80];
    memset(buffer, 'x', sizeof buffer);
    CHECK(sip_password_generate(sip_password_huawei(), entropy, context, buffer, size, length) == outcome);
    CHECK(all(buffer, size, 0));
    CHECK(all(buffer + size, sizeof buffer - size, 'x'));
}

static void generate_leaves_nothing_behind(void)
{
    struct source unused = source(0, 0);
    refused(draw, &unused, 0, 16, SIP_PASSWORD_STATUS_SHORT_BUFFER);
    refused(draw, &unused, 16, 16, SIP_PASSWORD_STATUS_SHORT_BUFFER);
    refused(draw, &unused, 65, (size_t)-1, SIP_PASSWORD_STATUS_SHORT_BUFFER);
    refused(draw, &unused, 65, 0, SIP_PASSWORD_STATUS_LENGTH);
    refused(draw, &unused, 65, 7, SIP_PASSWORD_STATUS_LENGTH);
    refused(draw, &unused, 65, 17, SIP_PASSWORD_STATUS_LENGTH);
    CHECK(unused.draws == 0);

    /* In the first word of the first candidate, in its last, and in the second candidate. */
    for (unsigned draws = 0; draws < 6; draws++) {
        struct source fails = source(0x55, draws);
        refused(draw, &fails, 65, 16, SIP_PASSWORD_STATUS_ENTROPY_FAILED);
        CHECK(fails.draws == draws + 1 && fails.whole_words);
    }
    /* 25 tries of four words. */
    struct source stuck = source(0x55, 1000);
    refused(draw, &stuck, 17, 16, SIP_PASSWORD_STATUS_ENTROPY_STUCK);
    CHECK(stuck.draws == 100);
}

static void generate_fills_the_buffer(void)
{
    struct chacha chacha;
    char buffer[80];
    chacha_seed(&chacha, 7);
    memset(buffer, 'x', sizeof buffer);
    IS(sip_password_generate(sip_password_huawei(), chacha_draw, &chacha, buffer, 20, 12), OK);
    /* The library's documentation has this one. */
    CHECK(same(buffer, "RymMD.ZphySa"));
    CHECK(all(buffer + 12, 8, 0) && all(buffer + 20, 60, 'x'));
    IS(check_text(sip_password_huawei(), buffer, NULL), OK);
    /* Just enough. */
    IS(sip_password_generate(sip_password_huawei(), chacha_draw, &chacha, buffer, 17, 16), OK);
    CHECK(strlen(buffer) == 16);

    sip_password_wipe(buffer, 8);
    CHECK(all(buffer, 8, 0) && buffer[8] != 0);
    sip_password_wipe(buffer, sizeof buffer);
    CHECK(all(buffer, sizeof buffer, 0));
}

static sip_password_storage storage;

/* `rules`, which must make sense. */
static const sip_password_policy *made(const sip_password_rules *rules)
{
    const sip_password_policy *policy = NULL;
    IS(sip_password_policy_new(&storage, rules, &policy), OK);
    return policy;
}

static void described_in_c_is_the_preset(void)
{
    char specials[] = "~@^*_+.?~";
    sip_password_class classes[] = {
        {"uppercase letters", SIP_PASSWORD_UPPERCASE, 0},
        {"lowercase letters", SIP_PASSWORD_LOWERCASE, 0},
        {"digits", SIP_PASSWORD_DIGITS, 0},
        {"special characters", specials, 0},
    };
    sip_password_rules rules = {
        .min_length = 8,
        .max_length = 16,
        .default_length = 16,
        .classes = classes,
        .class_count = 4,
        .required_classes = 3,
    };
    const sip_password_policy *huawei = sip_password_huawei(), *policy = made(&rules);
    /* Not needed any more. */
    memset(specials, 0, sizeof specials);
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
        IS(sip_password_bits(huawei, length, &bits), OK);
        IS(sip_password_bits(policy, length, &described), OK);
        CHECK(bits == described);
    }
    char a[300], b[300];
    IS(sip_password_reasons(huawei, "pass word", 9, a, sizeof a, NULL), NOT_COMPLIANT);
    IS(sip_password_reasons(policy, "pass word", 9, b, sizeof b, NULL), NOT_COMPLIANT);
    CHECK(same(a, b));
}

static void bits_of_passwords(void)
{
    double bits = 7;
    IS(sip_password_bits(sip_password_huawei(), 16, &bits), OK);
    CHECK(bits > 98.0559 && bits < 98.0561);
    IS(sip_password_bits(sip_password_huawei(), 7, &bits), LENGTH);
    CHECK(bits == 0);
    IS(sip_password_bits(sip_password_huawei(), (size_t)-1, &bits), LENGTH);
    IS(sip_password_bits(sip_password_nxcloud_random(), 6, &bits), OK);
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
        .required_classes = 6,
        .uncounted = SIP_PASSWORD_UPPERCASE SIP_PASSWORD_DIGITS,
    };
    const sip_password_policy *policy = made(&rules);
    struct source unused = source(0, 0);
    char buffer[SIP_PASSWORD_MAX_LENGTH + 1];
    double bits = 7;

    IS(sip_password_generate(policy, draw, &unused, buffer, sizeof buffer, 5), INFEASIBLE);
    IS(sip_password_bits(policy, 5, &bits), INFEASIBLE);
    CHECK(bits == 0);
    bits = 7;
    IS(sip_password_generate(policy, draw, &unused, buffer, sizeof buffer, 6), TOO_RARE);
    IS(sip_password_bits(policy, 6, &bits), TOO_RARE);
    CHECK(bits == 0 && unused.draws == 0);
}

static void every_violation(void)
{
    static const sip_password_class classes[] = {{"letters", "abcdefgh", 0}, {"digits", SIP_PASSWORD_DIGITS, 1}};
    const sip_password_rules rules = {
        .min_length = 4,
        .max_length = 8,
        .default_length = 6,
        .classes = classes,
        .class_count = 2,
        .required_classes = 2,
        .uncounted = "-",
        .never_generated = "0-",
        .longest_run = 2,
        .first = 1 << 0,
        .context = "Bad",
    };
    static const struct {
        const char *password;
        uint16_t violations;
    } cases[] = {
        {"abc-10", 0},
        {"a1a", SIP_PASSWORD_TOO_SHORT},
        {"a1a1a1a1a", SIP_PASSWORD_TOO_LONG},
        {"a1\xc3\xa9-", SIP_PASSWORD_NOT_ASCII},
        {"a1 -", SIP_PASSWORD_NOT_ALLOWED},
        {"abab", SIP_PASSWORD_TOO_FEW_CLASSES | SIP_PASSWORD_TOO_FEW_OF_CLASS},
        {"a111", SIP_PASSWORD_RUN_TOO_LONG},
        {"1a1a", SIP_PASSWORD_WRONG_FIRST},
        {"a1bad", SIP_PASSWORD_CONTAINS_CONTEXT},
    };
    const sip_password_policy *policy = made(&rules);
    for (size_t at = 0; at < sizeof cases / sizeof cases[0]; at++) {
        uint16_t violations = 0xFFFF;
        sip_password_status status = check_text(policy, cases[at].password, &violations);
        CHECK(violations == cases[at].violations);
        CHECK(status == (violations == 0 ? SIP_PASSWORD_STATUS_OK : SIP_PASSWORD_STATUS_NOT_COMPLIANT));
    }
    /* A NUL is a character as any other that is not allowed. */
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
    const sip_password_policy *policy = made(&rules);
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
            /* All that there is room for, but for half a character. */
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

static void wrong(sip_password_rules rules, sip_password_status outcome)
{
    const sip_password_policy *policy = sip_password_huawei();
    CHECK(sip_password_policy_new(&storage, &rules, &policy) == outcome);
    CHECK(policy == NULL);
}

static void wrong_rules_are_refused(void)
{
    static char long_word[] = "12345678901234567890123456789012345678901234567890123456789012345";
    sip_password_class classes[9] = {{"letters", "abc", 0}, {"digits", "123", 0}};
    const sip_password_rules good = {
        .min_length = 2, .max_length = 4, .default_length = 3, .classes = classes, .class_count = 2};
    sip_password_rules rules = good;
    CHECK(made(&good) != NULL);

#define WRONG(change, outcome) (rules = good, rules.change, wrong(rules, SIP_PASSWORD_STATUS_##outcome))
    WRONG(min_length = 0, RULES_LENGTHS);
    WRONG(min_length = 5, RULES_LENGTHS);
    WRONG(max_length = 65, RULES_LENGTHS);
    WRONG(default_length = 5, RULES_DEFAULT_LENGTH);
    WRONG(class_count = 9, RULES_TOO_MANY_CLASSES);
    WRONG(class_count = (size_t)-1, RULES_TOO_MANY_CLASSES);
    WRONG(classes = NULL, NULL);
    WRONG(class_count = 0, RULES_NO_CHARACTERS);
    WRONG(required_classes = 3, RULES_REQUIRED_CLASSES);
    WRONG(uncounted = "\t", RULES_NOT_PRINTABLE);
    WRONG(uncounted = "\x7f", RULES_NOT_PRINTABLE);
    WRONG(uncounted = "a", RULES_OVERLAP);
    WRONG(never_generated = "\xc3\xa4", RULES_NOT_PRINTABLE);
    WRONG(never_generated = "abc123", RULES_NOTHING_TO_GENERATE);
    WRONG(first = 1 << 2, RULES_FIRST);
    WRONG(context = "", RULES_CONTEXT);
    WRONG(context = long_word, RULES_CONTEXT);
    WRONG(context = "\xff", RULES_NOT_UTF8);

    classes[1].characters = "";
    wrong(good, SIP_PASSWORD_STATUS_RULES_EMPTY_CLASS);
    classes[1].characters = NULL;
    wrong(good, SIP_PASSWORD_STATUS_NULL);
    classes[1].characters = "1\xff";
    wrong(good, SIP_PASSWORD_STATUS_RULES_NOT_PRINTABLE);
    classes[1].characters = "1c";
    wrong(good, SIP_PASSWORD_STATUS_RULES_OVERLAP);
    classes[1].characters = "1";
    classes[1].name = "\xff";
    wrong(good, SIP_PASSWORD_STATUS_RULES_NOT_UTF8);
    classes[1].name = NULL;
    wrong(good, SIP_PASSWORD_STATUS_NULL);
    classes[1].name = "digits";
    classes[1].minimum = 5;
    wrong(good, SIP_PASSWORD_STATUS_RULES_MINIMA);
    classes[1].minimum = 3;
    WRONG(longest_run = 2, RULES_INFEASIBLE);
    classes[0].minimum = classes[1].minimum = 30;
    rules = good;
    rules.max_length = 64;
    rules.longest_run = 7;
    wrong(rules, SIP_PASSWORD_STATUS_RULES_TOO_COMPLEX);
}

static void messages_and_names(void)
{
    const char *unknown = sip_password_status_message(-1);
    for (int32_t status = 0; status <= SIP_PASSWORD_STATUS_UNKNOWN; status++)
        CHECK(!same(sip_password_status_message(status), unknown));
    CHECK(same(sip_password_status_message(SIP_PASSWORD_STATUS_UNKNOWN + 1), unknown));
    CHECK(same(sip_password_status_message(SIP_PASSWORD_STATUS_ENTROPY_FAILED), "the entropy callback failed"));

    CHECK(sip_password_preset("exotel") == sip_password_exotel());
    CHECK(sip_password_preset("huawei") == sip_password_huawei());
    CHECK(sip_password_preset("nxcloud") == sip_password_nxcloud());
    CHECK(sip_password_preset("nxcloud-random") == sip_password_nxcloud_random());
    CHECK(sip_password_preset("") == NULL && sip_password_preset("Huawei\xff") == NULL);
}

int main(void)
{
    null_is_refused();
    generate_leaves_nothing_behind();
    generate_fills_the_buffer();
    described_in_c_is_the_preset();
    bits_of_passwords();
    some_lengths_only();
    every_violation();
    reasons_are_cut_to_the_buffer();
    wrong_rules_are_refused();
    messages_and_names();
    print_number(passed);
    print(" passed, ");
    print_number(failed);
    print(" failed\n");
    return failed != 0;
}
