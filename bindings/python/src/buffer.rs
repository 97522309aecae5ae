//! Passwords in a buffer: an array of numpy, or bytes of lines.

use pyo3::{buffer::PyUntypedBuffer, exceptions::PyValueError, prelude::*};
use sip_password::Policy;
use zeroize::Zeroizing;

use crate::{
    column::{EXPECTED, check_lines, in_parallel, judge_each},
    text::type_error,
    verdicts::{Mask, mask},
};

/// The verdicts on a numpy array of strings of one size, or on the lines of a buffer of bytes; `None` for another kind of buffer.
pub(crate) fn check(
    policy: &Policy,
    passwords: &Bound<'_, PyAny>,
    buffer: &PyUntypedBuffer,
    threads: usize,
) -> PyResult<Option<Vec<Mask>>> {
    let format = buffer.format().to_bytes();
    let (size, is_native) = (buffer.item_size(), !format.starts_with(b">") && !format.starts_with(b"!"));
    let kind = format.last().copied();
    if matches!(kind, Some(b'c' | b'u' | b'w')) && !format.iter().any(u8::is_ascii_digit) {
        // Characters of one text, each of which would be judged.
        return Err(type_error(EXPECTED, passwords));
    }
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
        // SAFETY: the buffer has so many bytes one after another, and lives longer than the slice. That nothing writes to it meanwhile is
        // the caller's obligation, as the README says: no thread of Python does, since this one stays attached, but code that detached
        // itself, or another process with the same memory, could.
        length => unsafe { std::slice::from_raw_parts(buffer.buf_ptr().cast(), length) },
    };
    // Strings of no size have no bytes.
    let rows = buffer.item_count();
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
