//! Which of several words a text ends with the beginning of: the automaton of Aho and Corasick, without regard to the case of ASCII
//! letters.

use crate::rules::{MAX_LENGTH, words::WordList};

/// A node for each beginning of a word; node 0 is the empty one.
///
/// Nodes are numbered as they are added, so that of any two on one path the earlier one has the lower number.
pub(super) struct Trie {
    count: usize,
    /// The last letter of each node, in lower case.
    letters: [u8; NODES],
    parents: [u8; NODES],
    depths: [u8; NODES],
    /// The node of the longest proper end that is also the beginning of a word.
    fallback: [u8; NODES],
    /// Whether a word ends here, or ended on the way.
    is_dead: [bool; NODES],
}

/// As many as the letters of all words, forwards and backwards, and the empty beginning.
const NODES: usize = 2 * MAX_LENGTH + 1;

impl Trie {
    /// The words of at most `longest` letters, and the same reversed if the list says so.
    pub(super) const fn new(words: &WordList, longest: usize) -> Self {
        let mut trie = Self {
            count: 1,
            letters: [0; NODES],
            parents: [0; NODES],
            depths: [0; NODES],
            fallback: [0; NODES],
            is_dead: [false; NODES],
        };
        let mut rest = words.iter();
        while let Some(word) = rest.take_next() {
            if word.len() <= longest {
                trie.add(word, false);
                if words.is_reversed() {
                    trie.add(word, true);
                }
            }
        }
        let mut depth = 1;
        while depth <= MAX_LENGTH && trie.count > 1 {
            trie.link(depth as u8);
            depth += 1;
        }
        trie
    }

    const fn add(&mut self, word: &[u8], reversed: bool) {
        let (mut node, mut depth, mut rest) = (0, 0, word);
        while let [first, .., last] | [first @ last] = rest {
            let letter = (if reversed { *last } else { *first }).to_ascii_lowercase();
            rest = match rest {
                [others @ .., _] if reversed => others,
                [_, others @ ..] => others,
                [] => rest,
            };
            depth += 1;
            node = match self.child(node, letter) {
                Some(child) => child,
                None if self.count < NODES => {
                    let child = self.count;
                    self.letters[child] = letter;
                    self.parents[child] = node as u8;
                    self.depths[child] = depth;
                    self.count += 1;
                    child
                }
                None => return,
            };
        }
        if node < NODES {
            self.is_dead[node] = true;
        }
    }

    /// Finds what the nodes at a depth fall back to, when those above have been linked.
    const fn link(&mut self, depth: u8) {
        let mut node = 1;
        while node < self.count && node < NODES {
            let parent = self.parents[node] as usize;
            if self.depths[node] == depth && parent < NODES {
                // A node at depth 1 would find itself.
                let fallback = if depth == 1 {
                    0
                } else {
                    self.longest_from(self.fallback[parent] as usize, self.letters[node])
                };
                self.fallback[node] = fallback as u8;
                let ends = fallback < NODES && self.is_dead[fallback];
                self.is_dead[node] |= ends || self.is_dead[parent];
            }
            node += 1;
        }
    }

    const fn child(&self, node: usize, letter: u8) -> Option<usize> {
        let mut child = node + 1;
        while child < self.count && child < NODES {
            if self.parents[child] as usize == node && self.letters[child] == letter {
                return Some(child);
            }
            child += 1;
        }
        None
    }

    /// The node after `letter` follows `node`.
    const fn longest_from(&self, mut node: usize, letter: u8) -> usize {
        loop {
            if let Some(child) = self.child(node, letter) {
                return child;
            }
            if node == 0 || node >= NODES {
                return 0;
            }
            node = self.fallback[node] as usize;
        }
    }

    /// The node after `letter`, in lower case, follows `node`; `None` if that completes a word.
    pub(super) const fn after(&self, node: usize, letter: u8) -> Option<usize> {
        let node = self.longest_from(node, letter);
        if node < NODES && self.is_dead[node] { None } else { Some(node) }
    }

