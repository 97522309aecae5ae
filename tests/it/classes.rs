//! The classes of a policy, and some of them.

use sip_password::{CharSet, Class, ClassSet, EXOTEL, HUAWEI, Policy, Rules};

#[test]
fn every_set_of_classes_is_selected() {
    let all = HUAWEI.classes();
    assert_eq!((all.len(), all.is_empty(), all.indices().len()), (4, false, 4));
    for bits in 0..256_usize {
        let set: ClassSet = (0..8).filter(|index| bits >> index & 1 == 1).collect();
        let selected = all.select(set);
        let expected: Vec<_> = all.iter().enumerate().filter(|(index, _)| set.contains(*index)).collect();
        assert_eq!(selected.len(), expected.len());
        assert_eq!(selected.is_empty(), expected.is_empty());
        assert_eq!(selected.iter().size_hint(), (expected.len(), Some(expected.len())));
        assert!(selected.into_iter().eq(expected.iter().map(|(_, class)| *class)));
        // Of some classes no more than these can be selected.
        assert_eq!(selected.select(all.indices()), selected);
        let names: Vec<_> = expected.iter().map(|(_, class)| class.name().to_owned()).collect();
        assert_eq!((selected.to_string(), format!("{selected:?}")), (names.join(", "), format!("{names:?}")));
    }
}

/// Classes are compared by what they are, not by the policy that has them.
#[test]
fn classes_are_compared_by_value() {
    let other = |digits: Class| {
        let rules =
            Rules::new().with_class(Class::new("lowercase letters", CharSet::LOWERCASE)).with_class(digits);
        Policy::new(rules).expect("it is sound")
    };
    let digits = Class::new("digits", CharSet::DIGITS);
    let (one, same) = (other(digits), other(digits));
    assert_eq!(one.classes(), same.classes());
    for digits in
        [digits.at_least(1), Class::new("numbers", CharSet::DIGITS), Class::new("digits", CharSet::of("1"))]
    {
        assert_ne!(one.classes(), other(digits).classes());
    }
    assert_ne!(HUAWEI.classes(), EXOTEL.classes().select(ClassSet::EMPTY.with(0)));
    assert!(format!("{:?}", HUAWEI.classes().iter()).starts_with("ClassesIter("));
}
