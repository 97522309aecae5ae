//! Texts and buffers as C passes them: a pointer, which may be NULL, and a length, which may be impossible.

use std::{ffi::c_char, ptr};

use arbitrary::Arbitrary;

use crate::random::{self, Parts};

/// What a pointer points to. Bytes that are missing at the end of an input are 0, so kind 0 is the usual one.
#[derive(Arbitrary, Debug)]
pub(crate) struct Text {
    kind: u8,
    /// The bytes, or indices for [`random::password`].
    bytes: Vec<u8>,
}

/// See [`Text`].
#[derive(Arbitrary, Debug)]
pub(crate) struct Room {
    kind: u8,
    size: u16,
}

/// Longer than any object can be.
const IMPOSSIBLE: usize = isize::MAX as usize + 1;

/// A text or a buffer.
pub(crate) struct Memory {
    /// `None` for NULL.
    pub(crate) bytes: Option<Box<[u8]>>,
    /// The length that C states.
    pub(crate) length: usize,
    /// Whether there are bytes, and as many as C states.
    pub(crate) is_valid: bool,
}

impl Memory {
    fn valid(bytes: Vec<u8>) -> Self {
        Self { length: bytes.len(), bytes: Some(bytes.into()), is_valid: true }
    }

    fn null(length: usize) -> Self {
        Self { bytes: None, length, is_valid: false }
    }

    fn impossible(byte: u8, length: usize) -> Self {
        Self { bytes: Some([byte].into()), length: IMPOSSIBLE + length, is_valid: false }
    }

    pub(crate) fn pointer(&self) -> *const c_char {
        self.bytes.as_ref().map_or(ptr::null(), |bytes| bytes.as_ptr().cast())
    }

    pub(crate) fn pointer_mut(&mut self) -> *mut c_char {
        self.bytes.as_mut().map_or(ptr::null_mut(), |bytes| bytes.as_mut_ptr().cast())
    }

    /// The bytes, if there are as many as C states.
    pub(crate) fn valid_bytes(&self) -> Option<&[u8]> {
        self.bytes.as_deref().filter(|_| self.is_valid)
    }
}

impl Text {
    pub(crate) fn memory(&self, parts: &Parts) -> Memory {
        let bytes = match self.kind {
            0..=127 => random::password(parts, &self.bytes).into_bytes(),
            _ => self.bytes.clone(),
        };
        match self.kind {
            255 => Memory::impossible(0, bytes.len()),
            254 => Memory::null(bytes.len()),
            _ => Memory::valid(bytes),
        }
    }
}

impl Room {
    pub(crate) fn memory(&self) -> Memory {
        let size = usize::from(self.size);
        let size = match self.kind {
            255 => return Memory::impossible(b'#', size),
            254 => return Memory::null(size),
            128..=253 => size % 16,
            _ => (size + 80) % 700,
        };
        Memory::valid(vec![b'#'; size])
    }
}

pub(crate) fn all_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|&byte| byte == 0)
}
