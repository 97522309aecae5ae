"""Without any other package: does the wheel work on this CPython?"""

import pickle
import sys
import threading

import sip_password
from sip_password import HUAWEI, exotel, huawei, nxcloud

seed = bytes(range(32))
passwords = HUAWEI.generate_many(10_000, seed=seed).to_list()
assert all(map(HUAWEI.is_compliant, passwords)) and len(set(passwords)) == 10_000
assert memoryview(HUAWEI.check_many(passwords)).tobytes() == b"\1" * 10_000
assert HUAWEI.check_many("\n".join(passwords).encode()).compliant == 10_000
assert HUAWEI.check("Secret").kinds == ("too-short", "too-few-classes")
assert pickle.loads(pickle.dumps(HUAWEI)) == HUAWEI
assert HUAWEI.count(16) == 329449241992944238668919603200
with HUAWEI.generate_bytes() as password:
    assert HUAWEI.check(password)
assert not any(password)
threads = [threading.Thread(target=HUAWEI.generate_many(100_000, seed=seed).to_buffer) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for module in (exotel, huawei, nxcloud, sip_password):
    assert all(hasattr(module, name) for name in module.__all__)
print(f"works on CPython {sys.version.split()[0]}")
