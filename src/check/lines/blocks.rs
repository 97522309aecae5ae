//! The verdicts on all lines of a text, 512 bytes at a time, without a loop over lines.
//!
//! A vector unit gives, for each block of 64 bytes, a word of 64 bits for each question: which bytes are line breaks, which belong to a
//! class? The rest is arithmetic on these words, on those of eight blocks at a time, in a vector. An addition
//! finds whether a line has a character of a class: a bit for each byte of the line, and another for each character of the class, added;
//! there is a carry out of the line if and only if there is such a character, and the carry is where the line ends. Shifts find whether
//! a line is long enough.
//!
//! A line that has no end in one of its blocks is longer than a block. Of such a line no more is known than that, and it is left to
//! others. So nothing needs to be carried through a block.

use core::array;

use fearless_simd::{prelude::*, u64x8};

use crate::{
    kernel::{declassify::declassify_bits, wipe::ZeroizingBytes},
    policy::ClassTable,
};

/// The bytes of a block.
pub(super) const BLOCK: usize = 64;
/// The blocks that are handled together.
pub(super) const BLOCKS: usize = 8;
/// Their bytes.
pub(super) const BATCH: usize = BLOCKS * BLOCK;
/// The most classes that a [`ClassTable`] has.
pub(super) const CLASSES: usize = 7;
/// Of a line of so many bytes, and of longer ones, the length is not known here. So they are not judged.
const LONG: u32 = BLOCK as u32;

/// Which bytes of the blocks are what, a bit each, the first byte in the lowest.
#[derive(Clone, Copy, Default)]
pub(super) struct Masks {
    pub(super) breaks: Words,
    pub(super) returns: Words,
    /// Bytes that the policy does not allow. Line breaks may be among them, and returns.
    pub(super) refused: Words,
    pub(super) classes: [Words; CLASSES],
}

/// A word for each block.
pub(super) type Words = [u64; BLOCKS];

/// What a block ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends {
    /// The bytes that end a line, a bit each: the first of its line break.
    pub(super) ends: u64,
    /// Those of compliant lines. Any other line may be compliant, too.
    pub(super) compliant: u64,
    breaks: u64,
    /// Where the block begins, in bytes from the beginning of the text.
    at: usize,
    /// Where the line begins that the first of these bits ends.
    line: usize,
}

impl Ends {
    /// The line whose end is the lowest of these bits.
    pub(super) fn line<'t>(&self, text: &'t [u8], end: u64) -> &'t [u8] {
        let end = end.trailing_zeros();
        let before = self.breaks & ((1 << end) - 1);
        let start = if before == 0 { self.line } else { self.at + behind_last(before) };
        &text[start..self.at + end as usize]
    }
}

/// The position behind the highest bit.
#[inline(always)]
const fn behind_last(bits: u64) -> usize {
    (u64::BITS - bits.leading_zeros()) as usize
}

/// Whether `table` asks for nothing that cannot be found out here.
pub(super) fn can_judge(table: &ClassTable) -> bool {
    table.shortest() < LONG
}

