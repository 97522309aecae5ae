//! Plural forms: which one a language uses for a number.
//!
//! Source: Unicode CLDR, "Language Plural Rules", for whole numbers under a million.

/// The plural categories of the CLDR that the languages below use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    One,
    Few,
    Many,
    Other,
}

/// Languages that choose among the same forms in the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PluralRule {
    /// One form for all numbers.
    Invariant,
    /// As in English: `one` for 1.
    One,
    /// As in French: `one` for 0 and 1.
    ZeroOrOne,
    /// As in Czech: `one` for 1, `few` for 2 to 4.
    Czech,
    /// As in Polish: as in Russian, but `one` only for 1.
    Polish,
    /// As in Russian: by the last two digits, `one` for 1 except 11, `few` for 2 to 4 except 12 to 14, `many` otherwise.
    Russian,
}

impl PluralRule {
    /// The rule of a language, from its tag. A language that is not listed has that of English.
    pub(super) fn of(tag: &str) -> Self {
        let tag = tag.to_ascii_lowercase();
        match tag.split('-').next().unwrap_or_default() {
            "id" | "ja" | "km" | "ko" | "lo" | "ms" | "my" | "th" | "vi" | "yue" | "zh" => Self::Invariant,
            "pt" if tag == "pt-pt" => Self::One,
            "am" | "bn" | "fa" | "fr" | "gu" | "hi" | "hy" | "kn" | "pa" | "pt" | "zu" => Self::ZeroOrOne,
            "cs" | "sk" => Self::Czech,
            "pl" => Self::Polish,
            // Bosnian, Croatian and Serbian call `other` what Russian calls `many`.
            "be" | "bs" | "hr" | "ru" | "sr" | "uk" => Self::Russian,
            _ => Self::One,
        }
    }

    /// The form for a number of things.
    pub(super) fn form(self, number: usize) -> Form {
        let few = (2..=4).contains(&(number % 10)) && !(12..=14).contains(&(number % 100));
        match (self, number) {
            (Self::Invariant, _) => Form::Other,
            (Self::ZeroOrOne, 0) | (Self::ZeroOrOne | Self::One | Self::Czech | Self::Polish, 1) => Form::One,
            (Self::ZeroOrOne | Self::One, _) => Form::Other,
            (Self::Czech, 2..=4) => Form::Few,
            (Self::Czech, _) => Form::Other,
            (Self::Russian, _) if number % 10 == 1 && number % 100 != 11 => Form::One,
            (Self::Polish | Self::Russian, _) => {
                if few {
                    Form::Few
                } else {
                    Form::Many
                }
            }
        }
    }

    /// The form that a suffix names, if the language has it.
    pub(super) fn named(self, suffix: &str) -> Option<Form> {
        let (form, languages): (_, &[Self]) = match suffix {
            "one" => (Form::One, &[Self::One, Self::ZeroOrOne, Self::Czech, Self::Polish, Self::Russian]),
            "few" => (Form::Few, &[Self::Czech, Self::Polish, Self::Russian]),
            "many" => (Form::Many, &[Self::Polish, Self::Russian]),
            _ => return None,
        };
        languages.contains(&self).then_some(form)
    }
}

#[cfg(test)]
mod tests {
    use std::string::String;

    use super::*;

    /// The first numbers of each form, and those around 10 and 100, from the CLDR's charts.
    #[test]
    fn forms_of_numbers() {
        const NUMBERS: [usize; 15] = [0, 1, 2, 4, 5, 10, 11, 12, 14, 21, 22, 25, 101, 111, 112];
        for (tag, forms) in [
            ("zh-Hans", "ooooooooooooooo"),
            ("en", "o1ooooooooooooo"),
            ("sw", "o1ooooooooooooo"),
            ("pt-PT", "o1ooooooooooooo"),
            ("pt-BR", "11ooooooooooooo"),
            ("FR-ca", "11ooooooooooooo"),
            ("cs", "o1ffooooooooooo"),
            ("pl", "m1ffmmmmmmfmmmm"),
            ("ru", "m1ffmmmmm1fm1mm"),
        ] {
            let rule = PluralRule::of(tag);
            let found: String = NUMBERS
                .iter()
                .map(|&number| match rule.form(number) {
                    Form::One => '1',
                    Form::Few => 'f',
                    Form::Many => 'm',
                    Form::Other => 'o',
                })
                .collect();
            assert_eq!(found, forms, "{tag}");
        }
    }

    /// A language has a suffix for exactly the forms that its numbers take, except `other`.
    #[test]
    fn suffixes_of_forms() {
        for tag in ["zh", "en", "fr", "cs", "pl", "ru"] {
            let rule = PluralRule::of(tag);
            for (suffix, form) in [("one", Form::One), ("few", Form::Few), ("many", Form::Many)] {
                let used = (0..200).any(|number| rule.form(number) == form);
                assert_eq!(rule.named(suffix), used.then_some(form), "{tag} {suffix}");
            }
            assert_eq!(rule.named("other"), None);
        }
    }
}
