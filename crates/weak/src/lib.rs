//! Is a compliant password a well-known or a guessable one?
//!
//! A policy says which characters a password must have. `Huawei@123` has them. This crate holds passwords that people have chosen against
//! three things, each of which can be used alone:
//!
//! | what | how | answers |
//! |---|---|---|
//! | a deny list: words, hashes of Have I Been Pwned, or a filter made of either | [`DenyList`], [`build_filter`] | is this exact password in the list? |
//! | what scanners of SIP servers try, and configurations come with | [`known_default`] | is it made of such words, keyboard walks, years, the account's name? |
//! | an estimate by `zxcvbn` | [`guesses_log10`] | how many guesses find it? |
//!
//! ```
//! use sip_password_weak::{DenyList, guesses_log10, known_default};
//!
//! // SHA-1, as Have I Been Pwned offers it; DenyList::open reads a file of any size in place.
//! let list = b"00000000A8DAE4228F821FB418F59826079BF368:4\n8CB2237D0679CA88DB6464EAC60DA96345513964:9\n";
//! let list = DenyList::from_bytes(list.to_vec())?;
//! assert!(list.contains(b"12345")?);
//!
//! assert!(known_default(b"P@ssw0rd1", &[]).is_some());
//! assert!(known_default(b"1001-1001", &["1001"]).is_some());
//! assert!(guesses_log10("Admin@123", &[]) < 9.0);
//! # Ok::<(), sip_password_weak::DenyListError>(())
//! ```
//!
//! A generated password needs none of this: it is uniform over all compliant ones.
//!
//! # Deny lists
//!
//! A list of hashes stays on disk and is searched in place: some three reads of 4 KiB for each password, since hashes are spread evenly,
//! with a page of memory. Such a list must be sorted, as it is when it is downloaded as a single file. When it is opened, 65 places are looked at; a search looks at each
//! line that it reads. What is malformed or in the wrong order there is an error, never a "not contained". A list with whole stretches in
//! the wrong place can escape both; [`build_filter`] looks at every line.
//!
//! A filter has some 2.3 bytes a password, where a list of SHA-1 hashes has some 45. It never misses a password of its list, and says of
//! one in 65,536 others that they are in it (the mean over all passwords; measured by `cargo test -p sip-password-weak false_positives`).
//!
//! Words and hashes are compared exactly, as NIST SP 800-63B asks: the whole password, not what it contains.
//!
//! # Secrets
//!
//! Copies of a password, and its hashes, are wiped, except by [`guesses_log10`]: `zxcvbn` makes copies that nobody wipes. The time of
//! every function depends on the password. No message and no `Debug` output has a character of a password or of a list.
//!
//! # Speed
//!
//! On a virtual machine with two cores, for one thread, with a list of five million hashes (215 MB) that the system has in its cache:
//!
//! | what | bytes | opened in, ms | lookups a second |
//! |---|---:|---:|---:|
//! | words | 63,888,890 | 740 | 630,000 |
//! | SHA-1 hashes | 215,000,000 | 0.2 | 55,000 |
//! | a filter of them, built in 0.7 s | 11,272,480 | 0.1 | 2,400,000 |
//! | [`known_default`] | | | 1,300,000 |
//! | [`guesses_log10`] | | | 6,900 |
//!
//! `cargo bench -p sip-password-weak` makes such a list and prints the table. The command has a peak of 6.0 MiB with this list of hashes
//! and of 5.9 MiB without one (`/usr/bin/time -v sip-password validate huawei FILE --deny LIST`), and of 19 MiB with the filter, all parts of which
//! it needed. From a disk, a lookup in a list of hashes takes as long as its reads.
//!
//! # Not supported
//!
//! Lists of salted or slow hashes; lists of MD5, whose lines look like those of NTLM; the online service of Have I Been Pwned; the directory of
//! 1,048,576 range files, which its downloader can also write as a single file; systems other than Unix and Windows.

#![forbid(unsafe_code)]

mod build;
mod defaults;
mod deny_list;
mod digest;
mod error;
mod filter_file;
#[cfg(feature = "guesses")]
mod guesses;
mod hash_line;
mod lines;
mod names;
mod sorted_hashes;
mod source;
mod words;

pub use build::{FilterSummary, build_filter};
pub use defaults::{KnownDefault, MAX_DEFAULT, known_default};
pub use deny_list::{DenyKind, DenyList, MAX_WORDS_FILE};
pub use digest::HashKind;
pub use error::{DenyListError, Place};
#[cfg(feature = "guesses")]
pub use guesses::{MAX_GUESSES_LOG10, guesses_log10};
