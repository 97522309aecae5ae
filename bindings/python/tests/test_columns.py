"""Many passwords in every form that Python has them in: the verdicts of `check`, one by one."""

import array
import ctypes
import os
import struct
import subprocess
import sys
import textwrap
import threading
import traceback
import tracemalloc
from collections.abc import Callable, Iterator
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


# Compliant, and in no line of this file that an error is raised by.
SECRET = "Needle@12"


class Broken:
    """A column whose export fails, as that of pandas does over values of several types, with one of them in the error."""

    def __init__(self, passwords: list[Any], error: BaseException, **attributes: Any) -> None:
        self.passwords, self.error = passwords, error
        vars(self).update(attributes)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        raise self.error

    def __iter__(self) -> Iterator[Any]:
        return iter(self.passwords)


def shown(action: Callable[[], object], kind: type[BaseException]) -> str:
    """All that a log could have of an error."""
    with pytest.raises(kind) as caught:
        action()
    assert caught.value.__context__ is None and caught.value.__cause__ is None
    return "".join(traceback.format_exception(caught.value)) + repr(caught.value.args)


def test_no_error_of_a_producer_has_a_password() -> None:
    mixed = pd.Series([5, SECRET], dtype=object)
    text = shown(lambda: HUAWEI.check_many(mixed), TypeError)
    assert "expected str, bytes or None as item 0, found int" in text and SECRET not in text
    surrogates = pd.Series([SECRET, SECRET + "\udc80", None], dtype=object)
    assert list(HUAWEI.check_many(surrogates)) == [True, False, None]
    table = pd.DataFrame({SECRET: [5, SECRET]})
    assert SECRET not in shown(lambda: HUAWEI.check_many(table), TypeError)

    def batches() -> Iterator[pa.RecordBatch]:
        yield pa.record_batch({"password": [SECRET]})
        raise ValueError(SECRET)

    reader = pa.RecordBatchReader.from_batches(pa.schema({"password": pa.string()}), batches())
    assert SECRET not in shown(lambda: HUAWEI.check_many(reader), TypeError)

    class Column:
        def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
            # A column of a table: its fields are the passwords.
            return pa.RecordBatchReader.from_batches(pa.schema([]), failing()).__arrow_c_stream__()

    def failing() -> Iterator[pa.RecordBatch]:
        raise ValueError(SECRET)
        yield

    text = shown(lambda: HUAWEI.check_many(Column()), ValueError)
    assert "the column cannot be read: its producer failed" in text and SECRET not in text
    # Who ends a process does so.
    with pytest.raises(KeyboardInterrupt):
        HUAWEI.check_many(Broken([], KeyboardInterrupt()))


def test_a_column_that_does_not_come_by_arrow() -> None:
    assert list(HUAWEI.check_many(Broken(PASSWORDS, ImportError(SECRET)))) == COMPLIANT
    assert list(HUAWEI.check_many(Broken(PASSWORDS, RuntimeError(SECRET), ndim=1))) == COMPLIANT
    assert SECRET not in shown(lambda: HUAWEI.check_many(Broken(PASSWORDS, RuntimeError(SECRET), ndim=2)), TypeError)


def test_pandas_without_pyarrow() -> None:
    program = """
        import sys
        sys.modules["pyarrow"] = None
        import pandas
        from sip_password import HUAWEI
        column = pandas.Series(["Secret@12", "short", None, float("nan"), pandas.NA], dtype=object)
        print(list(HUAWEI.check_many(column)))
        print(list(HUAWEI.check_many(pandas.Series(["Secret@12", None]))))
        """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=60)
    assert done.stdout == "[True, False, None, None, None]\n[True, None]\n", done.stderr


def test_what_is_missing() -> None:
    passwords: Any = ["Secret@12", None, float("nan"), np.float64("nan"), pd.NA]
    for form in (passwords, tuple(passwords), np.array(passwords, dtype=object), pd.Series(passwords, dtype=object)):
        assert list(HUAWEI.check_many(form)) == [True, None, None, None, None]
    with pytest.raises(TypeError, match="found float"):
        HUAWEI.check_many([1.5])  # type: ignore[list-item]
    for nothing in (pl.Series([None, None]), pa.nulls(2), pa.chunked_array([pa.nulls(2)]), pd.Series([None, None])):
        assert list(HUAWEI.check_many(nothing)) == [None, None]


def test_an_array_that_was_moved() -> None:
    """Capsules are for one consumer. The second one must not read what the first has freed."""

    class Twice:
        def __init__(self, column: Any) -> None:
            self.array, self.stream = column.__arrow_c_array__(), pa.chunked_array([column]).__arrow_c_stream__()

    column = pa.array(["Not_a_real_1", "short"])

    class ByArray(Twice):
        def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
            return self.array  # type: ignore[no-any-return]

    class ByStream(Twice):
        def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
            return self.stream

    for twice, message in ((ByArray(column), "it was already released"), (ByStream(column), "its producer failed")):
        assert list(HUAWEI.check_many(twice)) == [True, False]
        with pytest.raises(ValueError, match=f"^the column cannot be read: {message}"):
            HUAWEI.check_many(twice)


def test_no_thread_can_be_started() -> None:
    """What a system refuses is done by the thread that is there."""
    program = """
        import resource, sys
        import numpy, pyarrow
        from sip_password import HUAWEI
        seed = bytes(32)
        expected = HUAWEI.generate_many(200_000, seed=seed).to_buffer(threads=1)
        column = numpy.frombuffer(expected, dtype="S17")
        arrow = pyarrow.array([b"Not_a_real_1"] * 200_000)
        # No room for the stack of a thread.
        resource.setrlimit(resource.RLIMIT_STACK, (1 << 40, resource.getrlimit(resource.RLIMIT_STACK)[1]))
        with open("/proc/self/statm") as statm:
            used = int(statm.read().split()[0]) * resource.getpagesize()
        room = len(expected) + (6 << 20)
        resource.setrlimit(resource.RLIMIT_AS, (used + room, used + room))
        import threading
        threading.stack_size(64 << 20)
        try:
            threading.Thread(target=print).start()
        except RuntimeError:
            print("none")
        print(len(HUAWEI.check_many(expected, threads=4)), HUAWEI.check_many(arrow, threads=4).compliant)
        print(HUAWEI.generate_many(200_000, seed=seed).to_buffer(threads=4) == expected)
        """
    environment = os.environ | {"RUST_MIN_STACK": str(64 << 20)}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=60, env=environment
    )
    assert done.stdout == "none\n200000 200000\nTrue\n", done.stderr


def test_arrays_that_are_one_text() -> None:
    """Each character would be judged as a password."""
    for one in (array.array("u", "Secret@12"), (ctypes.c_wchar * 9)(*"Secret@12"), ctypes.create_string_buffer(b"Secret@12")):
        with pytest.raises(TypeError, match="^expected an iterable of str, .*, found "):
            HUAWEI.check_many(one)
    with pytest.raises(TypeError, match="found memoryview$"):
        HUAWEI.check_many(memoryview(b"Secret@12").cast("c"))
    with pytest.raises(TypeError, match="^expected an array without a mask, found MaskedArray$"):
        HUAWEI.check_many(np.ma.array([b"Secret@12", b"short"], mask=[True, False]))
    nothing = np.zeros(3, dtype=[("empty", "S0"), ("number", "i4")])["empty"].copy()
    for strings in (nothing, np.zeros(3, dtype="S0")):
        assert list(HUAWEI.check_many(strings)) == [False] * 3


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
