//! Many passwords in the forms that Python has them in, and the verdicts on each.

use std::{
    num::NonZero,
    ops::Range,
    sync::{Mutex, PoisonError},
    thread,
};

use arrow_array::{
    Array, ArrayReader, ArrayRef, GenericByteArray, GenericByteViewArray,
    cast::AsArray,
    ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi},
    ffi_stream::{ArrayStreamReader, FFI_ArrowArrayStream},
    make_array,
    types::{
        BinaryType, BinaryViewType, ByteArrayType, ByteViewType, LargeBinaryType, LargeUtf8Type,
        StringViewType, Utf8Type,
    },
};
use arrow_buffer::ArrowNativeType;
use arrow_schema::DataType;
use pyo3::{
    buffer::PyUntypedBuffer,
    exceptions::{PyException, PyTypeError, PyValueError},
    prelude::*,
    types::{PyBytes, PyCapsule, PyFloat, PyList, PyMemoryView, PyString, PyTuple},
};
use sip_password::Policy;

use crate::{
    buffer,
    text::{type_error, with_bytes},
    verdicts::{Mask, NULL, bits, mask},
};

/// What `check_many` takes.
pub(crate) const EXPECTED: &str = "an iterable of str, bytes and None, bytes of lines, or a column";

/// The passwords for which it pays to start a thread.
const SHARE: usize = 1 << 16;

/// The greatest number of threads of one call. More than machines have, and so few that a system starts them.
const MAX_THREADS: usize = 256;

/// The number of threads: what the caller asked for, or one for each processor.
pub(crate) fn threads(asked: Option<usize>) -> usize {
    let threads = asked.unwrap_or_else(|| thread::available_parallelism().map_or(1, NonZero::get));
    threads.clamp(1, MAX_THREADS)
}

/// The verdicts on passwords in any form.
pub(crate) fn check(
    policy: &Policy,
    passwords: &Bound<'_, PyAny>,
    threads: Option<usize>,
) -> PyResult<Vec<Mask>> {
    let (py, threads) = (passwords.py(), self::threads(threads));
    if let Ok(text) = passwords.cast::<PyBytes>() {
        let text = text.as_bytes();
        return Ok(py.detach(|| check_lines(policy, text, threads)));
    }
    if passwords.is_instance_of::<PyString>() {
        return Err(type_error(EXPECTED, passwords));
    }
    if let Ok(list) = passwords.cast::<PyList>() {
        return check_items(policy, list.iter().map(Ok), list.len());
    }
    if passwords.hasattr("__arrow_c_stream__")? {
        return match passwords.call_method0("__arrow_c_stream__") {
            Ok(capsule) => check_stream(policy, passwords, &capsule, threads),
            Err(error) => check_without_arrow(policy, passwords, error),
        };
    }
    if passwords.hasattr("__arrow_c_array__")? {
        return match passwords.call_method0("__arrow_c_array__") {
            Ok(capsules) => check_array(policy, &capsules, threads),
            Err(error) => check_without_arrow(policy, passwords, error),
        };
    }
    if passwords.hasattr("mask")? && passwords.hasattr("filled")? {
        return Err(type_error("an array without a mask", passwords));
    }
    // A numpy array of objects has no buffer that can be read here, and one of strings of any length has none at all.
    // A view of it has what arrays of ctypes leave out.
    let buffer = PyUntypedBuffer::get(passwords)
        .or_else(|_| PyMemoryView::from(passwords).and_then(|view| PyUntypedBuffer::get(&view)));
    if let Ok(buffer) = buffer
        && let Some(masks) = buffer::check(policy, passwords, &buffer, threads)?
    {
        return Ok(masks);
    }
    let items = passwords.try_iter().map_err(|_| type_error(EXPECTED, passwords))?;
    check_items(policy, items, 0)
}

/// The verdicts on the items of a column that does not come by Arrow, such as one of pandas where there is no pyarrow. The error can have
/// a password in its text, so it goes no further.
fn check_without_arrow(policy: &Policy, passwords: &Bound<'_, PyAny>, error: PyErr) -> PyResult<Vec<Mask>> {
    if !error.is_instance_of::<PyException>(passwords.py()) {
        // Somebody wants the process to end.
        return Err(error);
    }
    // The items of a table are the names of its columns.
    let dimensions = passwords.getattr("ndim").and_then(|dimensions| dimensions.extract::<usize>());
    let is_table = dimensions.is_ok_and(|dimensions| dimensions != 1);
    match passwords.try_iter() {
        Ok(items) if !is_table => check_items(policy, items, 0),
        _ => Err(type_error("a column of text or bytes", passwords)),
    }
}

/// Whether an item is what pandas has in the place of `None`.
fn is_missing(item: &Bound<'_, PyAny>) -> bool {
    item.cast::<PyFloat>().is_ok_and(|number| number.value().is_nan())
        || item.get_type().fully_qualified_name().is_ok_and(|name| {
            // The module between them is another one in other versions.
            name.to_str().is_ok_and(|name| name.starts_with("pandas.") && name.ends_with(".NAType"))
        })
}

