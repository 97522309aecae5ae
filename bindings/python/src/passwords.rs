//! Many passwords, made as they are asked for.

use std::{
    io, process,
    sync::{Arc, MutexGuard, PoisonError},
};

use pyo3::{
    exceptions::{PyMemoryError, PyOSError, PyRuntimeError, PyTypeError, PyValueError},
    prelude::*,
    sync::MutexExt,
    types::{PyBytes, PyList, PyString},
};
use sip_password::{Bulk, Job, PolicyFile, Seed};
use zeroize::Zeroizing;

use crate::{error::length_error, text::with_bytes};

type PreparedBulk<'p> = Bulk<'p>;

self_cell::self_cell!(
    /// What was prepared, beside the policy that it borrows.
    struct Prepared {
        owner: Arc<PolicyFile>,
        #[covariant]
        dependent: PreparedBulk,
    }
);

/// Passwords of one length, made in blocks as they are asked for, so that memory does not grow with their number.
#[pyclass(frozen, module = "sip_password._sip_password", name = "Passwords")]
pub(crate) struct Passwords {
    prepared: Prepared,
    seed: Box<Zeroizing<[u8; 32]>>,
    /// Of the whole job.
    count: u64,
    part: (u64, u64),
    /// The process that made it. Another would hand out the same passwords, or wait for ever for a thread that it does not have.
    process: u32,
    state: std::sync::Mutex<State>,
}

/// How far they have been handed out.
struct State {
    /// The next block, from 0.
    block: u64,
    /// The passwords of the block before, each with a line break.
    records: Zeroizing<Vec<u8>>,
    /// Where the next password begins.
    at: usize,
}

impl Passwords {
    pub(crate) fn new(
        py: Python<'_>,
        file: Arc<PolicyFile>,
        length: usize,
        count: u64,
        seed: Option<&Bound<'_, PyAny>>,
        part: (u64, u64),
    ) -> PyResult<Self> {
        let (number, of) = part;
        if number == 0 || number > of {
            return Err(PyValueError::new_err(format!(
                "part: expected a number from 1 to the number of parts, found {number} of {of}"
            )));
        }
        let prepared = py.detach(|| Prepared::try_new(file, |file| file.policy().bulk(length, b"\n")));
        let prepared = prepared.map_err(length_error)?;
        let state = State { block: 0, records: Zeroizing::new(Vec::new()), at: 0 };
        let passwords = Self {
            prepared,
            seed: read_seed(seed)?,
            count,
            part,
            process: process::id(),
            state: state.into(),
        };
        passwords.job()?;
        Ok(passwords)
    }

    /// The job, or the part of it.
    fn job(&self) -> PyResult<Job<'_>> {
        self.existing().ok_or_else(|| PyRuntimeError::new_err("part: expected one that exists"))
    }

    /// The job, if the part of it exists.
    fn existing(&self) -> Option<Job<'_>> {
        let mut seed = Zeroizing::new(**self.seed);
        let bulk = self.prepared.borrow_dependent().clone();
        Job::new(bulk, self.count, Seed::take(&mut seed)).part(self.part.0, self.part.1)
    }

    /// The length of a password with its line break.
    fn record(&self) -> usize {
        self.prepared.borrow_dependent().record_len()
    }

    fn state(&self, py: Python<'_>) -> PyResult<MutexGuard<'_, State>> {
        // Before the lock, which a thread of the other process may have.
        if process::id() != self.process {
            return Err(PyRuntimeError::new_err(
                "made before a fork: this process would get the passwords of the other; make them in this one",
            ));
        }
        // A panic leaves passwords that were not handed out, and no invalid state.
        Ok(self.state.lock_py_attached(py).unwrap_or_else(PoisonError::into_inner))
    }

    /// Makes the next block; false if there is none.
    fn refill(&self, py: Python<'_>, state: &mut State) -> PyResult<bool> {
        let job = self.job()?;
        let blocks = job.count().div_ceil(Job::BLOCK);
        if state.block == blocks {
            return Ok(false);
        }
        let record = self.record();
        py.detach(|| {
            let Some(block) = job.part(state.block + 1, blocks) else { return Ok(()) };
            state.records.clear();
            state.records.reserve_exact(Job::BLOCK as usize * record);
            block.write(&mut *state.records, |_| ())
        })
        .map_err(io_error)?;
        (state.block, state.at) = (state.block + 1, 0);
        Ok(true)
    }

    /// The number of passwords that were not handed out.
    fn left(&self, state: &State) -> PyResult<u64> {
        let made = state.block.saturating_mul(Job::BLOCK);
        let waiting = (state.records.len() - state.at) / self.record();
        Ok(self.job()?.count().saturating_sub(made) + waiting as u64)
    }

    /// Writes all that is left to `buffer`, which has its size.
    fn write_rest(
        &self,
        py: Python<'_>,
        state: &mut State,
        mut buffer: &mut [u8],
        threads: usize,
    ) -> PyResult<()> {
        if state.block == 0 {
            let job = self.job()?;
            let blocks = job.count().div_ceil(Job::BLOCK);
            let written = py.detach(|| {
                let threads = threads.min(usize::try_from(blocks).unwrap_or(threads));
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
                // One thread is this one, as it is if the system starts no other.
                match (threads > 1).then(|| pool.build().ok()).flatten() {
                    Some(pool) => pool.install(|| job.write(&mut buffer, |_| ())),
                    None => {
                        let mut parts = (1..=blocks).filter_map(|block| self.existing()?.part(block, blocks));
                        parts.try_for_each(|block| block.write(&mut buffer, |_| ()))
                    }
                }
            });
            state.block = blocks;
            return written.map_err(io_error);
        }
        loop {
            let rest = &state.records[state.at..];
            let (now, later) = buffer.split_at_mut(rest.len());
            now.copy_from_slice(rest);
            buffer = later;
            state.at = state.records.len();
            if !self.refill(py, state)? {
                return Ok(());
            }
        }
    }
}

