//! The catalogue as a page, `docs/CATALOGUE.md`, which is made from the files.

use std::{env, fs};

use sip_password::{PRESETS, PolicyFile, SystemGroup};

use super::source::ENTRIES;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/CATALOGUE.md");

const HEAD: &str = "\
# The catalogue

The password rules of SIP systems, each from a public document or from source code. Nothing was tried against a live service. Certainty: **high**,
the system's own text or source was read; **medium**, a strong inference or the word of a community; **low**, a guess, or a rule of this
library where the vendor states none. The entropy is that of a generated password of the default length; systems that name no
characters get letters and digits.

This page is made from `src/presets/` and `presets/` by `UPDATE_CATALOGUE=1 cargo test -p sip-password-formats systems`, and compared with them
by the tests. `sip-password explain NAME` prints the exact number of passwords, the entropy by length, and more.
";

const GENERATORS: &str = "
## How systems make passwords by themselves

This library draws each compliant password with the same probability, from a cryptographic random generator. Others, by their source code:

| system | how | compared with this library |
|---|---|---|
| FreePBX, Issabel | `md5(uniqid())` | weaker: made of the clock; its 32 characters exceed the 30 that Cisco phones hold |
| MagnusBilling | 8 characters by `rand`, after `srand(microtime)` | weaker: a seed of some 20 bits |
| NethVoice | 8 characters by `rand`, or 18 by `mt_rand` | weaker: not a cryptographic generator |
| IvozProvider | 3 + 3 + 3 + 1 characters, shuffled by `str_shuffle` | weaker: one shape of all compliant ones, and the shuffle is a Mersenne Twister's |
| Sipwise NGCP | 3 of each class; `<`, `>` and `&` become `,` | weaker: the comma is more likely than the rest |
| FS PBX | 25 characters, up to 3 of them overwritten by specials at places of `mt_rand` | weaker: a special can overwrite another |
| FusionPBX | 20 of four sets by `random_int` | as strong, but may not comply: no class is guaranteed, while its own check may require it |
| MikoPBX | base58, from a cryptographic generator | as strong for its length |
| Bland | 16 or 32 characters without `0O1lI` | as strong, as far as its page says |

## Another system

CONTRIBUTING.md has a checklist: one file, and two lines.
";

/// A row of a table, and a paragraph on the sources.
fn entry(file: &PolicyFile, aliases: &[String]) -> (String, String) {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let (name, policy) = (text(&file.name), file.policy());
    let others = aliases.iter().map(|alias| format!(", `{alias}`")).collect::<String>();
    let (length, lengths) = (policy.default_length(), policy.lengths());
    let rule = policy.explain().to_string();
    // The first line is that of the lengths.
    let rule: Vec<_> = rule.lines().skip(1).map(|line| format!("    {line}\n")).collect();
    let certainty = file.certainty.map(|certainty| certainty.name()).unwrap_or_default();
    let row = format!(
        "| `{name}`{others} | {} | {}-{} | {length}: {:.2} | {certainty} | {} |\n",
        text(&file.title),
        lengths.start(),
        lengths.end(),
        file.counts().entropy(length),
        text(&file.read),
    );
    let notes = file.notes.iter().map(|note| format!("- {note}\n")).collect::<String>();
    let details = format!("\n**`{name}`**: {}\n\n{}\n{notes}", text(&file.source), rule.concat());
    (row, details)
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    let mut section = |title: &str, entries: Vec<(String, String)>| {
        let (rows, details): (String, String) = entries.into_iter().unzip();
        page += &format!(
            "\n## {title}\n\n| name | password | length | default length: bits | certainty | read |\n|---|---|---|---|---|---|\n"
        );
        page += &rows;
        page += &details;
    };
    let presets = PRESETS.iter().map(|&preset| entry(&preset.into(), &[]));
    section("Vendors with an interface in this library", presets.collect());
    for group in SystemGroup::ALL {
        let of_group = ENTRIES.iter().filter(|entry| format!("{group:?}").to_lowercase() == entry.group);
        let name = group.name();
        let title = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
        section(&title, of_group.map(|one| entry(&one.file, &one.aliases)).collect());
    }
    page + GENERATORS
}

#[test]
fn the_page_is_made_of_the_files() {
    let page = page();
    if env::var_os("UPDATE_CATALOGUE").is_some() {
        fs::write(PAGE, &page).expect("the page can be written");
    }
    let found = fs::read_to_string(PAGE).unwrap_or_default();
    let differs = page.lines().zip(found.lines()).find(|(made, found)| made != found);
    assert!(page == found, "docs/CATALOGUE.md differs: {differs:?}; see its head for the command");
}
