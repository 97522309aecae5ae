//! Rare passwords, by their numbers.

use core::convert::Infallible;

use super::{Bulk, Maker, Streak};
use crate::counting::unrank::Exact;

pub(super) struct Numbered<'a>(pub(super) &'a Bulk<'a>, pub(super) &'a Exact);

impl Maker for Numbered<'_> {
    fn make(&mut self, words: &[u8], records: &mut [u8], streak: &mut Streak) -> usize {
        let Self(bulk, exact) = self;
        let mut kept = 0;
        for words in words.chunks(4 * exact.words()) {
            let record = &mut records[kept * bulk.record()..][..bulk.record()];
            let (candidate, rest) = record.split_at_mut(bulk.length);
            let mut words = words.as_chunks().0.iter();
            let next = || Ok::<_, Infallible>(u32::from_le_bytes(*words.next().unwrap_or(&[0; 4])));
            let Ok(keep) = exact.candidate(next, candidate);
            streak.add(keep);
            rest.copy_from_slice(bulk.separator);
            kept += usize::from(keep);
        }
        kept
    }
}