/// Calls `each` with what each block ends, in order. `masks` sets the masks of eight blocks. No class of the table from the one with the number `N`
/// on has characters.
#[inline(always)]
pub(super) fn run<S: Simd, const N: usize>(
    simd: S,
    table: &ClassTable,
    text: &[u8],
    masks: impl Fn(&[u8; BATCH], &mut Masks),
    mut each: impl FnMut(Ends),
) {
    let rule = Rule::new(table);
    let mut before = Before { simd, rule, classes: [0; N], refused: 0, inside: 0, returns: 0, line: 0 };
    let (batches, rest) = text.as_chunks::<BATCH>();
    // The last bytes, with line breaks behind them. The first of these ends the last line, if nothing else does.
    let mut padded = ZeroizingBytes::new([b'\n'; BATCH]);
    padded[..rest.len()].copy_from_slice(rest);
    let is_ended = text.last().is_none_or(|&byte| byte == b'\n');
    let mut left = text.len() + usize::from(!is_ended);
    let mut batches = batches.iter().chain((left > batches.len() * BATCH).then_some(&*padded));
    let Some(first) = batches.next() else { return };
    // Before the masks of a batch are used, those of the next one are made: a processor waits if it reads together what it wrote in parts
    // just before.
    let mut both = [Masks::default(); 2];
    masks(first, &mut both[0]);
    for number in 0.. {
        let [even, odd] = &mut both;
        let (here, next) = if number % 2 == 0 { (even, odd) } else { (odd, even) };
        // At the end of the text, a return counts as half of a line break.
        let mut break_follows = 1;
        let batch = batches.next();
        if let Some(batch) = batch {
            masks(batch, next);
            break_follows = next.breaks[0] & 1;
        }
        before.end(number * BATCH, here, break_follows, left, &mut each);
        left = left.saturating_sub(BATCH);
        if batch.is_none() {
            break;
        }
    }
}

/// A policy's rule, in numbers to calculate with.
struct Rule<const N: usize> {
    /// For each class, all bits if it may be absent.
    optional: [u64; N],
    /// At index n, all bits if n + 1 classes are enough; at one index, or at none.
    enough: [u64; N],
    /// All bits if no class needs to be there.
    none_needed: u64,
    /// To find rows as long as the shortest password, and then those of a byte more than the longest.
    shortest: Shifts,
    too_long: Shifts,
}

/// By how many bits a word is shifted, in turn; the first `count` numbers.
struct Shifts {
    by: [u32; 6],
    count: usize,
}

impl Shifts {
    /// Shifts that make rows of `to` bits of rows of `from` bits. Each of them makes a row at most twice as long.
    fn new(mut from: u32, to: u32) -> Self {
        let mut shifts = Self { by: [0; 6], count: 0 };
        while from < to {
            shifts.by[shifts.count] = from.min(to - from);
            from += shifts.by[shifts.count];
            shifts.count += 1;
        }
        shifts
    }
}

impl<const N: usize> Rule<N> {
    fn new(table: &ClassTable) -> Self {
        let all = |condition| if condition { u64::MAX } else { 0 };
        let fewest = table.fewest_classes();
        // No password is empty.
        let shortest = table.shortest().max(1);
        Self {
            optional: array::from_fn(|class| all(!table.requires(class))),
            enough: array::from_fn(|n| all(n + 1 == fewest)),
            none_needed: all(fewest == 0),
            shortest: Shifts::new(1, shortest),
            too_long: Shifts::new(shortest, (table.longest() + 1).min(LONG)),
        }
    }

    /// The places where there are the classes that a password must have.
    #[inline(always)]
    fn complying<S: Simd>(&self, simd: S, present: [u64x8<S>; N]) -> u64x8<S> {
        let (mut complying, mut enough) =
            (u64x8::splat(simd, u64::MAX), u64x8::splat(simd, self.none_needed));
        // At index n: where there are more than n of the classes that were looked at.
        let mut more_than = [u64x8::splat(simd, 0); N];
        for (present, optional) in present.into_iter().zip(self.optional) {
            complying &= present | optional;
            for n in (1..N).rev() {
                let fewer = more_than[n - 1];
                more_than[n] |= fewer & present;
            }
            more_than[0] |= present;
        }
        for (more_than, is_enough) in more_than.into_iter().zip(self.enough) {
            enough |= more_than & is_enough;
        }
        complying & enough
    }
}

/// What is left of the blocks before, and the rule.
struct Before<S: Simd, const N: usize> {
    simd: S,
    rule: Rule<N>,
    /// A carry for each class, and for refused bytes: 1 if the unfinished line has one.
    classes: [u64; N],
    refused: u64,
    /// The bytes of lines in the last block; none before the text.
    inside: u64,
    /// The returns of line breaks in the last block.
    returns: u64,
    /// Where the unfinished line begins.
    line: usize,
}

