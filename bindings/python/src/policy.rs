//! One object that knows which passwords are compliant.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Arc, OnceLock},
};

use pyo3::{
    Borrowed,
    exceptions::{PyLookupError, PyOSError, PyOverflowError},
    prelude::*,
    sync::PyOnceLock,
    types::{PyByteArray, PyInt, PyString, PyTuple, PyType},
};
use sip_password::{
    Certainty, CharSet, Characters, Counts, GenerateError, MAX_LENGTH, Messages, Natural, Policy, PolicyFile,
    Preset, SafeFor, System,
};
use zeroize::Zeroizing;

use crate::{
    column,
    error::{length_error, policy_error},
    passwords::Passwords,
    source::SystemWords,
    text::{Text, Word, type_error, with_bytes},
    verdict::PyVerdict,
    verdicts::Verdicts,
};

/// A password policy: checks, generates, counts and explains, so that these never disagree. It never changes, and any number of threads
/// can use it.
#[pyclass(frozen, module = "sip_password._sip_password", name = "Policy")]
pub(crate) struct PyPolicy {
    file: Arc<PolicyFile>,
    counts: OnceLock<Counts>,
    /// Whether one password may take so long that other threads should run.
    is_slow: bool,
}

/// The number of states from which on counting one password's rank takes longer than a switch of threads.
const SLOW_STATES: usize = 64;

impl From<PolicyFile> for PyPolicy {
    fn from(file: PolicyFile) -> Self {
        let is_slow = file.policy().states() > SLOW_STATES;
        Self { file: Arc::new(file), counts: OnceLock::new(), is_slow }
    }
}

impl PyPolicy {
    pub(crate) fn policy(&self) -> &Policy {
        self.file.policy()
    }

    pub(crate) fn of_preset(preset: &Preset) -> Self {
        PolicyFile::from(preset).into()
    }

    fn counts(&self, py: Python<'_>) -> &Counts {
        match self.counts.get() {
            Some(counts) => counts,
            None => {
                let counts = py.detach(|| self.file.counts());
                self.counts.get_or_init(|| counts)
            }
        }
    }

    /// This policy, or one that generates less: `None` if nothing is restricted.
    fn restricted(
        &self,
        py: Python<'_>,
        exclude: &str,
        safe_for: &[Text],
        not_containing: &[Word],
    ) -> PyResult<Option<Policy>> {
        if exclude.is_empty() && safe_for.is_empty() && not_containing.is_empty() {
            return Ok(None);
        }
        let rules = self.policy().rules();
        let mut excluded_first = rules.excluded_first();
        let mut excluded = rules.excluded()
            | CharSet::new(exclude).map_err(|error| policy_error(format!("exclude: {error}")))?;
        for name in safe_for {
            let place = place(name)?;
            excluded |= rules.accepted().difference(place.characters());
            excluded_first |= place.excluded_first();
        }
        let words: Vec<&str> = rules.context().chain(not_containing.iter().map(|word| &**word)).collect();
        let changed = match not_containing {
            [] => rules.clone(),
            _ => rules.clone().with_context_words(&words).with_reversed_context(rules.reversed_context()),
        };
        let changed = changed.with_excluded(excluded).with_excluded_first(excluded_first);
        py.detach(|| Policy::new(changed)).map(Some).map_err(policy_error)
    }

    /// Fills `buffer` from the operating system's generator.
    fn fill(policy: &Policy, buffer: &mut [u8]) -> PyResult<()> {
        match policy.generate(&mut SystemWords::new(), buffer) {
            Ok(_) => Ok(()),
            Err(GenerateError::Length(error)) => Err(length_error(error)),
            Err(error) => Err(PyOSError::new_err(error.to_string())),
        }
    }
}

/// A place by its name.
fn place(name: &str) -> PyResult<SafeFor> {
    SafeFor::ALL.iter().copied().find(|place| place.name() == name).ok_or_else(|| {
        let names: Vec<_> = SafeFor::ALL.iter().map(|place| place.name()).collect();
        policy_error(format!("safe_for: expected one of {}, found {name:?}", names.join(", ")))
    })
}

/// The messages of a language; `None` for those of the library itself.
fn messages(language: &str) -> PyResult<Option<Messages>> {
    if language == "en" {
        return Ok(None);
    }
    Messages::named(language).map(Some).ok_or_else(|| {
        let languages = Messages::LANGUAGES.join(", ");
        PyLookupError::new_err(format!("language: expected one of {languages}, found {language:?}"))
    })
}

