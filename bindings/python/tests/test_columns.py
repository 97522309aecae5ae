"""Many passwords in every form that Python has them in: the verdicts of `check`, one by one."""

import struct
import threading
import tracemalloc
from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip_password import HUAWEI, NXCLOUD, Verdicts

PASSWORDS = ["Not_a_real_1", "short", None, "", "naïve", "Not_a_real_password_1", "Not_a_real_2\r", "密码"]
KINDS = [HUAWEI.check(password).kinds if password is not None else () for password in PASSWORDS]
COMPLIANT = [None if password is None else bool(HUAWEI.check(password)) for password in PASSWORDS]


def arrow(kind: Any) -> Callable[[], Any]:
    return lambda: pa.array(PASSWORDS).cast(kind)


FORMS: dict[str, Callable[[], Any]] = {
    "list": lambda: PASSWORDS,
    "tuple": lambda: tuple(PASSWORDS),
    "generator": lambda: (password for password in PASSWORDS),
    "bytes": lambda: [None if password is None else password.encode() for password in PASSWORDS],
    "bytearrays": lambda: [None if password is None else bytearray(password.encode()) for password in PASSWORDS],
    "numpy objects": lambda: np.array(PASSWORDS, dtype=object),
    "arrow string": arrow(pa.string()),
    "arrow large string": arrow(pa.large_string()),
    "arrow string view": arrow(pa.string_view()),
    "arrow binary": arrow(pa.binary()),
    "arrow large binary": arrow(pa.large_binary()),
    "arrow binary view": arrow(pa.binary_view()),
    "arrow dictionary": lambda: pa.array(PASSWORDS).dictionary_encode(),
    "arrow chunks": lambda: pa.chunked_array([PASSWORDS[:3], [], PASSWORDS[3:]], pa.string()),
    "arrow slice": lambda: pa.array(["x", *PASSWORDS, None])[1:-1],
    "arrow slice of slice": lambda: pa.array([None, "yy", *PASSWORDS])[1:][1:],
    "arrow table's column": lambda: pa.table({"password": PASSWORDS})["password"],
    "pandas": lambda: pd.Series(PASSWORDS),
    "pandas objects": lambda: pd.Series(PASSWORDS, dtype=object),
    "pandas categories": lambda: pd.Series(PASSWORDS, dtype="category"),
    "pandas arrow": lambda: pd.Series(PASSWORDS, dtype=pd.ArrowDtype(pa.string())),
    "polars": lambda: pl.Series(PASSWORDS),
    "polars categories": lambda: pl.Series(PASSWORDS, dtype=pl.Categorical),
    "polars column": lambda: pl.DataFrame({"password": PASSWORDS})["password"],
    "duckdb": lambda: duckdb.from_arrow(pa.table({"password": PASSWORDS})).to_arrow_table()["password"],
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form(form: str) -> None:
    verdicts = HUAWEI.check_many(FORMS[form]())
    assert list(verdicts) == COMPLIANT
    assert [verdicts.kinds(index) for index in range(len(PASSWORDS))] == KINDS


@pytest.mark.parametrize("dtype", ["U", "S", np.dtypes.StringDType()])
@pytest.mark.parametrize("count", [0, 1, 300_001])
def test_numpy_strings(dtype: Any, count: int) -> None:
    # Passwords without a zero at the end, which numpy does not keep.
    few = ["Not_a_real_1", "short", "", "Not\0a_real_1"] + ([] if dtype == "S" else ["naïve", "😀"])
    column = np.array([few[index % len(few)] for index in range(count)], dtype=dtype)
    verdicts = HUAWEI.check_many(column)
    expected = [bool(HUAWEI.check(password)) for password in few]
    assert len(verdicts) == count
    assert np.asarray(verdicts).tolist() == [expected[index % len(few)] for index in range(count)]
    assert [verdicts.kinds(index) for index in range(min(count, 4))] == [
        HUAWEI.check(password).kinds for password in few[: min(count, 4)]
    ]


@pytest.mark.parametrize("count", [1, 65_535, 200_003])
@pytest.mark.parametrize("threads", [1, 2, 7, None])
def test_threads_change_nothing(count: int, threads: int | None) -> None:
    passwords = [PASSWORDS[index % len(PASSWORDS)] for index in range(count)]
    expected = [COMPLIANT[index % len(PASSWORDS)] for index in range(count)]
    for column in (pa.array(passwords), pl.Series(passwords)):
        assert list(HUAWEI.check_many(column, threads=threads)) == expected
    lines = "\n".join(password or "" for password in passwords).encode()
    verdicts = HUAWEI.check_many(lines, threads=threads)
    assert list(verdicts) == [bool(HUAWEI.check(line.removesuffix(b"\r"))) for line in lines.split(b"\n")][: len(verdicts)]
    assert len(verdicts) == len(lines.split(b"\n")) - lines.endswith(b"\n") - (lines == b"")


@given(st.binary(max_size=200), st.integers(1, 4))
def test_lines(text: bytes, threads: int) -> None:
    lines = text.split(b"\n")
    if not lines[-1]:
        lines.pop()
    expected = [bool(NXCLOUD.check(line.removesuffix(b"\r"))) for line in lines]
    for form in (text, bytearray(text), memoryview(text), np.frombuffer(text, dtype=np.uint8)):
        assert list(NXCLOUD.check_many(form, threads=threads)) == expected


@given(st.lists(st.one_of(st.none(), st.text(max_size=20)), max_size=50))
def test_any_column(passwords: list[str | None]) -> None:
    expected = [None if password is None else bool(HUAWEI.check(password)) for password in passwords]
    for kind in (pa.string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())):
        assert list(HUAWEI.check_many(pa.array(passwords, pa.string()).cast(kind))) == expected
    assert list(HUAWEI.check_many(pl.Series(passwords, dtype=pl.String))) == expected
    assert list(HUAWEI.check_many(passwords)) == expected


