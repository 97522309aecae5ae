/* Prints the lines of the library's tests/golden.txt: a preset, a length, the byte that fills the seed of ChaCha20, and
 * the first password. */
#include "chacha.h"
#include "print.h"
#include "sip_password.h"

static int print_vectors(const char *name, const sip_password_policy *policy)
{
    static const uint8_t seeds[] = {0, 1, 42, 255};
    size_t max = sip_password_max_length(policy);
    for (size_t length = sip_password_min_length(policy); length <= max; length++) {
        for (size_t at = 0; at < sizeof seeds; at++) {
            struct chacha chacha;
            char password[SIP_PASSWORD_MAX_LENGTH + 1];
            chacha_seed(&chacha, seeds[at]);
            sip_password_status status =
                sip_password_generate(policy, chacha_draw, &chacha, password, sizeof password, length);
            if (status != SIP_PASSWORD_STATUS_OK) {
                print(sip_password_status_message(status));
                return 1;
            }
            print(name);
            print(" ");
            print_number(length);
            print(" ");
            print_number(seeds[at]);
            print(" ");
            print(password);
            print("\n");
        }
    }
    return 0;
}

int main(void)
{
    return print_vectors("exotel", sip_password_exotel()) || print_vectors("huawei", sip_password_huawei()) ||
           print_vectors("nxcloud", sip_password_nxcloud()) ||
           print_vectors("nxcloud-random", sip_password_nxcloud_random());
}