/// The verdicts on one object after another.
fn check_items<'py>(
    policy: &Policy,
    items: impl Iterator<Item = PyResult<Bound<'py, PyAny>>>,
    capacity: usize,
) -> PyResult<Vec<Mask>> {
    let mut masks = Vec::with_capacity(capacity);
    for (index, item) in items.enumerate() {
        let item = item?;
        let found = if item.is_none() { Some(NULL) } else { with_bytes(&item, |bytes| mask(policy, bytes))? };
        let found = found.or_else(|| is_missing(&item).then_some(NULL));
        masks.push(found.ok_or_else(|| type_error(&format!("str, bytes or None as item {index}"), &item))?);
    }
    Ok(masks)
}

/// Does all shares, on so many threads, or fewer if the system does not start them: this one is always there.
fn share<T: Send>(shares: impl Iterator<Item = T> + Send, threads: usize, work: impl Fn(T) + Sync) {
    let shares = Mutex::new(shares);
    let run = || {
        loop {
            let next = shares.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some(share) = next else { return };
            work(share);
        }
    };
    // A panic of another thread ends the scope as one of this thread.
    thread::scope(|scope| {
        for _ in 1..threads {
            if thread::Builder::new().spawn_scoped(scope, run).is_err() {
                break;
            }
        }
        run();
    });
}

/// The verdicts on so many rows, on several threads if there are many. `judge` writes those of a range that are not compliant.
pub(crate) fn in_parallel(
    count: usize,
    threads: usize,
    judge: impl Fn(Range<usize>, &mut [Mask]) + Sync,
) -> Vec<Mask> {
    // Zeros that nobody writes take no time, and most passwords are compliant.
    let mut masks = vec![0; count];
    let parts = threads.min(count / SHARE).max(1);
    let size = count.div_ceil(parts).max(1);
    share(masks.chunks_mut(size).enumerate(), parts, |(number, masks)| {
        let start = number * size;
        judge(start..start + masks.len(), masks);
    });
    masks
}

/// The verdicts on passwords, one after another.
pub(crate) fn judge_each(policy: &Policy, passwords: impl Iterator<Item: AsRef<[u8]>>, masks: &mut [Mask]) {
    let mut row = 0;
    policy.check_each(passwords, |verdict| {
        if let Err(violations) = verdict {
            masks[row] = bits(violations.kinds());
        }
        row += 1;
    });
}

/// The verdicts on lines.
pub(crate) fn check_lines(policy: &Policy, text: &[u8], threads: usize) -> Vec<Mask> {
    let judge = |text: &[u8]| {
        let mut masks = Vec::with_capacity(text.len() / 16);
        policy.check_lines(text, |verdict| {
            masks.push(match verdict {
                Ok(()) => 0,
                Err(violations) => bits(violations.kinds()),
            });
        });
        masks
    };
    // A line goes to the part that it begins in.
    let start_of_line = |at: usize| match at {
        0 => 0,
        _ => text[at - 1..].iter().position(|&byte| byte == b'\n').map_or(text.len(), |end| at + end),
    };
    let shared = text.len() / 16 / SHARE;
    let parts = threads.min(shared).max(1);
    let cuts: Vec<_> = (0..=parts).map(|part| start_of_line(text.len() / parts * part)).collect();
    let mut judged: Vec<_> = (0..parts).map(|_| Vec::new()).collect();
    share(judged.iter_mut().enumerate(), parts, |(part, masks)| {
        let end = if part + 1 == parts { text.len() } else { cuts[part + 1] };
        *masks = judge(&text[cuts[part]..end]);
    });
    let mut judged = judged.into_iter();
    let mut masks = judged.next().unwrap_or_default();
    judged.for_each(|part| masks.extend(part));
    masks
}

/// The verdicts on the arrays of a stream by the Arrow C interface.
fn check_stream(
    policy: &Policy,
    passwords: &Bound<'_, PyAny>,
    capsule: &Bound<'_, PyAny>,
    threads: usize,
) -> PyResult<Vec<Mask>> {
    let pointer = capsule.cast::<PyCapsule>()?.pointer_checked(Some(c"arrow_array_stream"))?;
    // SAFETY: by the interface, a capsule of this name points to a stream, which the consumer moves out.
    let stream = unsafe { FFI_ArrowArrayStream::from_raw(pointer.as_ptr().cast()) };
    // Some producers take the lock of the interpreter themselves, so the stream is read with it.
    let reader = ArrayStreamReader::try_new(stream).map_err(unreadable)?;
    if *reader.field().data_type() == DataType::Null
        && let Ok(length) = passwords.len()
    {
        // Some producers give such arrays a buffer, which arrow-array refuses.
        return Ok(vec![NULL; length]);
    }
    let mut masks = Vec::new();
    for array in reader {
        let array = array.map_err(unreadable)?;
        let judged = capsule.py().detach(|| check_column(policy, &array, threads));
        let judged = judged.map_err(PyTypeError::new_err)?;
        // One array is the usual case.
        if masks.is_empty() { masks = judged } else { masks.extend(judged) }
    }
    Ok(masks)
}