def verdicts() -> Verdicts:
    return HUAWEI.check_many(PASSWORDS)


def test_verdicts_as_an_array() -> None:
    bools = np.asarray(verdicts())
    assert bools.dtype == np.bool_ and bools.tolist() == [bool(one) for one in COMPLIANT]
    assert not bools.flags.writeable
    assert memoryview(verdicts()).format == "?" and memoryview(verdicts()).shape == (8,)
    with pytest.raises(TypeError, match="read-write"):
        struct.pack_into("B", verdicts(), 0, 1)
    kept = np.asarray(HUAWEI.check_many(PASSWORDS))
    assert kept.sum() == verdicts().compliant == 1


def test_verdicts_by_arrow() -> None:
    assert pa.array(verdicts()).to_pylist() == COMPLIANT
    assert pl.Series(verdicts()).to_list() == COMPLIANT
    frame = pl.DataFrame({"password": PASSWORDS})
    assert frame.filter(pl.Series(verdicts()))["password"].to_list() == ["Not_a_real_1"]
    series = pd.Series(PASSWORDS)
    assert series[np.asarray(HUAWEI.check_many(series)).tolist()].tolist() == ["Not_a_real_1"]
    table = pa.table({"password": PASSWORDS})
    assert table.filter(pa.array(HUAWEI.check_many(table["password"]))).num_rows == 1


def test_verdicts_as_kinds() -> None:
    some = verdicts()
    assert some.counts()["too-short"] == sum("too-short" in kinds for kinds in KINDS)
    assert sum(some.counts().values()) == sum(map(len, KINDS))
    masks = np.asarray(some.masks)
    assert masks.dtype == np.uint16 and masks.tolist()[:4] == [0, 1 << 1 | 1 << 5, 1, 1 << 1 | 1 << 5]
    assert some[-1] is False and some[2] is None
    with pytest.raises(IndexError):
        some[8]
    with pytest.raises(IndexError):
        some.kinds(-9)


def test_refused() -> None:
    for wrong, found in (("text", "str"), (5, "int"), ([5], "int"), (None, "NoneType"), (np.array([1.5]), "float64")):
        with pytest.raises(TypeError, match=f"^expected .*, found {found}$"):
            HUAWEI.check_many(wrong)  # type: ignore[arg-type]
    for column in (pa.array([1]), pl.Series([1.5]), pl.DataFrame({"a": ["x"]}), pa.array([["a"]])):
        with pytest.raises(TypeError, match="^expected a column of text or bytes, found "):
            HUAWEI.check_many(column)
    with pytest.raises(ValueError, match="copy it first"):
        HUAWEI.check_many(np.array(["a", "b", "c"])[::2])
    with pytest.raises(ValueError, match="copy it first"):
        HUAWEI.check_many(np.array(["a"], dtype=">U1"))

    def fails() -> Any:
        yield "Not_a_real_1"
        raise RuntimeError("of the caller")

    with pytest.raises(RuntimeError, match="of the caller"):
        HUAWEI.check_many(fails())


def test_a_column_is_released() -> None:
    before = pa.total_allocated_bytes()
    column = pa.array(["Not_a_real_1"] * 100_000)
    HUAWEI.check_many(column)
    HUAWEI.check_many(pa.chunked_array([column]))
    del column
    assert pa.total_allocated_bytes() == before


def test_nothing_is_copied() -> None:
    column = pa.array(["Not_a_real_1"] * 1_000_000)
    tracemalloc.start()
    before = pa.total_allocated_bytes()
    HUAWEI.check_many(column)
    assert pa.total_allocated_bytes() == before
    assert tracemalloc.get_traced_memory()[1] < 100_000
    tracemalloc.stop()


def test_many_threads_of_python() -> None:
    column = pa.array(PASSWORDS * 20_000)
    results: list[Verdicts] = []
    threads = [threading.Thread(target=lambda: results.append(HUAWEI.check_many(column))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.compliant for one in results] == [20_000] * 4
