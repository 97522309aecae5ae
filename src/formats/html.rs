//! Policies as attributes of an HTML `<input>`.

use core::fmt;
use std::string::ToString;

use crate::{formats::passwordrules::PasswordRules, policy::Policy};

impl Policy {
    /// The policy as attributes of an HTML `<input>`: `minlength`, `maxlength`, `pattern`, and, if given, `passwordrules`.
    ///
    /// Browsers check the first three, and `pattern` expresses every policy. Password managers read `passwordrules`,
    /// which [`password_rules`](Self::password_rules) makes, or reports why they cannot express the policy.
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
    /// Browsers accept an empty field whatever these attributes say, unless the `<input>` also has the attribute
    /// `required`.
    pub const fn html_attributes(&self, password_rules: Option<PasswordRules>) -> HtmlAttributes<'_> {
        HtmlAttributes { policy: self, password_rules }
    }
}

/// A policy as attributes of an HTML `<input>`. [`Policy::html_attributes`] makes it; `Display` writes the attributes,
/// separated by spaces and escaped.
#[derive(Clone, Debug)]
pub struct HtmlAttributes<'a> {
    policy: &'a Policy,
    password_rules: Option<PasswordRules>,
}

impl fmt::Display for HtmlAttributes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules = self.policy.rules();
        write!(f, r#"minlength="{}" maxlength="{}""#, rules.min_length(), rules.max_length())?;
        write!(f, r#" pattern="{}""#, Escaped(self.policy.pattern()))?;
        match &self.password_rules {
            Some(rules) => write!(f, r#" passwordrules="{}""#, Escaped(rules)),
            None => Ok(()),
        }
    }
}

/// Escapes what a value displays, for an attribute in single or double quotes.
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
