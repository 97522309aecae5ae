/* The policies of the catalogue, by name. */
#include "chacha.h"
#include "test.h"

static void names_and_certainty(void)
{
    sip_password_certainty certainty = 7;
    const sip_password_policy *twilio = sip_password_named("twilio", &certainty);
    CHECK(twilio != NULL && certainty == SIP_PASSWORD_CERTAINTY_HIGH);
    CHECK(sip_password_named("Twilio", NULL) == twilio);
    CHECK(sip_password_min_length(twilio) == 12 && sip_password_max_length(twilio) == 255);
    IS(check_text(twilio, "Not-a-real-1", NULL), OK);
    IS(check_text(twilio, "not-a-real-1", NULL), NOT_COMPLIANT);

    CHECK(sip_password_named("asterisk", &certainty) == sip_password_named("freepbx", NULL));
    CHECK(certainty == SIP_PASSWORD_CERTAINTY_HIGH);
    CHECK(sip_password_named("zoom", &certainty) != NULL && certainty == SIP_PASSWORD_CERTAINTY_MEDIUM);
    CHECK(sip_password_named("NXCLOUD", &certainty) == sip_password_nxcloud());
    CHECK(certainty == SIP_PASSWORD_CERTAINTY_LOW);
    CHECK(sip_password_named("huawei", &certainty) == sip_password_huawei());
    CHECK(certainty == SIP_PASSWORD_CERTAINTY_HIGH);

    CHECK(sip_password_named("twili", &certainty) == NULL && certainty == SIP_PASSWORD_CERTAINTY_NONE);
    CHECK(sip_password_named("", NULL) == NULL && sip_password_named("twilio\xff", NULL) == NULL);
    certainty = 7;
    CHECK(sip_password_named(NULL, &certainty) == NULL && certainty == SIP_PASSWORD_CERTAINTY_NONE);
    CHECK(sip_password_preset("twilio") == NULL);
}

/* Each kind of rule: classes, minima, sequences, rows, a first character, words. */
static void generated_is_compliant(void)
{
    static const char *const names[] = {"twilio",    "chime",        "altigen",         "cisco-be3000", "cisco-expressway",
                                        "yeastar-s", "ivozprovider", "magnusbilling",   "nokia-a020w",  "thinktel",
                                        "zoom",      "karel",        "matrix-eternity", "kamailio"};
    struct chacha source;
    chacha_seed(&source, 1);
    for (size_t at = 0; at < sizeof names / sizeof *names; at++) {
        const sip_password_policy *policy = sip_password_named(names[at], NULL);
        char password[SIP_PASSWORD_MAX_LENGTH + 1];
        size_t length = sip_password_default_length(policy);
        for (int again = 0; again < 20; again++) {
            IS(sip_password_generate(policy, chacha_draw, &source, password, sizeof password, length), OK);
            CHECK(strlen(password) == length);
            IS(check_text(policy, password, NULL), OK);
        }
    }
}

/* Twelve to 16 characters; those of a system whose passwords only a larger machine counts have no figure here. */
static void entropy_where_it_is_counted(void)
{
    double bits = 7;
    IS(sip_password_entropy(sip_password_named("twilio", NULL), 16, &bits), OK);
    CHECK(bits > 95.1 && bits < 95.2);
    IS(sip_password_entropy(sip_password_named("cisco-expressway", NULL), 16, &bits), RULES_TOO_COMPLEX);
    CHECK(bits == 0);
    IS(sip_password_entropy(sip_password_named("cisco-expressway", NULL), 14, &bits), LENGTH_NOT_ALLOWED);
}

int main(void)
{
    names_and_certainty();
    generated_is_compliant();
    entropy_where_it_is_counted();
    return finish();
}
