/* What the functions refuse, and what they leave behind. */
#include "chacha.h"
#include "test.h"

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

    IS(sip_password_entropy(NULL, 16, &bits), NULL);
    CHECK(bits == 0);
    IS(sip_password_entropy(huawei, 16, NULL), NULL);
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

/* Unless the status is OK, the buffer is zeroed, and not one byte behind it. */
static void refused(sip_password_source source, void *context, size_t size, size_t length,
                    sip_password_status outcome)
{
    char buffer[80];
    memset(buffer, 'x', sizeof buffer);
    CHECK(sip_password_generate(sip_password_huawei(), source, context, buffer, size, length) == outcome);
    CHECK(all(buffer, size, 0));
    CHECK(all(buffer + size, sizeof buffer - size, 'x'));
}

static void generate_leaves_nothing_behind(void)
{
    struct source unused = new_source(0, 0);
    refused(draw, &unused, 0, 16, SIP_PASSWORD_STATUS_SHORT_BUFFER);
    refused(draw, &unused, 16, 16, SIP_PASSWORD_STATUS_SHORT_BUFFER);
    refused(draw, &unused, 65, (size_t)-1, SIP_PASSWORD_STATUS_SHORT_BUFFER);
    refused(draw, &unused, 65, 0, SIP_PASSWORD_STATUS_LENGTH_NOT_ALLOWED);
    refused(draw, &unused, 65, 7, SIP_PASSWORD_STATUS_LENGTH_NOT_ALLOWED);
    refused(draw, &unused, 65, 17, SIP_PASSWORD_STATUS_LENGTH_NOT_ALLOWED);
    CHECK(unused.draws == 0);

    /* In the first word of the first candidate, in its last, and in the second candidate. */
    for (unsigned draws = 0; draws < 6; draws++) {
        struct source fails = new_source(0x55, draws);
        refused(draw, &fails, 65, 16, SIP_PASSWORD_STATUS_SOURCE_FAILED);
        CHECK(fails.draws == draws + 1 && fails.whole_words);
    }
    /* 25 tries of four words. */
    struct source stuck = new_source(0x55, 1000);
    refused(draw, &stuck, 17, 16, SIP_PASSWORD_STATUS_SOURCE_STUCK);
    CHECK(stuck.draws == 100);
    /* A word whose password complies, again and again: noticed from three words on, which are 9 to 12 characters. */
    struct source repeats = new_source(0x1, 1000);
    refused(draw, &repeats, 17, 16, SIP_PASSWORD_STATUS_SOURCE_STUCK);
    refused(draw, &repeats, 17, 9, SIP_PASSWORD_STATUS_SOURCE_STUCK);
    CHECK(repeats.draws == 7);
    char buffer[17];
    IS(sip_password_generate(sip_password_huawei(), draw, &repeats, buffer, sizeof buffer, 8), OK);
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

    /* No object is that large: nothing is written, where all that can be written ends in a crash. */
    sip_password_wipe(buffer, (size_t)-1);
    sip_password_wipe(buffer, (size_t)-1 / 2 + 1);
    CHECK(strlen(buffer) == 16);
    sip_password_wipe(buffer, 8);
    CHECK(all(buffer, 8, 0) && buffer[8] != 0);
    sip_password_wipe(buffer, sizeof buffer);
    CHECK(all(buffer, sizeof buffer, 0));
}

static void wrong(sip_password_rules rules, sip_password_status outcome)
{
    const sip_password_policy *policy = sip_password_huawei();
    CHECK(sip_password_policy_new(&storage, &rules, &policy) == outcome);
    CHECK(policy == NULL);
}