/// A length that Python gave: `None` if it has more than 63 bits.
pub(crate) struct Length(Option<i64>);

impl<'py> FromPyObject<'_, 'py> for Length {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match object.extract::<i64>() {
            Ok(length) => Ok(Self(Some(length))),
            Err(error) if error.is_instance_of::<PyOverflowError>(object.py()) => Ok(Self(None)),
            Err(error) => Err(error),
        }
    }
}

/// A length that Python gave, or the usual one.
pub(crate) fn length(policy: &Policy, asked: Option<Length>) -> PyResult<usize> {
    let Some(Length(asked)) = asked else { return Ok(policy.default_length()) };
    asked.and_then(|asked| usize::try_from(asked).ok()).ok_or_else(|| {
        let (min, max) = policy.lengths().into_inner();
        let found =
            asked.map_or_else(|| "a number of more than 63 bits".to_owned(), |asked| asked.to_string());
        length_error(format!("expected {min} to {max} characters, found {found}"))
    })
}

/// An exact number.
fn integer<'py>(py: Python<'py>, number: &Natural) -> PyResult<Bound<'py, PyAny>> {
    py.get_type::<PyInt>().call1((number.to_string(),))
}

#[pymethods]
impl PyPolicy {
    /// The policy that a TOML text describes.
    #[staticmethod]
    #[pyo3(signature = (text, *, max_states=None))]
    fn from_toml(py: Python<'_>, text: Text, max_states: Option<usize>) -> PyResult<Self> {
        py.detach(|| PolicyFile::parse_within(&text, max_states.unwrap_or(usize::MAX)).map(Self::from))
            .map_err(policy_error)
    }

    /// The policy that a text of Apple's `passwordrules` describes, exactly or not at all.
    #[staticmethod]
    fn from_password_rules(py: Python<'_>, text: Text) -> PyResult<Self> {
        py.detach(|| Policy::from_password_rules(&text).map(|policy| PolicyFile::from(policy).into()))
            .map_err(policy_error)
    }

    /// The policy of a vendor, or of a system of the catalogue, by its name or another name of it, in any case of letters.
    #[staticmethod]
    fn named(py: Python<'_>, name: Text) -> PyResult<Self> {
        if let Some(preset) = Preset::named(&name.to_lowercase()) {
            return Ok(Self::of_preset(preset));
        }
        let system = System::named(&name).ok_or_else(|| {
            PyLookupError::new_err(format!("expected a name of PRESETS or CATALOGUE, found {:?}", &*name))
        })?;
        Ok(py.detach(|| Self::of_preset(&system.preset)))
    }

    /// The policy of the passwords that every one of the policies accepts: exactly these, or an error that names the first two that
    /// conflict, by their positions.
    #[staticmethod]
    #[pyo3(signature = (*policies))]
    fn intersection(py: Python<'_>, policies: &Bound<'_, PyTuple>) -> PyResult<Self> {
        let files = policies.iter().map(|policy| Ok(Arc::clone(&policy.cast::<Self>()?.get().file)));
        let files = files.collect::<PyResult<Vec<_>>>()?;
        let policies: Vec<&Policy> = files.iter().map(|file| file.policy()).collect();
        py.detach(|| Policy::intersection(&policies).map(|policy| PolicyFile::from(policy).into()))
            .map_err(policy_error)
    }

    /// The policy as TOML, which `from_toml` reads.
    fn to_toml(&self) -> String {
        self.file.to_string()
    }

    /// The name of the policy in programs, if it has one.
    #[getter]
    fn name(&self) -> Option<&str> {
        self.file.name.as_deref()
    }

    /// The vendor and the purpose.
    #[getter]
    fn title(&self) -> Option<&str> {
        self.file.title.as_deref()
    }

    /// The document that states the rule.
    #[getter]
    fn source(&self) -> Option<&str> {
        self.file.source.as_deref()
    }

    /// The date of that document, or of the day when it was read.
    #[getter]
    fn read(&self) -> Option<&str> {
        self.file.read.as_deref()
    }

