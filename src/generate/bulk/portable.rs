//! Candidates one by one, as [`Policy::generate`](crate::Policy::generate) makes them: for every processor, and the reference of the
//! vector code.

use core::convert::Infallible;

use super::{Bulk, CandidateSource, Rejections};

pub(super) struct Portable<'a>(pub(super) &'a Bulk<'a>);

impl CandidateSource for Portable<'_> {
    #[inline]
    fn make(&mut self, words: &[u8], records: &mut [u8], rejections: &mut Rejections) -> usize {
        let &Bulk { policy, length, separator, .. } = self.0;
        let mut words = words.as_chunks().0.iter();
        let mut kept = 0;
        while !words.as_slice().is_empty() {
            let record = &mut records[kept * self.0.record_len()..][..self.0.record_len()];
            let (candidate, rest) = record.split_at_mut(length);
            let next = || Ok::<_, Infallible>(u32::from_le_bytes(*words.next().unwrap_or(&[0; 4])));
            let Ok(verdict) = policy.candidate(next, candidate);
            let keep = verdict.is_kept;
            rejections.add(keep);
            rest.copy_from_slice(separator);
            kept += usize::from(keep);
        }
        kept
    }
}
