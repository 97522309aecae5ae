"""Ten million rows on an engine of several processes, and parts that are the single run byte for byte."""

import hashlib
import importlib
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from sip_password import HUAWEI

# It has types for some of its functions alone.
distributed: Any = importlib.import_module("distributed")

ROWS, PARTS = 10_000_000, 8
SEED = bytes(range(100, 132))


def made(number: int) -> bytes:
    return HUAWEI.generate_many(ROWS, seed=SEED, part=(number, PARTS)).to_buffer(threads=1)


def digest_and_verdicts(number: int) -> tuple[bytes, int, int]:
    """In a process of the engine: a part of the passwords, the verdicts on them, and those by Arrow on every second one, damaged."""
    text = made(number)
    verdicts = HUAWEI.check_many(text, threads=1)
    lines = np.frombuffer(text, dtype="S17")
    damaged = np.char.replace(lines[: len(lines) // 100], b"\n", b"!").astype("U17")
    wrong = HUAWEI.check_many(pa.array(damaged), threads=1)
    return hashlib.sha256(text).digest(), verdicts.compliant, len(damaged) - wrong.compliant


@pytest.mark.filterwarnings("default")
def test_dask() -> None:
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None)
    with cluster, distributed.Client(cluster) as client:
        results: Any = client.gather(client.map(digest_and_verdicts, range(1, PARTS + 1), pure=False))
    whole = HUAWEI.generate_many(ROWS, seed=SEED).to_buffer()
    at = 0
    for number, (digest, compliant, wrong) in enumerate(results, 1):
        size = len(HUAWEI.generate_many(ROWS, seed=SEED, part=(number, PARTS)))
        part = memoryview(whole)[at * 17 : (at + size) * 17]
        assert hashlib.sha256(part).digest() == digest
        assert (compliant, wrong) == (size, size // 100)
        at += size
    assert at == ROWS and len(whole) == 17 * ROWS


def test_a_policy_travels_to_other_processes() -> None:
    policy = HUAWEI.restrict(exclude="0O1lI")
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert all(map(policy.check, pool.map(policy.generate, [8, 12, 16])))


def test_polars_batches() -> None:
    frame = pl.DataFrame({"password": HUAWEI.generate_many(99_999).to_list() + ["short"]})

    def verdicts(column: pl.Series) -> pl.Series:
        return pl.Series(HUAWEI.check_many(column))

    judged = frame.lazy().select(pl.col("password").map_batches(verdicts, return_dtype=pl.Boolean)).collect()
    assert judged["password"].sum() == 99_999 and judged["password"][-1] is False


def test_duckdb_function() -> None:
    def compliant(column: pa.ChunkedArray) -> pa.Array:
        return pa.array(HUAWEI.check_many(column))

    database: Any = duckdb.connect()
    with database:
        database.create_function("compliant", compliant, ["VARCHAR"], "BOOLEAN", type="arrow")
        database.execute("create table phones as select 'Not_a_real_' || range as password from range(100000)")
        row = database.execute("select count(*) from phones where compliant(password)").fetchone()
    assert row == (100_000,)
