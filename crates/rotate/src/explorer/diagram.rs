//! The picture `docs/guide/phone-states.svg` has the states of a phone and the transitions between them, and no others.

use std::{
    collections::{BTreeSet, HashSet},
    format, fs,
    string::{String, ToString},
    vec::Vec,
};

use super::{REAL, Search, search_of};
use crate::{journal::RotationState, vendor_model::Vendor};

/// What follows a confirmation is no state of its own, but drawn like one: who asks for it is not the vendor.
const STAGES: [&str; 2] = ["provisioned", "registered"];
const BETWEEN_STAGES: [(&str, &str); 2] = [("confirmed", "provisioned"), ("provisioned", "registered")];

type Transitions = BTreeSet<(String, String)>;

/// Adds the transitions of a single phone. What the reply to another phone's call says of this one is left out, as in the picture.
fn explore(search: &Search, transitions: &mut Transitions) {
    let mut seen = HashSet::new();
    let mut open: Vec<_> =
        search.vendor.accounts().into_iter().map(|account| search.first(account)).collect();
    while let Some(world) = open.pop() {
        for next in search.steps(&world) {
            let [from, to] = [&world, &next].map(|world| world.phones[0].known.state.name().to_string());
            if from != to {
                transitions.insert((from, to));
            }
            if seen.insert(next.clone()) {
                open.push(next);
            }
        }
    }
}

fn attribute<'a>(element: &'a str, name: &str) -> &'a str {
    let (_, value) =
        element.split_once(&format!(" {name}=\"")).unwrap_or_else(|| panic!("{name}: {element}"));
    value.split('"').next().expect("a text has a first part")
}

fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|_| panic!("expected a number, found {text}"))
}

/// Where a path of horizontal and vertical lines begins and ends.
fn ends(path: &str) -> [(f64, f64); 2] {
    let spaced = path.replace('M', "").replace('H', " H ").replace('V', " V ");
    let words: Vec<_> = spaced.split_whitespace().collect();
    let start = (number(words[0]), number(words[1]));
    let end = words[2..].chunks(2).fold(start, |(x, y), step| match step {
        ["H", x] => (number(x), y),
        ["V", y] => (x, number(y)),
        _ => panic!("expected M, H and V, found {path}"),
    });
    [start, end]
}

/// The names and the arrows of the picture.
fn drawn(picture: &str) -> (BTreeSet<String>, Transitions) {
    let mut boxes = Vec::new();
    let mut arrows = Transitions::new();
    for line in picture.lines() {
        if line.starts_with("<rect class=\"state") {
            let [x, y, width, height] =
                ["x", "y", "width", "height"].map(|name| number(attribute(line, name)));
            let (_, name) = line.split_once("<text class=\"name\"").expect("a box has a name");
            let name = name.split(['>', '<']).nth(1).expect("the name is a text");
            boxes.push((name.to_string(), x - 1.0..=x + width + 1.0, y - 1.0..=y + height + 1.0));
        }
    }
    for line in picture.lines().filter(|line| line.starts_with("<path") && line.contains("marker-end")) {
        let [from, to] = ends(attribute(line, "d")).map(|(x, y)| {
            let found = boxes.iter().find(|(_, xs, ys)| xs.contains(&x) && ys.contains(&y));
            found.unwrap_or_else(|| panic!("no box is at {x}, {y}: {line}")).0.clone()
        });
        assert!(arrows.insert((from, to)), "there is another such arrow: {line}");
    }
    (boxes.into_iter().map(|(name, ..)| name).collect(), arrows)
}

#[test]
fn the_picture_has_the_states_and_the_transitions() {
    let picture = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/guide/phone-states.svg");
    let (names, arrows) = drawn(&fs::read_to_string(picture).expect("the guide has the picture"));

    let states = RotationState::ALL.map(RotationState::name);
    assert_eq!(names, states.into_iter().chain(STAGES).map(String::from).collect());

    let mut transitions: Transitions =
        BETWEEN_STAGES.map(|(from, to)| (from.to_string(), to.to_string())).into();
    for vendor in [Vendor::NxCloud, Vendor::Huawei, Vendor::Exotel] {
        explore(&search_of(vendor, REAL, 1, 1), &mut transitions);
    }
    let missing: Vec<_> = transitions.difference(&arrows).collect();
    let wrong: Vec<_> = arrows.difference(&transitions).collect();
    assert!(
        missing.is_empty() && wrong.is_empty(),
        "arrows that are missing: {missing:?}; that are wrong: {wrong:?}"
    );
}