impl<S: Simd, const N: usize> Before<S, N> {
    /// Judges the lines that end in the blocks at `at`. `break_follows`: 1 if behind them is a line break, or nothing. `left`: the
    /// bytes of the text from here on, with the end of the last line if it has no line break.
    #[inline(always)]
    fn end(
        &mut self,
        at: usize,
        masks: &Masks,
        break_follows: u64,
        left: usize,
        each: &mut impl FnMut(Ends),
    ) {
        let (simd, rule) = (self.simd, &self.rule);
        let load = |words: Words| -> u64x8<S> { words.simd_into(simd) };
        let breaks = load(masks.breaks);
        let next = breaks.slide::<1>(u64x8::splat(simd, break_follows));
        let returns = load(masks.returns) & (breaks >> 1 | next << 63);
        // A line break of two bytes ends its line at the first.
        let behind_returns = returns << 1 | behind(returns, self.returns) >> 63;
        let real = array::from_fn(|block| {
            let bits = left.saturating_sub(block * BLOCK).min(BLOCK) as u32;
            u64::MAX.unbounded_shr(u64::BITS - bits)
        });
        let ends = ((breaks & !behind_returns) | returns) & load(real);
        let inside = !(breaks | returns);

        let mut present = [u64x8::splat(simd, 0); N];
        for ((present, &characters), carry) in present.iter_mut().zip(&masks.classes).zip(&mut self.classes) {
            *present = carried(inside, load(characters), carry);
        }
        let refused = carried(inside, load(masks.refused) & inside, &mut self.refused);
        let mut rows = Rows { before: behind(inside, self.inside), here: inside };
        rows.shorten(&rule.shortest);
        let long_enough = rows.behind();
        rows.shorten(&rule.too_long);
        let too_long = rows.behind();
        let compliant = ends & long_enough & !too_long & !refused & rule.complying(simd, present);

        self.inside = inside[BLOCKS - 1];
        self.returns = returns[BLOCKS - 1];
        let (ends, compliant): (Words, Words) = (ends.into(), compliant.into());
        for block in 0..BLOCKS {
            let (at, breaks) = (at + block * BLOCK, masks.breaks[block]);
            // Where lines end, and which of them are compliant, is public.
            let (ends, compliant) = (declassify_bits(ends[block]), declassify_bits(compliant[block]));
            let breaks = declassify_bits(breaks);
            each(Ends { ends, compliant, breaks, at, line: self.line });
            if breaks != 0 {
                self.line = at + behind_last(breaks);
            }
        }
    }
}

/// The word of the block before each one, which is `first` before the first.
#[inline(always)]
fn behind<S: Simd>(words: u64x8<S>, first: u64) -> u64x8<S> {
    u64x8::splat(words.token(), first).slide::<{ BLOCKS - 1 }>(words)
}

/// Rows of bits in a block and in the one before it, of which the last bits are left.
struct Rows<S: Simd> {
    before: u64x8<S>,
    here: u64x8<S>,
}

impl<S: Simd> Rows<S> {
    /// Leaves each bit that stands as many bits from the beginning of its row as the shifts are together.
    #[inline(always)]
    fn shorten(&mut self, shifts: &Shifts) {
        for &by in &shifts.by[..shifts.count] {
            self.here &= self.here << by | self.before >> (u64::BITS - by);
            self.before &= self.before << by;
        }
    }

    /// The places behind the bits that are left.
    #[inline(always)]
    fn behind(&self) -> u64x8<S> {
        self.here << 1 | self.before >> 63
    }
}

/// The ends of the lines that have one of these characters, which are inside of lines.
#[inline(always)]
fn carried<S: Simd>(inside: u64x8<S>, characters: u64x8<S>, carry: &mut u64) -> u64x8<S> {
    let sum = inside + characters;
    let carries = (characters | (inside & !sum)) >> 63;
    let carried = (sum + behind(carries, *carry)) & !inside;
    *carry = carries[BLOCKS - 1];
    carried
}
