//! Replies that give a phone another password than the one that was sent.

use std::{
    convert::Infallible,
    fs::OpenOptions,
    io::{self, Write},
    path::Path,
};

use sip_password::nxcloud::{PhoneState, Report};
use zeroize::Zeroizing;

/// The beginning of a line that is added to the file with the password.
const MARK: &str = "# the vendor reports";

/// A reply that reports success and does not confirm the call.
pub(crate) trait Contradiction {
    /// Each phone that the reply gives a password which was not sent for it, in words, and that password if it can be read.
    fn passwords(&self) -> Vec<(String, Option<&str>)>;
}

impl Contradiction for Infallible {
    fn passwords(&self) -> Vec<(String, Option<&str>)> {
        match *self {}
    }
}

impl Contradiction for Report<'_> {
    fn passwords(&self) -> Vec<(String, Option<&str>)> {
        let different = self.phones.iter().filter_map(|phone| match &phone.state {
            PhoneState::Different(password) => {
                Some((format!("for the phone {:?}", phone.username), Some(password.expose_secret())))
            }
            _ => None,
        });
        let others = self.unrequested.iter().map(|phone| {
            let name = match phone.username() {
                Some(username) => format!("for the phone {username:?}, which the call did not contain"),
                None => String::from("for a phone that the call did not contain"),
            };
            (name, phone.password.as_ref().map(|password| password.expose_secret()))
        });
        different.chain(others).collect()
    }
}

/// Adds the passwords to the file with the one that was sent, each in a line that says whose it is. Returns the phones, in words.
pub(super) fn keep(reply: &impl Contradiction, path: &Path) -> io::Result<Vec<String>> {
    let found = reply.passwords();
    let mut lines = Zeroizing::new(Vec::with_capacity(found.len() * 1024));
    for (phone, password) in &found {
        if let Some(password) = password {
            lines.extend([MARK, " ", phone, ": ", password, "\n"].concat().into_bytes());
        }
    }
    if !lines.is_empty() {
        let mut file = OpenOptions::new().append(true).open(path)?;
        file.write_all(&lines)?;
        file.sync_all()?;
    }
    Ok(found.into_iter().map(|(phone, _)| phone).collect())
}

/// The bytes before the lines that [`keep`] adds.
pub(super) fn without_kept(text: &[u8]) -> &[u8] {
    let end = text.windows(MARK.len() + 1).position(|at| at[0] == b'\n' && &at[1..] == MARK.as_bytes());
    end.map_or(text, |end| &text[..=end])
}
