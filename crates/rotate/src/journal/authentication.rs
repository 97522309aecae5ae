//! How a journal shows that nobody else changed it: a MAC for each row, and one for the head that covers all rows.
//!
//! The head's MAC covers a digest of the MACs of all rows, which is kept up to date in constant time: it is the XOR of a keyed hash of
//! each row's number and MAC. A change of a row takes the old hash out and puts the new one in.
//!
//! Why an XOR is enough here: the digest and its addends are never written, neither to the journal nor elsewhere; they are computed
//! again when the journal is unlocked. Whoever lacks the key sees only the head's MAC, which is another keyed hash. For them, the
//! addends of distinct inputs are independent random numbers of 256 bits, and none can occur twice, since each contains the row's number,
//! which is a primary key. So whatever set of rows they put in the place of the right one, the XOR of both digests is that of
//! addends that are not all cancelled, and is zero with probability 2^-256. (With addends that they could see, an XOR, and even a
//! sum, of many rows with several old versions each could be made to match by linear algebra or Wagner's algorithm.)
//!
//! The addend is made of the MAC that the row has, not of the other columns. So a row whose columns were changed, by a person or a bad disk, is
//! known by its own MAC, and all other rows remain authentic.

use core::mem::size_of;

use zeroize::Zeroizing;

use super::{
    derivation::{KeyedHash, Purpose},
    encryption::SALT,
    rows::PhoneRow,
    schema::Header,
};

/// The size of a MAC, in bytes.
pub(super) const MAC: usize = 32;

/// Gives values to a hash so that no two lists of values are the same bytes: each has its type and, if it can vary, its length.
pub(super) struct Encoder<'a>(&'a mut KeyedHash);

impl Encoder<'_> {
    pub(super) fn integer(&mut self, number: i64) {
        let mut bytes = [0; 1 + size_of::<i64>()];
        bytes[0] = b'i';
        bytes[1..].copy_from_slice(&number.to_be_bytes());
        self.0.update(&bytes);
    }

    pub(super) fn integer_or_null(&mut self, number: Option<i64>) {
        match number {
            Some(number) => self.integer(number),
            None => self.0.update(b"0"),
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        self.bytes(b't', text.as_bytes());
    }

    pub(super) fn blob(&mut self, blob: Option<&[u8]>) {
        match blob {
            Some(blob) => self.bytes(b'b', blob),
            None => self.0.update(b"0"),
        }
    }

    fn bytes(&mut self, kind: u8, bytes: &[u8]) {
        let mut prefix = [kind; 1 + size_of::<u64>()];
        prefix[1..].copy_from_slice(&(bytes.len() as u64).to_be_bytes());
        self.0.update(&prefix);
        self.0.update(bytes);
    }
}

/// What all rows of a journal add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct RowSet([u8; MAC]);

impl RowSet {
    /// Puts a row in that is not there, or takes one out that is.
    pub(super) fn toggle(&mut self, addend: [u8; MAC]) {
        self.0.iter_mut().zip(addend).for_each(|(sum, addend)| *sum ^= addend);
    }
}

/// Makes and checks the MACs of one journal.
pub(super) struct Authenticator {
    key: Zeroizing<[u8; 32]>,
    salt: [u8; SALT],
}

impl Authenticator {
    pub(super) const fn new(key: Zeroizing<[u8; 32]>, salt: [u8; SALT]) -> Self {
        Self { key, salt }
    }

    /// The MAC of a row.
    pub(super) fn row(&self, row: &PhoneRow) -> [u8; MAC] {
        self.hash_of_row(row).finish()
    }

    /// Whether a row has its MAC.
    pub(super) fn is_row(&self, row: &PhoneRow) -> bool {
        self.hash_of_row(row).is(&row.mac)
    }

    fn hash_of_row(&self, row: &PhoneRow) -> KeyedHash {
        let mut hash = self.hash(Purpose::Row);
        row.encode(&mut Encoder(&mut hash));
        hash
    }

    /// What a row adds to the set.
    pub(super) fn addend(&self, row: &PhoneRow) -> [u8; MAC] {
        let mut hash = self.hash(Purpose::Set);
        let mut encoder = Encoder(&mut hash);
        encoder.integer(row.id);
        encoder.blob(Some(&row.mac));
        hash.finish()
    }

    /// The MAC of the head, with a set of rows.
    pub(super) fn head(&self, header: &Header, rows: RowSet) -> [u8; MAC] {
        self.hash_of_head(header, rows).finish()
    }

    /// Whether the head has its MAC.
    pub(super) fn is_head(&self, header: &Header, rows: RowSet) -> bool {
        self.hash_of_head(header, rows).is(&header.mac)
    }

    fn hash_of_head(&self, header: &Header, rows: RowSet) -> KeyedHash {
        let mut hash = self.hash(Purpose::Head);
        let mut encoder = Encoder(&mut hash);
        header.encode(&mut encoder);
        encoder.blob(Some(&rows.0));
        hash
    }

    /// The keyed hash of an anchor.
    pub(super) fn anchor(&self, generation: i64) -> KeyedHash {
        let mut hash = self.hash(Purpose::Anchor);
        Encoder(&mut hash).integer(generation);
        hash
    }

    fn hash(&self, purpose: Purpose) -> KeyedHash {
        KeyedHash::new(&self.key, &self.salt, purpose)
    }
}
