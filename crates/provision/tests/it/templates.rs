//! Templates of one's own: escaping, variables, and what errors say.

use sip_password_provision::{Phone, Place, Template, variable};

fn phone() -> Phone {
    let mut phone = Phone::new();
    phone.text("user", "a&b");
    phone.column("MAC Address", "001565abcdef");
    phone.column("user", "not this one");
    phone.secret("password", "Fake<&>'Pass");
    phone
}

#[track_caller]
fn made(source: &str, place: Place) -> String {
    let template = Template::new("mine", source, place).expect("it is a template");
    String::from_utf8(template.render(&phone(), (1, false)).expect("it is carried").to_vec())
        .expect("it is text")
}

#[track_caller]
fn fails(source: &str, place: Place) -> String {
    let failed = Template::new("mine", source, place)
        .and_then(|template| template.render(&phone(), (1, false)).map(drop));
    let error = failed.expect_err("it cannot be used").to_string();
    assert!(!error.contains("Fake"), "{error}");
    error
}

#[test]
fn values_are_escaped_once_for_their_place() {
    assert_eq!(made("{{ user }} {{ password }}", Place::Xml), "a&amp;b Fake&lt;&amp;&gt;&#39;Pass");
    // The filter of the file's own place escapes once; that of another first for the one and then for the other.
    assert_eq!(made("{{ user | xml }} {{ user | e }}", Place::Xml), "a&amp;b a&amp;b");
    assert_eq!(made("{{ user | json }}", Place::Xml), "&quot;a&amp;b&quot;");
    assert_eq!(made("{{ user | uri }}", Place::Xml), "a%26b");
    assert_eq!(made("{{ user | json | shell }}", Place::Line), "'\"a&b\"'");
    assert_eq!(
        made("{{ user | safe }} {% autoescape false %}{{ user }}{% endautoescape %} {{ user }}", Place::Xml),
        "a&b a&b a&amp;b"
    );
    assert_eq!(made("{{ password | upper }}", Place::Xml), "FAKE&lt;&amp;&gt;&#39;PASS");
    assert_eq!(
        made("{{ loop.index }}{{ loop.first }}{{ loop.last }}{{ 1.5 }}", Place::Json),
        "1truefalse1.5"
    );
    assert_eq!(made("{{ \"a\" if password else \"b\" }}", Place::Line), "a");
}

#[test]
fn variables() {
    assert_eq!(
        made("{{ user }} {{ mac_address }} {{ column[\"MAC Address\"] }} {{ column.user }}", Place::Line),
        "a&b 001565abcdef 001565abcdef not this one"
    );
    assert_eq!(made("{{ port | default(\"5060\") }}", Place::Line), "5060");
    for (column, name) in
        [("MAC Address", "mac_address"), (" E-Mail.1 ", "e_mail_1"), ("ÄÖ", "äö"), ("--", "")]
    {
        assert_eq!(variable(column), name);
    }
    let template =
        Template::new("mine", "{{ b }}{{ loop.index }}{{ a.x }}", Place::Line).expect("it is a template");
    let template = template.with_file_name("{{ c }}").expect("it is a template");
    assert!(template.variables().iter().eq(["a", "b", "c"]));
}

#[test]
fn a_template_keeps_its_line_breaks() {
    assert_eq!(made("a\n{% if true %}\n  b\n  {% endif %}\nc\n\n", Place::Line), "a\n  b\nc\n\n");
}

#[test]
fn errors_name_the_line_and_no_value() {
    let missing = fails("a\n{{ port | default(1) }}{{ realm }}{{ user }}\n", Place::Line);
    assert_eq!(missing, "template mine, line 2: expected a value of realm, found none");
    assert_eq!(
        fails("{{ realm | xml }}", Place::Line),
        "template mine, line 1: expected a value of realm, found none"
    );
    assert_eq!(
        fails("{{ password | ha1(realm) }}", Place::Line),
        "template mine, line 1: expected a value of realm, found none"
    );
    assert_eq!(
        fails("\n{{ \"a\\nb\" }}", Place::Line),
        "template mine, line 2: line: expected a text on one line, found U+000A"
    );
    assert_eq!(
        fails("{{ \"a \" }}", Place::Line),
        "template mine, line 1: line: expected a text on one line, found a space at an end of it"
    );
    assert_eq!(fails("{{ column }}", Place::Line), "template mine, line 1: expected a text, found map");
    for source in [
        "{{ password | int }}",
        "{{ password + 1 }}",
        "{{ password.x.y }}",
        "{{ (password | string) | int }}",
        "{{ {}[password] }}",
        "{{ password | ha1 }}",
        "{{ password | ha1(password | nofilter) }}",
        "{{ password | ha1(\"r\", algorithm=password) }}",
        "{{ password | ha1(\"r\", nothing=password) }}",
        "{{ password | mac }}",
        "{{ password() }}",
        "{{ password.join(1) }}",
        "{% include password %}",
        "{{ \"x\" | attr(password) | upper }}",
    ] {
        fails(source, Place::Line);
    }
    assert!(fails("{{ password ", Place::Line).starts_with("template mine, line 1: syntax error: "));
    assert!(fails("{{ password | nofilter }}", Place::Line).contains("nofilter"));
}

#[test]
fn names_of_files() {
    let named = |name: &str| {
        let template =
            Template::new("mine", "", Place::Line).and_then(|template| template.with_file_name(name));
        template.and_then(|template| template.file_name(&phone()))
    };
    assert_eq!(named("{{ mac_address }}.cfg").expect("it is a name").as_deref(), Some("001565abcdef.cfg"));
    for wrong in [
        "",
        ".",
        "..",
        ".x",
        "a/b",
        "a\\b",
        "../x",
        "a:b",
        "{{ \"a/b\" }}",
        "a ",
        "a\nb",
        "x.",
        "con",
        "NUL.cfg",
        "aux .xml",
        "Com1.a.b",
        "lpt².cfg",
        "{{ missing }}",
        "{{ x",
    ] {
        assert!(named(wrong).is_err(), "{wrong:?}");
    }
    assert!(named(&"a".repeat(201)).is_err());
    for right in ["console.cfg", "com.cfg", "com10.cfg", "auxiliary", "a.nul"] {
        assert_eq!(named(right).expect("it is a name").as_deref(), Some(right));
    }
    // Messages have the name.
    for secret in [
        "{{ password }}.cfg",
        "{% set name = password | upper %}{{ name }}.cfg",
        "{{ user if password else 1 }}",
    ] {
        let error = named(secret).expect_err("it has a secret").to_string();
        assert_eq!(
            error,
            "template mine: expected the name of a file without a secret, found password in its template"
        );
    }
}

#[test]
fn nothing_is_shown_of_a_password() {
    let phone = phone();
    assert!(!format!("{phone:?}").contains("Fake"));
}