/* 160 bytes of names are allowed. */
static void names_that_are_too_long_together(void)
{
    static const char name[] = "123456789012345678901";
    static const char *const characters[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    sip_password_class classes[SIP_PASSWORD_MAX_CLASSES];
    const sip_password_rules rules = {
        .min_length = 1, .max_length = 8, .default_length = 8, .classes = classes, .class_count = 8};
    for (size_t at = 0; at < SIP_PASSWORD_MAX_CLASSES; at++) {
        const sip_password_class class = {name + 1, characters[at], 0};
        classes[at] = class;
    }
    CHECK((sizeof name - 2) * SIP_PASSWORD_MAX_CLASSES == SIP_PASSWORD_MAX_CLASS_NAMES);
    CHECK(new_policy(&rules) != NULL);
    classes[7].name = name;
    wrong(rules, SIP_PASSWORD_STATUS_RULES_CLASS_NAMES);
}

static void wrong_rules_are_refused(void)
{
    static const char long_word[] = "12345678901234567890123456789012345678901234567890123456789012345";
    const char *words[1];
    sip_password_class classes[9] = {{"letters", "abc", 0}, {"digits", "123", 0}};
    const sip_password_rules good = {
        .min_length = 2, .max_length = 4, .default_length = 3, .classes = classes, .class_count = 2};
    sip_password_rules rules = good;
    CHECK(new_policy(&good) != NULL);

#define WRONG(change, outcome) (rules = good, rules.change, wrong(rules, SIP_PASSWORD_STATUS_##outcome))
#define WRONG_CONTEXT(word, count, outcome)                                                                            \
    (words[0] = (word), rules = good, rules.context = words, rules.context_count = (count),                            \
     wrong(rules, SIP_PASSWORD_STATUS_##outcome))
    WRONG(min_length = 0, RULES_LENGTHS);
    WRONG(min_length = 5, RULES_LENGTHS);
    WRONG(max_length = 257, RULES_LENGTHS);
    WRONG(max_length = UINT16_MAX, RULES_LENGTHS);
    rules = good;
    rules.min_length = rules.default_length = 65;
    rules.max_length = SIP_PASSWORD_MAX_CHECKED_LENGTH;
    wrong(rules, SIP_PASSWORD_STATUS_RULES_LENGTHS);
    rules.min_length = 64;
    wrong(rules, SIP_PASSWORD_STATUS_RULES_DEFAULT_LENGTH);
    WRONG(default_length = 5, RULES_DEFAULT_LENGTH);
    WRONG(class_count = 9, RULES_TOO_MANY_CLASSES);
    WRONG(class_count = (size_t)-1, RULES_TOO_MANY_CLASSES);
    WRONG(classes = NULL, NULL);
    WRONG(class_count = 0, RULES_NO_CHARACTERS);
    WRONG(min_classes = 3, RULES_MIN_CLASSES);
    WRONG(uncounted = "\t", RULES_NOT_PRINTABLE);
    WRONG(uncounted = "\x7f", RULES_NOT_PRINTABLE);
    WRONG(uncounted = "a", RULES_OVERLAP);
    WRONG(excluded = "\xc3\xa4", RULES_NOT_PRINTABLE);
    WRONG(excluded = "abc123", RULES_NOTHING_TO_GENERATE);
    WRONG(excluded_first = "\xc3\xa4", RULES_NOT_PRINTABLE);
    WRONG(excluded_first = "abc123", RULES_NOTHING_TO_GENERATE);
    WRONG(first = 1 << 2, RULES_FIRST);
    rules = good;
    rules.max_run = 1;
    rules.run_classes = 1 << 2;
    wrong(rules, SIP_PASSWORD_STATUS_RULES_MAX_RUN);
    WRONG(min_distinct = 5, RULES_MIN_DISTINCT);
    WRONG_CONTEXT("", 1, RULES_CONTEXT);
    WRONG_CONTEXT(long_word, 1, RULES_CONTEXT);
    WRONG_CONTEXT("\xff", 1, RULES_NOT_UTF8);
    WRONG_CONTEXT(NULL, 1, NULL);
    WRONG_CONTEXT("fake", 33, RULES_CONTEXT);
    WRONG_CONTEXT("fake", (size_t)-1, RULES_CONTEXT);
    WRONG(context_count = 1, NULL);

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
    classes[1].name = long_word + SIP_PASSWORD_MAX_LENGTH - SIP_PASSWORD_MAX_CLASS_NAME;
    wrong(good, SIP_PASSWORD_STATUS_RULES_CLASS_NAME);
    classes[1].name = long_word + SIP_PASSWORD_MAX_LENGTH + 1 - SIP_PASSWORD_MAX_CLASS_NAME;
    CHECK(new_policy(&good) != NULL);
    names_that_are_too_long_together();
    classes[1].name = "digits";
    classes[1].minimum = 5;
    wrong(good, SIP_PASSWORD_STATUS_RULES_MINIMA);
    classes[1].minimum = 3;
    WRONG(max_repeat = 2, RULES_INFEASIBLE);
    classes[0].minimum = classes[1].minimum = 30;
    rules = good;
    rules.max_length = 64;
    rules.max_repeat = 7;
    wrong(rules, SIP_PASSWORD_STATUS_RULES_TOO_COMPLEX);
}

static void messages_and_names(void)
{
    const char *unknown = sip_password_status_message(-1);
    for (int32_t status = 0; status <= SIP_PASSWORD_STATUS_LENGTH_NOT_GENERATED; status++)
        CHECK(!same(sip_password_status_message(status), unknown));
    CHECK(same(sip_password_status_message(SIP_PASSWORD_STATUS_LENGTH_NOT_GENERATED + 1), unknown));
    CHECK(same(sip_password_status_message(SIP_PASSWORD_STATUS_SOURCE_FAILED), "the random source failed"));

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
    wrong_rules_are_refused();
    messages_and_names();
    return finish();
}