    /// The number of nodes at which no word is complete, with the empty one.
    pub(super) const fn live(&self) -> usize {
        self.place(self.count)
    }

    /// The number of live nodes before `node`.
    pub(super) const fn place(&self, node: usize) -> usize {
        let (mut place, mut at) = (0, 0);
        while at < node && at < NODES {
            place += !self.is_dead[at] as usize;
            at += 1;
        }
        place
    }

    /// The live node at a place; the inverse of [`place`](Self::place).
    pub(super) const fn at(&self, place: usize) -> usize {
        let (mut node, mut left) = (0, place);
        while node < self.count && node < NODES {
            if !self.is_dead[node] {
                if left == 0 {
                    return node;
                }
                left -= 1;
            }
            node += 1;
        }
        0
    }

    pub(super) const fn letter(&self, node: usize) -> u8 {
        if node < NODES { self.letters[node] } else { 0 }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.count == 1
    }

    /// Whether a word contains `letter`, which is in lower case.
    pub(super) const fn spells(&self, letter: u8) -> bool {
        let mut node = 1;
        while node < self.count && node < NODES {
            if self.letters[node] == letter {
                return true;
            }
            node += 1;
        }
        false
    }

    /// Whether a word starts with `letter`, which is in lower case.
    pub(super) const fn starts(&self, letter: u8) -> bool {
        !self.is_empty() && self.child(0, letter).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{string::String, vec::Vec};

    /// Every text of up to six letters, by every pair of words of up to four, forwards or reversed as well.
    #[test]
    fn every_text_by_every_pair_of_words() {
        let strings = |longest: usize, letters: &'static str| {
            let mut all = Vec::from([String::new()]);
            for at in 0.. {
                if at == all.len() || all[at].len() == longest {
                    break;
                }
                let longer: Vec<_> = letters.chars().map(|c| std::format!("{}{c}", all[at])).collect();
                all.extend(longer);
            }
            all
        };
        let words = strings(4, "aB");
        let texts = strings(6, "Ab");
        for one in &words[1..] {
            for two in &words[1..] {
                for reversed in [false, true] {
                    let list = WordList::new(&[one, two], reversed);
                    let trie = Trie::new(&list, 4);
                    let mut all: Vec<String> =
                        [one, two].iter().map(|word| word.to_ascii_lowercase()).collect();
                    if reversed {
                        all.extend(all.clone().iter().map(|word| word.chars().rev().collect::<String>()));
                    }
                    for text in &texts {
                        let text = text.to_ascii_lowercase();
                        let node = text.bytes().try_fold(0, |node, letter| trie.after(node, letter));
                        let contains = all.iter().any(|word| text.contains(word.as_str()));
                        assert_eq!(node.is_none(), contains, "{text} {one} {two} {reversed}");
                        if let Some(node) = node {
                            let ends = |length: &usize| {
                                let end = &text[text.len() - length..];
                                all.iter().any(|word| word.starts_with(end))
                            };
                            let longest = (0..=text.len()).rev().find(ends);
                            assert_eq!(longest, Some(trie.depths[node].into()), "{text} {one} {two}");
                            assert_eq!(trie.at(trie.place(node)), node);
                        }
                    }
                }
            }
        }
    }

    /// A word that contains another adds nothing but dead nodes.
    #[test]
    fn live_nodes() {
        let live = |words: &[&str], reversed| Trie::new(&WordList::new(words, reversed), 64).live();
        assert_eq!(live(&[], false), 1);
        assert_eq!(live(&["abc"], false), 3);
        assert_eq!(live(&["abc"], true), 5);
        assert_eq!(live(&["aba"], true), 3);
        assert_eq!(live(&["abc", "b"], false), 2);
        assert_eq!(live(&["abcdef", "abc"], false), 3);
    }
}
