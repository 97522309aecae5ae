//! A seed that is wiped.

use core::{fmt, iter};

use rand_core::{TryCryptoRng, TryRng};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    generate::keystream::Keystream,
    policy::Policy,
    rules::{MAX_LENGTH, class::ClassSet},
};

/// 32 bytes of full entropy, from which passwords are made: as secret as they are. Zeroed on drop.
///
/// This is the only way to hand over a seed, and it wipes the bytes that it is made of:
///
/// ```
/// use sip_password::{HUAWEI, Keystream, Password, Seed};
///
/// let mut bytes = [0; 32];
/// # bytes = [7; 32];
/// // fill `bytes` from the operating system or the hardware
/// let seed = Seed::take(&mut bytes);
/// assert_eq!(bytes, [0; 32]);
///
/// let password = Password::<16>::generate(&HUAWEI, 16, &mut Keystream::new(&seed))?;
/// # assert_eq!(password.expose_secret().len(), 16);
/// # Ok::<(), sip_password::GenerateError<core::convert::Infallible>>(())
/// ```
///
/// With the feature `std` the bytes are on the heap, and moving a seed leaves no copy behind; without it they move with the
/// value, which may leave copies on the stack.
pub struct Seed(Room);

#[cfg(feature = "std")]
type Room = std::boxed::Box<Zeroizing<[u8; 32]>>;
#[cfg(not(feature = "std"))]
type Room = Zeroizing<[u8; 32]>;

impl Seed {
    /// The seed with these bytes, which are zeroed where they are.
    pub fn take(bytes: &mut [u8; 32]) -> Self {
        let mut seed = Self::zeros();
        seed.0.copy_from_slice(bytes);
        bytes.zeroize();
        seed
    }

    /// A seed drawn from `source`.
    ///
    /// # Errors
    ///
    /// That of the source.
    pub fn from_source<R>(source: &mut R) -> Result<Self, R::Error>
    where
        R: TryCryptoRng + ?Sized,
    {
        let mut seed = Self::zeros();
        source.try_fill_bytes(seed.0.as_mut_slice())?;
        Ok(seed)
    }

    /// The seed of the passwords of `length` characters that `policy` generates: what a [`Job`](crate::Job) draws from. The seeds of
    /// two policies, lengths or exclusions are unrelated, so that one password tells nothing about another.
    ///
    /// The policy is described in blocks of 16 bytes, numbers as little-endian:
    ///
    /// 0. the ASCII text `sip-password job`;
    /// 1. 14 bytes, and two zeros: the version of this description, 1; the length; the number of classes; `min_classes`;
    ///    `max_repeat`; whether there is a rule on the first character, 1 or 0; the classes that it allows, class n as bit n; the length
    ///    of the context, in bytes; `max_run` and the classes that it is about; `max_sequence`; `min_distinct`; whether the context may not
    ///    be there reversed, 1 or 0; whether characters are excluded as the first one alone, 1 or 0. A rule that is not stated is 0;
    /// 2. the minimum of each class, one byte each, and zeros;
    /// 3. for each class, for the uncounted characters and for the excluded ones that are accepted, one block: character c is bit c;
    /// 4. for the characters that are excluded as the first one alone, one block; nothing if there are none;
    /// 5. the words of the context in lower case, a byte of 255 between two of them, filled up with zeros; nothing if there is none.
    ///
    /// The key is the seed at first. For each block in turn, it becomes the first 32 bytes of the block of ChaCha20 (20 rounds, as D. J.
    /// Bernstein defined it) with this key, the first eight bytes as the counter and the last eight as the nonce. The last key is the
    /// result. What does not change which passwords there are does not change the seed: the names of classes, the default length, the
    /// separator and the count.
    ///
    /// A pseudorandom function that is applied in a cascade is one for all messages of which none is the beginning of another (M. Bellare,
    /// R. Canetti and H. Krawczyk, 1996); block 1 says how many follow. `tests/golden.py` is a second implementation.
    ///
    /// Cost: some 0.1 to 0.6 µs for each block, of which Huawei's policy has nine.
    ///
    /// ```
    /// use sip_password::{CharSet, HUAWEI, Keystream, Password, Policy, Seed};
    ///
    /// let seed = Seed::take(&mut [7; 32]); // in a program: 32 bytes of full entropy
    /// let without = Policy::new(HUAWEI.rules().with_excluded(CharSet::of("0O1lI")))?;
    /// let [one, other] = [&HUAWEI, &without].map(|policy| {
    ///     let mut rng = Keystream::new(&seed.for_job(policy, 16));
    ///     Password::<16>::generate(policy, 16, &mut rng)
    /// });
    /// assert_ne!(one?.expose_secret()[..4], other?.expose_secret()[..4]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn for_job(&self, policy: &Policy, length: usize) -> Self {
        const LABEL: &[u8; 16] = b"sip-password job";
        const VERSION: u8 = 1;
        let rules = policy.rules();
        // Separated by what no word contains.
        let joined = rules.context().enumerate().flat_map(|(number, word)| {
            let separator = if number == 0 { None } else { Some(0xff) };
            separator.into_iter().chain(word.bytes())
        });
        let (mut context, mut context_length) = ([0; MAX_LENGTH], 0);
        for (place, byte) in context.iter_mut().zip(joined) {
            *place = byte.to_ascii_lowercase();
            context_length += 1;
        }
        let not_first = rules.excluded_first().intersection(rules.alphabet());
        let (mut head, mut minima) = ([0; 16], [0; 16]);
        let described = [
            VERSION,
            // A length is at most 64, and so is that of the context.
            length as u8,
            rules.classes().len() as u8,
            rules.min_classes(),
            rules.max_repeat().unwrap_or(0),
            u8::from(rules.first().is_some()),
            rules.first().map_or(0, ClassSet::bits),
            context_length as u8,
            rules.max_run().map_or(0, |(max, _)| max),
            rules.max_run().map_or(0, |(_, classes)| classes.bits()),
            rules.max_sequence().unwrap_or(0),
            rules.min_distinct(),
            u8::from(rules.reversed_context()),
            u8::from(!not_first.is_empty()),
        ];
        head[..described.len()].copy_from_slice(&described);
        for (place, class) in minima.iter_mut().zip(rules.classes()) {
            *place = class.minimum();
        }
        let sets = rules.classes().iter().map(|class| class.characters());
        let excluded = rules.excluded().intersection(rules.accepted());
        let not_first = (!not_first.is_empty()).then_some(not_first);
        let sets = sets.chain([rules.uncounted(), excluded]).chain(not_first);
        let sets = sets.map(|set| set.bits().to_le_bytes());
        let words = context.chunks(16).take(usize::div_ceil(context_length, 16)).map(|piece| {
            let mut block = [0; 16];
            block.copy_from_slice(piece);
            block
        });
        iter::once(*LABEL).chain([head, minima]).chain(sets).chain(words).fold(self.copy(), |key, block| {
            let mut next = Self::zeros();
            let Ok(()) = Keystream::block(&key, block).try_fill_bytes(next.0.as_mut_slice());
            next
        })
    }

    fn copy(&self) -> Self {
        let mut seed = Self::zeros();
        seed.0.copy_from_slice(self.expose());
        seed
    }

    fn zeros() -> Self {
        Self(Zeroizing::new([0; 32]).into())
    }

    pub(crate) fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl ZeroizeOnDrop for Seed {}

/// Redacted.
impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(redacted)")
    }
}
