//! A text in a template that is wiped.

use core::fmt;
use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr, Value};
use zeroize::Zeroizing;

/// A password, or what a filter made of one. Wiped when the last value that has it is dropped.
pub(crate) struct Secret {
    text: Zeroizing<String>,
    /// Whether it is escaped for the place that the values of the file have.
    pub(crate) is_escaped: bool,
}

impl Secret {
    pub(crate) fn new(text: Zeroizing<String>) -> Self {
        Self { text, is_escaped: false }
    }

    pub(crate) fn escaped(text: Zeroizing<String>) -> Self {
        Self { text, is_escaped: true }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn of(value: &Value) -> Option<&Self> {
        value.downcast_object_ref::<Self>()
    }
}

impl Object for Secret {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn is_true(self: &Arc<Self>) -> bool {
        !self.text.is_empty()
    }

    /// For filters of the engine, such as `upper`: what they make is not wiped.
    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Redacted.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}
