/* Gives a phone its first password, or checks one:
 *
 *     provision huawei            prints a password; names are in docs/CATALOGUE.md
 *     provision huawei check      reads a password from standard input, and prints why it is not compliant
 *
 * The exit status is 0 for success, 1 if the password is not compliant, and 2 for every other error.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "sip_password.h"

static int from_the_kernel(void *context, uint8_t *bytes, size_t length)
{
    (void)context;
    return getrandom(bytes, length, 0) == (ssize_t)length ? 0 : -1;
}

static int failed(sip_password_status status)
{
    fprintf(stderr, "provision: %s\n", sip_password_status_message(status));
    return 2;
}

static int generate(const sip_password_policy *policy)
{
    char password[SIP_PASSWORD_MAX_LENGTH + 1];
    size_t length = sip_password_default_length(policy);
    double bits;
    sip_password_status status =
        sip_password_generate(policy, from_the_kernel, NULL, password, sizeof password, length);
    if (status != SIP_PASSWORD_STATUS_OK)
        return failed(status);
    password[length] = '\n';
    /* Not with printf, whose buffer nobody wipes. */
    ssize_t written = write(STDOUT_FILENO, password, length + 1);
    sip_password_wipe(password, sizeof password);
    if (written != (ssize_t)length + 1) {
        perror("provision");
        return 2;
    }
    status = sip_password_entropy(policy, length, &bits);
    if (status != SIP_PASSWORD_STATUS_OK)
        return failed(status);
    fprintf(stderr, "%zu characters, %.1f bits of entropy\n", length, bits);
    return 0;
}

static int check(const sip_password_policy *policy)
{
    char line[256], reasons[512];
    /* Not with fgets, for the same reason. */
    ssize_t length = read(STDIN_FILENO, line, sizeof line);
    if (length < 0) {
        perror("provision");
        return 2;
    }
    if (length > 0 && line[length - 1] == '\n')
        length--;
    sip_password_status status =
        sip_password_reasons(policy, line, (size_t)length, reasons, sizeof reasons, NULL);
    sip_password_wipe(line, sizeof line);
    if (status == SIP_PASSWORD_STATUS_OK)
        return 0;
    if (status != SIP_PASSWORD_STATUS_NOT_COMPLIANT)
        return failed(status);
    puts(reasons);
    return 1;
}

int main(int count, char **arguments)
{
    sip_password_certainty certainty = SIP_PASSWORD_CERTAINTY_NONE;
    const sip_password_policy *policy = count > 1 ? sip_password_named(arguments[1], &certainty) : NULL;
    if (policy != NULL && certainty < SIP_PASSWORD_CERTAINTY_HIGH)
        fputs("provision: it is not certain that this is the system's own rule\n", stderr);
    if (policy != NULL && count == 2)
        return generate(policy);
    if (policy != NULL && count == 3 && strcmp(arguments[2], "check") == 0)
        return check(policy);
    fputs("use: provision NAME [check], with a name of docs/CATALOGUE.md such as huawei or twilio\n", stderr);
    return 2;
}