#[pymethods]
impl Passwords {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyString>>> {
        let mut state = self.state(py)?;
        if state.at == state.records.len() && !self.refill(py, &mut state)? {
            // The last passwords are not kept.
            state.records = Zeroizing::new(Vec::new());
            state.at = 0;
            return Ok(None);
        }
        let start = state.at;
        state.at += self.record();
        PyString::from_bytes(py, &state.records[start..state.at - 1]).map(Some)
    }

    /// The number of passwords that are left.
    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        let left = self.left(&*self.state(py)?)?;
        usize::try_from(left).map_err(|_| PyMemoryError::new_err(()))
    }

    /// The passwords that are left, as a list.
    fn to_list<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let mut state = self.state(py)?;
        let (mut list, record) = (Vec::new(), self.record());
        let left = usize::try_from(self.left(&state)?).map_err(|_| PyMemoryError::new_err(()))?;
        list.try_reserve_exact(left).map_err(|_| PyMemoryError::new_err(()))?;
        loop {
            let text = std::str::from_utf8(&state.records[state.at..]).unwrap_or_default();
            let starts = (0..text.len()).step_by(record);
            list.extend(starts.map(|start| PyString::new(py, &text[start..start + record - 1])));
            state.at = state.records.len();
            if !self.refill(py, &mut state)? {
                state.records = Zeroizing::new(Vec::new());
                state.at = 0;
                // A new list can start the collector, and so code that asks for the next password.
                drop(state);
                return PyList::new(py, list);
            }
        }
    }

    /// The passwords that are left, as one `bytes`, each with a line break. `threads` is the number of threads, one for each processor
    /// if it is not given.
    #[pyo3(signature = (*, threads=None))]
    fn to_buffer<'py>(&self, py: Python<'py>, threads: Option<usize>) -> PyResult<Bound<'py, PyBytes>> {
        let mut state = self.state(py)?;
        let size = usize::try_from(self.left(&state)?).ok().and_then(|left| left.checked_mul(self.record()));
        let size = size.filter(|&size| isize::try_from(size).is_ok());
        let size = size.ok_or_else(|| PyMemoryError::new_err(()))?;
        PyBytes::new_with(py, size, |buffer| {
            self.write_rest(py, &mut state, buffer, crate::column::threads(threads))
        })
    }

    fn __repr__(&self) -> String {
        let (number, of) = self.part;
        format!("<Passwords {} in all, part {number} of {of}>", self.count)
    }
}

/// 32 bytes that the caller has, or new ones.
fn read_seed(seed: Option<&Bound<'_, PyAny>>) -> PyResult<Box<Zeroizing<[u8; 32]>>> {
    let mut bytes = Box::new(Zeroizing::new([0; 32]));
    let Some(seed) = seed else {
        getrandom::fill(&mut **bytes)
            .map_err(|error| PyOSError::new_err(format!("the random source failed: {error}")))?;
        return Ok(bytes);
    };
    // Text is no seed: it has not 32 bytes of entropy.
    let found = match seed.cast::<PyString>() {
        Ok(_) => None,
        Err(_) => with_bytes(seed, |found| match <&[u8; 32]>::try_from(found) {
            Ok(found) => {
                bytes.copy_from_slice(found);
                Ok(())
            }
            Err(_) => Err(found.len()),
        })?,
    };
    match found {
        Some(Ok(())) => Ok(bytes),
        Some(Err(found)) => Err(PyValueError::new_err(format!("seed: expected 32 bytes, found {found}"))),
        None => Err(PyTypeError::new_err("seed: expected 32 bytes")),
    }
}

fn io_error(error: io::Error) -> PyErr {
    match error.kind() {
        io::ErrorKind::OutOfMemory => PyMemoryError::new_err(()),
        _ => PyOSError::new_err(error.to_string()),
    }
}
