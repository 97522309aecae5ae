// The header is valid C++ too.
#include "sip_password.h"

int main()
{
    uint16_t violations = 0;
    sip_password_status status = sip_password_check(sip_password_huawei(), "x", 1, &violations);
    return status == SIP_PASSWORD_STATUS_NOT_COMPLIANT && (violations & SIP_PASSWORD_TOO_SHORT) != 0 ? 0 : 1;
}
