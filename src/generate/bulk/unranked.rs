//! Rare passwords, by their ranks.

use core::convert::Infallible;

use super::{Bulk, CandidateSource, Rejections};
use crate::counting::unrank::Unranker;

pub(super) struct Unranked<'a>(pub(super) &'a Bulk<'a>, pub(super) &'a Unranker);

impl CandidateSource for Unranked<'_> {
    fn make(&mut self, words: &[u8], records: &mut [u8], rejections: &mut Rejections) -> usize {
        let Self(bulk, unranker) = self;
        let mut kept = 0;
        for words in words.chunks(4 * unranker.words()) {
            let record = &mut records[kept * bulk.record_len()..][..bulk.record_len()];
            let (candidate, rest) = record.split_at_mut(bulk.length);
            let mut words = words.as_chunks().0.iter();
            let next = || Ok::<_, Infallible>(u32::from_le_bytes(*words.next().unwrap_or(&[0; 4])));
            let Ok(kept_one) = unranker.candidate(next, candidate);
            rejections.add(kept_one);
            rest.copy_from_slice(bulk.separator);
            kept += usize::from(kept_one);
        }
        kept
    }
}