/// The verdicts on an array by the Arrow C interface.
fn check_array(policy: &Policy, capsules: &Bound<'_, PyAny>, threads: usize) -> PyResult<Vec<Mask>> {
    let capsules = capsules.cast::<PyTuple>()?;
    let pointer = |index: usize, name| {
        let capsule = capsules.get_item(index)?;
        capsule.cast::<PyCapsule>()?.pointer_checked(Some(name))
    };
    let (schema, array) = (pointer(0, c"arrow_schema")?, pointer(1, c"arrow_array")?);
    // SAFETY: by the interface, capsules of these names point to a schema, which is borrowed while the tuple lives, and to an array, which
    // the consumer moves out.
    let (schema, array) = unsafe {
        let schema = schema.cast::<FFI_ArrowSchema>();
        (schema.as_ref(), FFI_ArrowArray::from_raw(array.as_ptr().cast()))
    };
    if schema.release().is_none() || array.is_released() {
        return Err(PyValueError::new_err("the column cannot be read: it was already released"));
    }
    // SAFETY: neither was released, and by the interface the array is one of the schema.
    let data = unsafe { from_ffi(array, schema) };
    let array = make_array(data.map_err(unreadable)?);
    capsules.py().detach(|| check_column(policy, &array, threads)).map_err(PyTypeError::new_err)
}

/// The error for one of Arrow, whose text can be that of the producer, with a password in it.
fn unreadable<E>(_: E) -> PyErr {
    PyValueError::new_err(
        "the column cannot be read: its producer failed, or breaks the rules of the Arrow C interface",
    )
}

/// The verdicts on a column.
fn check_column(policy: &Policy, column: &ArrayRef, threads: usize) -> Result<Vec<Mask>, String> {
    let masks = match column.data_type() {
        DataType::Utf8 => bytes::<Utf8Type>(policy, column.as_bytes(), threads),
        DataType::LargeUtf8 => bytes::<LargeUtf8Type>(policy, column.as_bytes(), threads),
        DataType::Binary => bytes::<BinaryType>(policy, column.as_bytes(), threads),
        DataType::LargeBinary => bytes::<LargeBinaryType>(policy, column.as_bytes(), threads),
        DataType::Utf8View => views::<StringViewType>(policy, column.as_byte_view(), threads),
        DataType::BinaryView => views::<BinaryViewType>(policy, column.as_byte_view(), threads),
        DataType::Null => vec![NULL; column.len()],
        DataType::Dictionary(..) => {
            let Some(dictionary) = column.as_any_dictionary_opt() else { return Err("no dictionary".into()) };
            // Each different password is judged once.
            let values = check_column(policy, dictionary.values(), threads)?;
            if values.is_empty() {
                // Without values every row is null, and arrow-array panics over the keys.
                return Ok(vec![NULL; column.len()]);
            }
            let keys = dictionary.normalized_keys();
            let keys = keys.into_iter().enumerate();
            let verdict = |(row, key): (usize, usize)| match dictionary.is_null(row) {
                true => NULL,
                false => values.get(key).copied().unwrap_or(NULL),
            };
            return Ok(keys.map(verdict).collect());
        }
        other => return Err(format!("expected a column of text or bytes, found {other}")),
    };
    Ok(masks)
}

/// The verdicts on values that stand one after another.
fn bytes<T: ByteArrayType>(policy: &Policy, column: &GenericByteArray<T>, threads: usize) -> Vec<Mask> {
    let (offsets, data) = (column.value_offsets(), column.value_data());
    let value = |row: usize| &data[offsets[row].as_usize()..offsets[row + 1].as_usize()];
    rows(policy, column, threads, value)
}

/// The verdicts on values of up to 12 bytes in place, and of longer ones elsewhere.
fn views<T: ByteViewType>(policy: &Policy, column: &GenericByteViewArray<T>, threads: usize) -> Vec<Mask> {
    let value = |row: usize| -> &[u8] { column.value(row).as_ref() };
    rows(policy, column, threads, value)
}

fn rows<'a>(
    policy: &Policy,
    column: &dyn Array,
    threads: usize,
    value: impl Fn(usize) -> &'a [u8] + Sync,
) -> Vec<Mask> {
    let Some(nulls) = column.nulls() else {
        return in_parallel(column.len(), threads, |range, masks| {
            judge_each(policy, range.map(&value), masks)
        });
    };
    in_parallel(column.len(), threads, |range, masks| {
        let start = range.start;
        // What stands in the place of a null need not be a value.
        let values = range.map(|row| if nulls.is_null(row) { b"" } else { value(row) });
        judge_each(policy, values, masks);
        for (row, mask) in (start..).zip(masks) {
            if nulls.is_null(row) {
                *mask = NULL;
            }
        }
    })
}
