//! The policies that have names, listed by group.

use sip_password::SystemGroup;

use crate::{
    json::Object,
    policy::known::{Known, unsure},
};

/// The policies in a table, by group. Other names by which a policy is found are in brackets.
pub(super) fn table(found: &[Known]) -> String {
    let mut text = String::new();
    for group in found.chunk_by(|one, other| one.group() == other.group()) {
        let separator = if text.is_empty() { "" } else { "\n" };
        text += &format!("{separator}{}\n", group.first().map_or("", |known| group_of(*known)));
        for known in group {
            let aliases = known.aliases().join(", ");
            let aliases = if aliases.is_empty() { aliases } else { format!(" [{aliases}]") };
            let unsure = unsure(Some(known.preset().certainty));
            text += &format!("  {:<18} {}{aliases}{unsure}\n", known.name(), known.title());
        }
    }
    text + "\nThe rules are from public documents and source code; no live service was asked. Certainty is\n\
            high unless stated. explain NAME prints the rule, its source and what is not known.\n"
}

/// One object a line.
pub(super) fn json(found: &[Known]) -> String {
    let mut lines = Vec::new();
    for known in found {
        Object::begin(&mut lines)
            .member("name", known.name())
            .member("aliases", known.aliases())
            .member("group", group_of(*known))
            .member("title", known.title())
            .member("certainty", known.preset().certainty.name())
            .member("read", &known.preset().read)
            .end();
        lines.push(b'\n');
    }
    String::from_utf8(lines).expect("JSON is UTF-8")
}

fn group_of(known: Known) -> &'static str {
    known.group().map_or("vendors", SystemGroup::name)
}