    /// How sure it is that the rule is right: high, medium or low.
    #[getter]
    fn certainty(&self) -> Option<&'static str> {
        self.file.certainty.map(Certainty::name)
    }

    /// What a person should know about the policy.
    #[getter]
    fn notes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.file.notes)
    }

    /// The shortest and the longest compliant password, in characters.
    #[getter]
    fn lengths(&self) -> (usize, usize) {
        self.policy().lengths().into_inner()
    }

    /// The length that is generated unless the caller asks for another, in characters.
    #[getter]
    fn default_length(&self) -> usize {
        self.policy().default_length()
    }

    /// The characters of generated passwords.
    #[getter]
    fn alphabet(&self) -> String {
        self.policy().alphabet().iter().collect()
    }

    /// The verdict on a password. `names` are words of its account, which the password may not contain.
    #[pyo3(
        signature = (password, *, names=Vec::new(), language=Text::from("en")),
        text_signature = "($self, password, *, names=..., language='en')"
    )]
    fn check(&self, password: &Bound<'_, PyAny>, names: Vec<Word>, language: Text) -> PyResult<PyVerdict> {
        let messages = messages(&language)?;
        let names: Vec<&str> = names.iter().map(|name| &**name).collect();
        let verdict = with_bytes(password, |bytes| match self.policy().check_for_account(bytes, &names) {
            Ok(_) => PyVerdict::COMPLIANT,
            Err(violations) => PyVerdict::new(&violations, messages.as_ref()),
        })?;
        verdict.ok_or_else(|| type_error("str or bytes", password))
    }

    /// Whether a password is compliant.
    fn is_compliant(&self, password: &Bound<'_, PyAny>) -> PyResult<bool> {
        let verdict = with_bytes(password, |bytes| self.policy().check(bytes).is_ok())?;
        verdict.ok_or_else(|| type_error("str or bytes", password))
    }

    /// The verdicts on many passwords: an iterable of str, bytes and None; bytes of lines; a numpy array; or a column of pyarrow, pandas
    /// or polars, which is not copied.
    #[pyo3(signature = (passwords, *, threads=None))]
    fn check_many(&self, passwords: &Bound<'_, PyAny>, threads: Option<usize>) -> PyResult<Verdicts> {
        column::check(self.policy(), passwords, threads).map(Verdicts::new)
    }

    /// A compliant password. Each one of its length is equally likely.
    #[pyo3(
        signature = (length=None, *, exclude=Text::from(""), safe_for=Vec::new(), not_containing=Vec::new()),
        text_signature = "($self, length=None, *, exclude='', safe_for=..., not_containing=...)"
    )]
    fn generate<'py>(
        &self,
        py: Python<'py>,
        length: Option<Length>,
        exclude: Text,
        safe_for: Vec<Text>,
        not_containing: Vec<Word>,
    ) -> PyResult<Bound<'py, PyString>> {
        let restricted = self.restricted(py, &exclude, &safe_for, &not_containing)?;
        let policy = restricted.as_ref().unwrap_or(self.policy());
        let length = self::length(policy, length)?;
        let mut buffer = Zeroizing::new([0; MAX_LENGTH]);
        let Some(password) = buffer.get_mut(..length) else {
            return Err(policy.bulk(length, b"").map_or_else(length_error, |_| length_error("too long")));
        };
        match self.is_slow {
            true => py.detach(|| Self::fill(policy, password))?,
            false => Self::fill(policy, password)?,
        }
        PyString::from_bytes(py, password)
    }

    /// A compliant password as a bytearray that is zeroed when it is closed or collected.
    #[pyo3(
        signature = (length=None, *, exclude=Text::from(""), safe_for=Vec::new(), not_containing=Vec::new()),
        text_signature = "($self, length=None, *, exclude='', safe_for=..., not_containing=...)"
    )]
    fn generate_bytes<'py>(
        &self,
        py: Python<'py>,
        length: Option<Length>,
        exclude: Text,
        safe_for: Vec<Text>,
        not_containing: Vec<Word>,
    ) -> PyResult<Bound<'py, PyAny>> {
        static SECRET: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let restricted = self.restricted(py, &exclude, &safe_for, &not_containing)?;
        let policy = restricted.as_ref().unwrap_or(self.policy());
        let length = self::length(policy, length)?;
        policy.bulk(length, b"").map_err(length_error)?;
        let secret = SECRET.import(py, "sip_password._secret", "SecretBytes")?.call1((length,))?;
        let bytes = secret.cast::<PyByteArray>()?;
        // SAFETY: the object is new, so no other code has a reference to it, and `fill` calls nothing of Python.
        Self::fill(policy, unsafe { bytes.as_bytes_mut() })?;
        Ok(secret)
    }

    /// `count` passwords, made as they are asked for. `seed` is 32 secret bytes from which the same passwords follow again; `part` is
    /// `(number, of)`, with numbers from 1: the parts of one seed in order are the whole.
    #[pyo3(
        signature = (
            count, length=None, *, exclude=Text::from(""), safe_for=Vec::new(), not_containing=Vec::new(), seed=None, part=(1, 1)
        ),
        text_signature =
            "($self, count, length=None, *, exclude='', safe_for=..., not_containing=..., seed=None, part=...)"
    )]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn generate_many(
        &self,
        py: Python<'_>,
        count: u64,
        length: Option<Length>,
        exclude: Text,
        safe_for: Vec<Text>,
        not_containing: Vec<Word>,
        seed: Option<&Bound<'_, PyAny>>,
        part: (u64, u64),
    ) -> PyResult<Passwords> {
        let restricted = self.restricted(py, &exclude, &safe_for, &not_containing)?;
        let file = restricted.map_or_else(|| Arc::clone(&self.file), |policy| Arc::new(policy.into()));
        let length = self::length(file.policy(), length)?;
        Passwords::new(py, file, length, count, seed, part)
    }

    /// The same policy, which generates less: no character of `exclude`, only those that survive in the places `safe_for`, and no password
    /// that contains one of the words `not_containing`, which are refused by `check` as well.
    #[pyo3(
        signature = (*, exclude=Text::from(""), safe_for=Vec::new(), not_containing=Vec::new()),
        text_signature = "($self, *, exclude='', safe_for=..., not_containing=...)"
    )]
    fn restrict(
        &self,
        py: Python<'_>,
        exclude: Text,
        safe_for: Vec<Text>,
        not_containing: Vec<Word>,
    ) -> PyResult<Self> {
        let restricted = self.restricted(py, &exclude, &safe_for, &not_containing)?;
        Ok(restricted.map_or_else(|| PolicyFile::clone(&self.file), PolicyFile::from).into())
    }

    /// The min-entropy of a generated password, in bits; minus infinity if none of this length can be generated.
    #[pyo3(signature = (length=None))]
    fn entropy(&self, py: Python<'_>, length: Option<Length>) -> PyResult<f64> {
        Ok(self.counts(py).entropy(self::length(self.policy(), length)?))
    }

    /// The exact number of compliant passwords. With `generated`, of those that `generate` can return.
    #[pyo3(signature = (length=None, *, generated=false))]
    fn count<'py>(
        &self,
        py: Python<'py>,
        length: Option<Length>,
        generated: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let length = self::length(self.policy(), length)?;
        let counts = self.counts(py);
        integer(py, &if generated { counts.generated(length) } else { counts.accepted(length) })
    }

    /// The shortest length at which a generated password has at least `bits` bits of entropy; `None` if there is none.
    fn shortest(&self, py: Python<'_>, bits: f64) -> Option<usize> {
        self.counts(py).shortest(bits)
    }

    /// The rule in words.
    fn explain(&self) -> String {
        self.policy().explain().to_string()
    }

    /// The attributes of an HTML `<input>`: `minlength`, `maxlength`, `pattern` and, if they can express the policy, `passwordrules`.
    #[pyo3(signature = (*, generated=false))]
    fn html(&self, generated: bool) -> String {
        let rules = self.policy().password_rules(characters(generated)).ok();
        self.policy().html_attributes(rules).to_string()
    }

    /// A regular expression that matches exactly the compliant passwords; use it with `re.fullmatch`.
    fn pattern(&self) -> String {
        self.policy().pattern().to_string()
    }

    /// The policy as Apple's `passwordrules`. With `generated`, of the passwords that `generate` can return.
    #[pyo3(signature = (*, generated=false))]
    fn password_rules(&self, generated: bool) -> PyResult<String> {
        let rules = self.policy().password_rules(characters(generated));
        rules.map(|rules| rules.to_string()).map_err(policy_error)
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        Ok((py.get_type::<Self>().getattr("from_toml")?, (self.to_toml(),)))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| *self.file == *other.get().file)
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.to_toml().hash(&mut hasher);
        hasher.finish()
    }

    fn __repr__(&self) -> String {
        let (min, max) = self.lengths();
        let name = self.name().unwrap_or("without a name");
        format!("<Policy {name}: {min} to {max} characters>")
    }
}

const fn characters(generated: bool) -> Characters {
    if generated { Characters::Generated } else { Characters::Accepted }
}
