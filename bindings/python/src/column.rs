//! Many passwords in the forms that Python has them in, and the verdicts on each.

use std::{num::NonZero, ops::Range, thread};

use arrow_array::{
    Array, ArrayRef, GenericByteArray, GenericByteViewArray,
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
use pyo3::{
    buffer::PyUntypedBuffer,
    exceptions::{PyTypeError, PyValueError},
    prelude::*,
    types::{PyBytes, PyCapsule, PyList, PyString, PyTuple},
};
use sip_password::Policy;
use zeroize::Zeroizing;

use crate::{
    text::{type_error, with_bytes},
    verdicts::{Mask, NULL, bits, mask},
};

/// What `check_many` takes.
const EXPECTED: &str = "an iterable of str, bytes and None, bytes of lines, or a column";

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
        let capsule = passwords.call_method0("__arrow_c_stream__")?;
        return check_stream(policy, &capsule, threads);
    }
    if passwords.hasattr("__arrow_c_array__")? {
        let capsules = passwords.call_method0("__arrow_c_array__")?;
        return check_array(policy, &capsules, threads);
    }
    // A numpy array of objects has no buffer that can be read here, and one of strings of any length has none at all.
    if let Ok(buffer) = PyUntypedBuffer::get(passwords)
        && let Some(masks) = check_buffer(policy, &buffer, threads)?
    {
        return Ok(masks);
    }
    let items = passwords.try_iter().map_err(|_| type_error(EXPECTED, passwords))?;
    check_items(policy, items, 0)
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
        masks.push(found.ok_or_else(|| type_error(&format!("str, bytes or None as item {index}"), &item))?);
    }
    Ok(masks)
}

/// The verdicts on so many rows, on several threads if there are many. `judge` writes those of a range that are not compliant.
fn in_parallel(count: usize, threads: usize, judge: impl Fn(Range<usize>, &mut [Mask]) + Sync) -> Vec<Mask> {
    // Zeros that nobody writes take no time, and most passwords are compliant.
    let mut masks = vec![0; count];
    let share = count.div_ceil(threads.min(count / SHARE).max(1)).max(1);
    thread::scope(|scope| {
        let judge = &judge;
        let mut shares = masks.chunks_mut(share).enumerate().map(|(number, masks)| {
            let start = number * share;
            move || judge(start..start + masks.len(), masks)
        });
        let own = shares.next();
        // A panic of theirs ends the scope as one of this thread.
        shares.for_each(|work| drop(scope.spawn(work)));
        if let Some(mut work) = own {
            work();
        }
    });
    masks
}

/// The verdicts on passwords, one after another.
fn judge_each(policy: &Policy, passwords: impl Iterator<Item: AsRef<[u8]>>, masks: &mut [Mask]) {
    let mut row = 0;
    policy.check_each(passwords, |verdict| {
        if let Err(violations) = verdict {
            masks[row] = bits(violations.kinds());
        }
        row += 1;
    });
}

/// The verdicts on lines.
fn check_lines(policy: &Policy, text: &[u8], threads: usize) -> Vec<Mask> {
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
    let cuts = &cuts;
    thread::scope(|scope| {
        let others: Vec<_> = (1..parts)
            .map(|part| {
                let end = if part + 1 == parts { text.len() } else { cuts[part + 1] };
                scope.spawn(move || judge(&text[cuts[part]..end]))
            })
            .collect();
        let mut masks = judge(&text[..if parts == 1 { text.len() } else { cuts[1] }]);
        for part in others {
            match part.join() {
                Ok(part) => masks.extend(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        masks
    })
}

/// The verdicts on the arrays of a stream by the Arrow C interface.
fn check_stream(policy: &Policy, capsule: &Bound<'_, PyAny>, threads: usize) -> PyResult<Vec<Mask>> {
    let pointer = capsule.cast::<PyCapsule>()?.pointer_checked(Some(c"arrow_array_stream"))?;
    // SAFETY: by the interface, a capsule of this name points to a stream, which the consumer moves out.
    let stream = unsafe { FFI_ArrowArrayStream::from_raw(pointer.as_ptr().cast()) };
    let mut masks = Vec::new();
    // Some producers take the lock of the interpreter themselves, so the stream is read with it.
    for array in ArrayStreamReader::try_new(stream).map_err(arrow_error)? {
        let array = array.map_err(arrow_error)?;
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
    // SAFETY: by the interface, capsules of these names point to a schema, which is borrowed while the tuple lives, and to an array of
    // that schema, which the consumer moves out.
    let data = unsafe {
        let schema = schema.cast::<FFI_ArrowSchema>();
        from_ffi(FFI_ArrowArray::from_raw(array.as_ptr().cast()), schema.as_ref())
    };
    let array = make_array(data.map_err(arrow_error)?);
    capsules.py().detach(|| check_column(policy, &array, threads)).map_err(PyTypeError::new_err)
}

fn arrow_error(error: impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(format!("the column cannot be read: {error}"))
}

/// The verdicts on a column.
fn check_column(policy: &Policy, column: &ArrayRef, threads: usize) -> Result<Vec<Mask>, String> {
    use arrow_schema::DataType;
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

/// The verdicts on a numpy array of strings of one size, or on the lines of a buffer of bytes; `None` for another kind of buffer.
fn check_buffer(policy: &Policy, buffer: &PyUntypedBuffer, threads: usize) -> PyResult<Option<Vec<Mask>>> {
    let format = buffer.format().to_bytes();
    let (size, is_native) = (buffer.item_size(), !format.starts_with(b">") && !format.starts_with(b"!"));
    let kind = format.last().copied();
    if buffer.dimensions() != 1 || !matches!(kind, Some(b'B' | b's' | b'w')) {
        return Ok(None);
    }
    if !buffer.is_c_contiguous() || !is_native {
        return Err(PyValueError::new_err(
            "expected an array without gaps and of this machine's order of bytes, found another; copy it first",
        ));
    }
    let data: &[u8] = match buffer.len_bytes() {
        0 => &[],
        // SAFETY: the buffer has so many bytes one after another, and lives longer than the slice. No thread of Python writes to it
        // meanwhile, since this one stays attached.
        length => unsafe { std::slice::from_raw_parts(buffer.buf_ptr().cast(), length) },
    };
    let rows = data.len() / size.max(1);
    let row = |row: usize| &data[row * size..(row + 1) * size];
    Ok(Some(match kind {
        Some(b's') => in_parallel(rows, threads, |range, masks| {
            judge_each(policy, range.map(|at| without_padding(row(at))), masks);
        }),
        Some(b'w') => in_parallel(rows, threads, |range, masks| {
            let mut text = Zeroizing::new(Vec::with_capacity(size));
            for (at, to) in range.zip(masks) {
                text.clear();
                encode(row(at), &mut text);
                *to = mask(policy, &text);
            }
        }),
        _ if size == 1 => check_lines(policy, data, threads),
        _ => return Ok(None),
    }))
}

/// A value without the zeros that numpy fills it up with.
fn without_padding(value: &[u8]) -> &[u8] {
    let end = value.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    &value[..end]
}

/// Writes characters of four bytes each as UTF-8. What is no character, a lone surrogate, becomes one that no policy allows.
fn encode(value: &[u8], text: &mut Vec<u8>) {
    let characters = value.chunks_exact(4).map(|bytes| {
        let number = u32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER)
    });
    for character in characters {
        text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
    let padding = text.len() - without_padding(text).len();
    text.truncate(text.len() - padding);
}
