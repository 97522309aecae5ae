//! The rules as attributes of an HTML form's field.

use core::fmt;
use std::string::ToString;

use crate::{formats::passwordrules::PasswordRules, policy::Policy};

impl Policy<'_> {
    /// The policy as attributes of an HTML `<input>`: `minlength`, `maxlength`, `pattern`, and `passwordrules` if given.
    ///
    /// The `passwordrules` are for password managers; see [`password_rules`](Self::password_rules), which tells where
    /// they cannot say a policy. `None` leaves them out; `pattern` says every policy.
    ///
    /// ```
    /// use sip_password::{Characters, NXCLOUD_RANDOM};
    ///
    /// let rules = NXCLOUD_RANDOM.password_rules(Characters::Generated)?;
    /// let attributes = NXCLOUD_RANDOM.html_attributes(Some(rules)).to_string();
    /// assert_eq!(
    ///     format!("<input type=password {attributes}>"),
    ///     concat!(
    ///         r#"<input type=password minlength="6" maxlength="6" pattern="(?=.*[0-9])[0-9]{6}" "#,
    ///         r#"passwordrules="minlength: 6; maxlength: 6; required: digit;">"#,
    ///     )
    /// );
    /// # Ok::<(), sip_password::PasswordRulesError>(())
    /// ```
    ///
    /// A browser looks at none of them where the field is empty: `required` asks for that, and is not among them.
    pub const fn html_attributes(&self, password_rules: Option<PasswordRules>) -> HtmlAttributes<'_> {
        HtmlAttributes { policy: self, password_rules }
    }
}

/// A policy as attributes of an HTML `<input>`: prints itself, with spaces between; made by
/// [`Policy::html_attributes`].
#[derive(Clone, Debug)]
pub struct HtmlAttributes<'a> {
    policy: &'a Policy<'a>,
    password_rules: Option<PasswordRules>,
}

impl fmt::Display for HtmlAttributes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules = self.policy.rules();
        write!(f, r#"minlength="{}" maxlength="{}""#, rules.min_length, rules.max_length)?;
        write!(f, r#" pattern="{}""#, Escaped(self.policy.pattern()))?;
        match &self.password_rules {
            Some(rules) => write!(f, r#" passwordrules="{}""#, Escaped(rules)),
            None => Ok(()),
        }
    }
}

/// What something prints, so that it means itself between quotation marks, single or double.
struct Escaped<T>(T);

impl<T: fmt::Display> fmt::Display for Escaped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.to_string().chars().try_for_each(|character| match character {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            other => write!(f, "{other}"),
        })
    }
}
