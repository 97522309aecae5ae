"""What is left in the memory of a process after secrets were used: the whole of it is searched, in a process of its own."""

import subprocess
import sys
import textwrap

# Searches every part of memory that can be written. The needle stands reversed, so that the search does not find itself.
SEARCH = """
import gc, os, sys
from sip_password import EXOTEL, HUAWEI

def found(reversed_needle):
    gc.collect()
    count = 0
    # The second half: the allocator writes over the beginning of what is freed, wiped or not.
    needle = bytearray(reversed_needle[: len(reversed_needle) // 2])
    needle.reverse()
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", buffering=0) as memory:
        for line in maps:
            area, rights, *rest = line.split()
            if "rw" not in rights or "[v" in line:
                continue
            start, end = (int(number, 16) for number in area.split("-"))
            try:
                memory.seek(start)
                data = memory.read(end - start)
            except (OSError, ValueError):
                continue
            at = data.find(needle)
            while at >= 0:
                if start + at != address(needle):
                    count += 1
                at = data.find(needle, at + 1)
            del data
    needle[:] = bytes(len(needle))
    return count

def address(buffer):
    import ctypes
    return ctypes.addressof((ctypes.c_char * len(buffer)).from_buffer(buffer))

def reverse_of(buffer):
    turned = bytearray(buffer)
    turned.reverse()
    return turned
"""


def search(program: str) -> list[int]:
    done = subprocess.run(
        [sys.executable, "-c", SEARCH + textwrap.dedent(program)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return [int(number) for number in done.stdout.split()]


def test_bytes() -> None:
    """While it lives the password is there once; after `wipe`, and after it was collected, nowhere."""
    alive, wiped, collected = search(
        """
        one = HUAWEI.generate_bytes()
        turned = reverse_of(one)
        print(found(turned))
        one.wipe()
        print(found(turned))
        # One of many, so that its memory is not in use again at once.
        others = [EXOTEL.generate_bytes(64) for _ in range(1000)]
        turned = reverse_of(others[500])
        del others
        print(found(turned))
        """
    )
    assert (alive, wiped, collected) == (1, 0, 0)


def test_a_seed() -> None:
    """After the caller has zeroed its own copy and the iterator is gone, no copy of the seed is left."""
    alive, gone = search(
        """
        seed = bytearray(os.urandom(32))
        turned = reverse_of(seed)
        some = HUAWEI.generate_many(100_000, seed=seed)
        next(some)
        print(found(turned))
        some.to_buffer()
        seed[:] = bytes(32)
        del some
        print(found(turned))
        """
    )
    assert alive >= 2 and gone == 0


def test_passwords_that_were_not_taken() -> None:
    """The iterator makes some in advance. Those that nobody took are zeroed with it."""
    alive, gone = search(
        """
        seed = bytes(range(32))
        turned = None
        for number, password in enumerate(HUAWEI.generate_many(3000, seed=seed)):
            if number == 2000:
                turned = reverse_of(password.encode())
                break
        del password
        some = HUAWEI.generate_many(3000, seed=seed)
        next(some)
        print(found(turned))
        del some
        print(found(turned))
        """
    )
    assert alive >= 1 and gone == 0


# Makes 200 calls with different secrets of one end, which a single search finds all of.
CALLS = """
from sip_password import exotel, huawei, nxcloud

def exotel_call(secret):
    return exotel.UpdatePassword(exotel.MUMBAI, api_key="k", api_token=secret, account_sid="s", user_uuid="u",
                                 device_id="d", new_password="Not_a_real_1")

def huawei_call(secret):
    return huawei.UpdateSipPhonePassword("https://service.example.com", token="t", user_account="u", account_password=secret,
                                         new_password="Not_a_real_1")

def huawei_token(secret):
    return huawei.TokenByAkSk("https://service.example.com", app_key="k", app_secret=secret)

def nxcloud_call(secret):
    return nxcloud.UpdatePassword(nxcloud.PRODUCTION, app_key="k", secret_key=secret, phones=[("p", "NotARealOne1")])

def refused(secret):
    # The password is refused after the secret was taken.
    try:
        nxcloud.UpdatePassword(nxcloud.PRODUCTION, app_key="k", secret_key=secret, phones=[("p", "short")])
    except ValueError:
        pass

def measure(make):
    end = bytearray(os.urandom(24).hex().encode())
    secrets = [bytearray(os.urandom(24).hex().encode()) + end for _ in range(200)]
    turned = reverse_of(secrets[0])
    end[:] = bytes(len(end))
    made = [make(secret) for secret in secrets]
    for secret in secrets:
        secret[:] = bytes(len(secret))
    alive = found(turned)
    del made
    print(alive, found(turned))
"""


def test_calls_of_the_vendors() -> None:
    """The calls' own copies of the secrets are gone with them. What is not zeroed would be there, as the control is."""
    *figures, control_alive, control = search(
        CALLS
        + """
for make in (exotel_call, huawei_call, huawei_token, nxcloud_call):
    measure(make)
measure(refused)
measure(bytes)
"""
    )
    assert control_alive == 200 and control > 100
    *of_calls, refused_alive, refused = figures
    assert all(alive >= 200 for alive in of_calls[::2]) and set(of_calls[1::2]) == {0}
    assert (refused_alive, refused) == (0, 0)


def test_the_search_finds_what_is_there() -> None:
    (count,) = search(
        """
        kept = [bytearray(b"%d" % 1234567890123456789) for _ in range(3)]
        print(found(bytearray(b"9876543210987654321")))
        """
    )
    assert count >= 3

