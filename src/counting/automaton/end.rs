//! What a state remembers of the end of a password, as an index, and where one more character leads from it.

use super::{Automaton, Group};

/// What a state remembers of the end of the password.
#[derive(Clone, Copy)]
pub(crate) struct Last {
    /// The node of the longest beginning of a context word that the password ends with.
    matched: usize,
    end: End,
    /// How often the last character stands in a row, if repeats are counted.
    run: usize,
    /// How many characters have ascended to the last one, itself included; under zero if they descended.
    steps: isize,
    /// How many characters of the last one's class stand in a row, if that is counted.
    row: usize,
}

/// The last character, as far as its successor asks about it.
#[derive(Clone, Copy)]
enum End {
    /// Nobody asks.
    Any,
    /// One of this slot that starts no context word and is part of no sequence.
    Of { slot: usize },
    /// This one, which can be part of a sequence that is too long, and starts no context word.
    Sequential { character: u8 },
    /// The last letter of what is matched of a context word, in this case.
    Matched { capital: bool },
}

impl Automaton<'_> {
    /// Whether a rule asks about the last character itself.
    const fn asks_for_end(&self) -> bool {
        self.max_repeat > 0 || self.max_sequence > 0 || self.max_run > 0
    }

    /// The number of values that [`Last`] can have.
    pub(crate) const fn nodes(&self) -> usize {
        let prefixes = self.words.live() - 1;
        if !self.asks_for_end() {
            return 1 + prefixes;
        }
        let plain = (self.rules.classes().len() + 1) * self.width(false);
        let sequential = self.sequential.len() * self.width(true);
        1 + plain + sequential + prefixes * 2 * self.width(self.max_sequence > 0)
    }

    /// The index of a [`Last`] among the nodes. Node 0 is the start; if nobody asks for the last character, it is also every
    /// other end at which nothing of a context word is matched.
    pub(crate) const fn node(&self, last: Last) -> usize {
        let (plain, sequential) = (self.width(false), self.width(true));
        let behind_plain = 1 + (self.rules.classes().len() + 1) * plain;
        match last.end {
            End::Any => self.words.place(last.matched),
            End::Of { slot } => 1 + slot * plain + self.place(last, false),
            End::Sequential { character } => {
                behind_plain + self.sequential.rank(character) * sequential + self.place(last, true)
            }
            End::Matched { capital } => {
                let is_sequential = self.max_sequence > 0;
                let behind = behind_plain + self.sequential.len() * sequential;
                let end = (self.words.place(last.matched) - 1) * 2 + capital as usize;
                behind + end * self.width(is_sequential) + self.place(last, is_sequential)
            }
        }
    }

    /// The index of a [`Last`] among those of one end: alone, ascending, descending, repeated; each for every row.
    const fn place(&self, last: Last, sequential: bool) -> usize {
        let place = match (last.run, last.steps) {
            (1, steps @ 1..) => steps as usize - 1,
            (1, steps) => self.max_sequence + steps.unsigned_abs() - 2,
            (run, _) => run - 1 + self.directions(sequential),
        };
        place * or_one(self.max_run) + last.row - 1
    }

    /// The number of places for characters that ascend or descend.
    const fn directions(&self, sequential: bool) -> usize {
        if sequential { 2 * (self.max_sequence.saturating_sub(1)) } else { 0 }
    }

    /// The number of values that [`Last`] can have for one end.
    const fn width(&self, sequential: bool) -> usize {
        (or_one(self.max_repeat) + self.directions(sequential)) * or_one(self.max_run)
    }

    /// The inverse of [`node`](Self::node); `None` for the start.
    pub(crate) const fn last(&self, node: usize) -> Option<Last> {
        if node == 0 {
            return None;
        }
        if !self.asks_for_end() {
            return Some(Last { matched: self.words.at(node), end: End::Any, run: 1, steps: 1, row: 1 });
        }
        let (plain, sequential) = (self.width(false), self.width(true));
        let behind_plain = 1 + (self.rules.classes().len() + 1) * plain;
        let behind_sequential = behind_plain + self.sequential.len() * sequential;
        let matched_width = self.width(self.max_sequence > 0);
        if plain == 0 || sequential == 0 || matched_width == 0 {
            return None;
        }
        let (matched, end, place, directions) = if node < behind_plain {
            let at = node - 1;
            (0, End::Of { slot: at / plain }, at % plain, self.directions(false))
        } else if node < behind_sequential {
            let at = node - behind_plain;
            let character = self.sequential.nth(at / sequential);
            (0, End::Sequential { character }, at % sequential, self.directions(true))
        } else {
            let at = node - behind_sequential;
            let end = at / matched_width;
            let matched = self.words.at(1 + end / 2);
            let directions = self.directions(self.max_sequence > 0);
            (matched, End::Matched { capital: end % 2 == 1 }, at % matched_width, directions)
        };
        let (place, row) = (place / or_one(self.max_run), place % or_one(self.max_run) + 1);
        let (run, steps) = if place > directions {
            (place - directions + 1, 1)
        } else if place < self.max_sequence || place == 0 {
            (1, place as isize + 1)
        } else {
            (1, self.max_sequence as isize - 2 - place as isize)
        };
        Some(Last { matched, end, run, steps, row })
    }

    /// The last character, if it is known.
    const fn character(&self, last: Last) -> Option<u8> {
        match last.end {
            End::Any | End::Of { .. } => None,
            End::Sequential { character } => Some(character),
            End::Matched { capital } => {
                let letter = self.words.letter(last.matched);
                Some(if capital { letter.to_ascii_uppercase() } else { letter })
            }
        }
    }

    /// The slot of the last character, if anybody asks.
    const fn slot(&self, last: Last) -> Option<usize> {
        if let End::Of { slot } = last.end {
            return Some(slot);
        }
        let Some(character) = self.character(last) else { return None };
        let mut slot = 0;
        while slot <= self.rules.classes().len() {
            if self.rules.slot(slot).has(character) {
                return Some(slot);
            }
            slot += 1;
        }
        None
    }

    /// Where one more character of `group` leads from `last`: a character other than the last one or, with `again`, the
    /// same one. `None` if a rule forbids it.
    pub(crate) const fn arrival(&self, last: Option<Last>, group: Group, again: bool) -> Option<Last> {
        let matched = match (last, group.only) {
            (_, 0) => 0,
            (Some(Last { matched, .. }), only) => {
                match self.words.after(matched, only.to_ascii_lowercase()) {
                    Some(matched) => matched,
                    None => return None,
                }
            }
            (None, only) => match self.words.after(0, only.to_ascii_lowercase()) {
                Some(matched) => matched,
                None => return None,
            },
        };
        let (mut run, mut row) = (1, 1);
        if let Some(last) = last {
            if again && self.max_repeat > 0 {
                run = last.run + 1;
            }
            let counts = self.max_run > 0 && self.rules.run_classes.contains(group.slot);
            if counts && matches!(self.slot(last), Some(slot) if slot == group.slot) {
                row = last.row + 1;
            }
        }
        let steps = self.steps(last, group);
        let too_many_steps = self.max_sequence > 0 && steps.unsigned_abs() > self.max_sequence;
        if run > or_one(self.max_repeat) || row > or_one(self.max_run) || too_many_steps {
            return None;
        }
        let end = if !self.asks_for_end() {
            End::Any
        } else if matched > 0 {
            End::Matched { capital: group.only.is_ascii_uppercase() }
        } else if self.sequential.has(group.only) {
            End::Sequential { character: group.only }
        } else {
            End::Of { slot: group.slot }
        };
        Some(Last { matched, end, run, steps, row })
    }

    /// How many characters ascend to the one of `group`; under zero if they descend.
    const fn steps(&self, last: Option<Last>, group: Group) -> isize {
        let Some(last) = last else { return 1 };
        let Some(before) = self.character(last) else { return 1 };
        if !self.sequential.has(group.only) || !self.sequential.has(before) {
            return 1;
        }
        // All of these are letters and digits, and the three ranges are no neighbours in ASCII.
        if group.only == before + 1 {
            return if last.steps > 0 { last.steps + 1 } else { 2 };
        }
        if group.only + 1 == before {
            return if last.steps < 0 { last.steps - 1 } else { -2 };
        }
        1
    }

    /// Whether the last character can belong to `group`. If it is known only by its slot, it can be any that starts no context
    /// word and is part of no sequence.
    pub(crate) const fn may_end_with(&self, last: Last, group: Group) -> bool {
        match last.end {
            End::Of { slot } => {
                // A word can start with NUL, which no group has.
                let starts = group.only != 0 && self.words.starts(group.only.to_ascii_lowercase());
                group.slot == slot && !starts && !self.sequential.has(group.only)
            }
            _ => matches!(self.character(last), Some(character) if character == group.only),
        }
    }
}

const fn or_one(limit: usize) -> usize {
    if limit == 0 { 1 } else { limit }
}
