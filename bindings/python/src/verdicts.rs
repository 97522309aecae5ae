//! The verdicts on many passwords, as an array.

use std::{
    ffi::{c_int, c_void},
    ptr,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use arrow_array::{
    Array, BooleanArray,
    ffi::{FFI_ArrowArray, FFI_ArrowSchema},
};
use pyo3::{
    exceptions::{PyBufferError, PyIndexError, PyValueError},
    ffi,
    prelude::*,
    types::{PyBytes, PyCapsule, PyDict, PyMemoryView, PyTuple},
};
use sip_password::{ViolationKind, ViolationKinds};

/// The verdict on one password: bit n for the kind of violation with the number n, so 0 is compliant.
pub(crate) type Mask = u16;

/// There is no password.
pub(crate) const NULL: Mask = 1;

/// The verdicts on many passwords, in their order. True is compliant.
///
/// It is an array of one byte each by the buffer protocol (`numpy.asarray`), and one of bits by the Arrow C interface
/// (`pyarrow.array`, `polars.Series`), where a missing password has no verdict.
#[pyclass(frozen, module = "sip_password._sip_password", name = "Verdicts")]
pub(crate) struct Verdicts {
    masks: Vec<Mask>,
    /// Made when a buffer is asked for.
    bytes: OnceLock<Vec<u8>>,
}

impl Verdicts {
    pub(crate) fn new(masks: Vec<Mask>) -> Self {
        Self { masks, bytes: OnceLock::new() }
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get_or_init(|| self.masks.iter().map(|&mask| u8::from(mask == 0)).collect())
    }

    fn mask(&self, index: isize) -> PyResult<Mask> {
        let index = if index < 0 { index + self.masks.len() as isize } else { index };
        let mask = usize::try_from(index).ok().and_then(|index| self.masks.get(index));
        mask.copied().ok_or_else(|| PyIndexError::new_err("there is no password with this number"))
    }
}

#[pymethods]
impl Verdicts {
    fn __len__(&self) -> usize {
        self.masks.len()
    }

    /// Whether the password with this number is compliant; `None` if there was none.
    fn __getitem__(&self, index: isize) -> PyResult<Option<bool>> {
        self.mask(index).map(verdict)
    }

    fn __iter__(slf: Bound<'_, Self>) -> VerdictsIterator {
        VerdictsIterator { verdicts: slf.unbind(), next: AtomicUsize::new(0) }
    }

    /// The kinds of the violations of the password with this number.
    fn kinds<'py>(&self, py: Python<'py>, index: isize) -> PyResult<Bound<'py, PyTuple>> {
        let mask = self.mask(index)?;
        let kinds = ViolationKind::ALL.iter().filter(|&&kind| mask & bit(kind) != 0);
        PyTuple::new(py, kinds.map(|kind| kind.as_str()).collect::<Vec<_>>())
    }

    /// The number of compliant passwords.
    #[getter]
    fn compliant(&self) -> usize {
        self.masks.iter().filter(|&&mask| mask == 0).count()
    }

    /// The number of passwords with each kind of violation.
    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let counts = PyDict::new(py);
        for &kind in ViolationKind::ALL {
            let count = self.masks.iter().filter(|&&mask| mask & bit(kind) != 0).count();
            counts.set_item(kind.as_str(), count)?;
        }
        Ok(counts)
    }

    /// A number of 16 bits for each password: bit n for the kind of violation with the number n in docs/CODES.md, bit 0 if there was no
    /// password. 0 is compliant.
    #[getter]
    fn masks<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let bytes = PyBytes::new_with(py, size_of::<Mask>() * self.masks.len(), |bytes| {
            for (to, mask) in bytes.chunks_exact_mut(size_of::<Mask>()).zip(&self.masks) {
                to.copy_from_slice(&mask.to_ne_bytes());
            }
            Ok(())
        })?;
        PyMemoryView::from(&bytes)?.call_method1("cast", ("H",))
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(&arrow_array::types::BooleanType::DATA_TYPE);
        let schema = schema.map_err(|error| PyValueError::new_err(error.to_string()))?;
        PyCapsule::new_with_value(py, schema, c"arrow_schema")
    }

    /// The schema and the array, for a library that knows the Arrow C interface.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<(Bound<'py, PyCapsule>, Bound<'py, PyCapsule>)> {
        // There is one form; the consumer converts it.
        let _ = requested_schema;
        let array: BooleanArray = py.detach(|| self.masks.iter().map(|&mask| verdict(mask)).collect());
        let array = FFI_ArrowArray::new(&array.to_data());
        Ok((self.__arrow_c_schema__(py)?, PyCapsule::new_with_value(py, array, c"arrow_array")?))
    }

    /// # Safety
    ///
    /// `view` must be NULL or point to a `Py_buffer`, as CPython promises.
    unsafe fn __getbuffer__(slf: Bound<'_, Self>, view: *mut ffi::Py_buffer, flags: c_int) -> PyResult<()> {
        if view.is_null() || flags & ffi::PyBUF_WRITABLE == ffi::PyBUF_WRITABLE {
            return Err(PyBufferError::new_err("expected a request for reading, found one for writing"));
        }
        let (bytes, object) = (slf.get().bytes(), slf.clone().into_any());
        // The shape lives as long as the view.
        let shape = Box::new([bytes.len() as ffi::Py_ssize_t, 1]);
        // SAFETY: the view is valid by the caller's promise. The bytes live in the object, which the view owns a reference to, and
        // never move, since the object is frozen. `__releasebuffer__` frees the shape.
        unsafe {
            (*view).buf = bytes.as_ptr().cast::<c_void>().cast_mut();
            (*view).len = bytes.len() as ffi::Py_ssize_t;
            (*view).readonly = 1;
            (*view).itemsize = 1;
            (*view).format = match flags & ffi::PyBUF_FORMAT == ffi::PyBUF_FORMAT {
                true => c"?".as_ptr().cast_mut(),
                false => ptr::null_mut(),
            };
            (*view).ndim = 1;
            let shape = Box::into_raw(shape).cast::<ffi::Py_ssize_t>();
            (*view).internal = shape.cast();
            (*view).shape = if flags & ffi::PyBUF_ND == ffi::PyBUF_ND { shape } else { ptr::null_mut() };
            (*view).strides = match flags & ffi::PyBUF_STRIDES == ffi::PyBUF_STRIDES {
                true => shape.add(1),
                false => ptr::null_mut(),
            };
            (*view).suboffsets = ptr::null_mut();
            (*view).obj = object.into_ptr();
        }
        Ok(())
    }

    /// # Safety
    ///
    /// `view` must be one that `__getbuffer__` filled, as CPython promises.
    unsafe fn __releasebuffer__(&self, view: *mut ffi::Py_buffer) {
        // SAFETY: `internal` is the box that `__getbuffer__` made of this view, and a view is released once.
        unsafe { drop(Box::from_raw((*view).internal.cast::<[ffi::Py_ssize_t; 2]>())) }
    }

    fn __repr__(&self) -> String {
        format!("<Verdicts {} of {} compliant>", self.compliant(), self.masks.len())
    }
}

/// One verdict after another.
#[pyclass(frozen, module = "sip_password._sip_password", name = "VerdictsIterator")]
pub(crate) struct VerdictsIterator {
    verdicts: Py<Verdicts>,
    next: AtomicUsize,
}

#[pymethods]
impl VerdictsIterator {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&self) -> Option<Option<bool>> {
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        self.verdicts.get().masks.get(index).map(|&mask| verdict(mask))
    }
}

/// What Python sees of a mask: `None` if there was no password.
fn verdict(mask: Mask) -> Option<bool> {
    (mask != NULL).then_some(mask == 0)
}

/// The bit of a kind.
const fn bit(kind: ViolationKind) -> Mask {
    1 << kind as u8
}

/// The verdict of a policy.
pub(crate) fn mask(policy: &sip_password::Policy, password: &[u8]) -> Mask {
    match policy.check(password) {
        Ok(_) => 0,
        Err(violations) => bits(violations.kinds()),
    }
}

/// The bits of several kinds.
pub(crate) fn bits(kinds: ViolationKinds) -> Mask {
    kinds.iter().fold(0, |mask, kind| mask | bit(kind))
}
