//! `sip-password provision`, and `generate --template`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tempfile::{TempDir, tempdir};

use crate::process::{fails, run, run_on, status, stderr, stdout};

const LIST: &str = "Extension,MAC Address,Full Name,password\n\
    1001,00:15:65:AB:CD:01,\"Ada <A> & Co\",Fake&Pass1\n\
    1002,00-15-65-ab-cd-02,Bob,Fake;Pass2\n";

struct Files {
    directory: TempDir,
}

impl Files {
    /// A directory with this list in it.
    fn new(list: &str) -> Self {
        let files = Self { directory: tempdir().expect("there is a directory for temporary files") };
        files.write("list.csv", list);
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().expect("text").to_owned()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("there is room");
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("it is there")
    }

    /// What is in a directory, with hidden files.
    fn names(&self, name: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(name)).into_iter().flatten();
        let mut names: Vec<_> = entries
            .map(|entry| entry.expect("it is ours").file_name().into_string().expect("text"))
            .collect();
        names.sort();
        names
    }

    fn provision(&self, template: &str, more: &[&str]) -> std::process::Output {
        let list = self.text("list.csv");
        run(&[&["provision", "--template", template, &list][..], more].concat())
    }

    /// Provisions into the directory `out`.
    fn provision_directory(&self, template: &str, more: &[&str]) -> std::process::Output {
        let directory = self.text("out");
        self.provision(
            template,
            &[&["--output-dir", &directory, "--set", "registrar=sip.example.com"], more].concat(),
        )
    }
}

#[test]
fn one_file_of_all_phones() {
    let files = Files::new(LIST);
    let output = files.provision("asterisk", &[]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    assert_eq!(
        stdout(&output),
        "[1001]\ntype = auth\nauth_type = userpass\nusername = 1001\npassword = Fake&Pass1\n\n\
         [1002]\ntype = auth\nauth_type = userpass\nusername = 1002\npassword = Fake\\;Pass2\n\n"
    );
    assert_eq!(stderr(&output), "sip-password: 2 phones by template asterisk\n");
    // In a file, in a directory, and from standard input it is the same.
    let file = files.text("pjsip.conf");
    assert_eq!(status(&files.provision("asterisk", &["--output", &file])), 0);
    assert_eq!(files.read("pjsip.conf"), stdout(&output));
    fails(&files.provision("asterisk", &["--output", &file]), "exists");
    assert_eq!(status(&files.provision("asterisk", &["--output", &file, "--force"])), 0);
    assert_eq!(status(&files.provision_directory("asterisk", &[])), 0);
    assert_eq!(files.names("out"), ["pjsip_auth.conf"]);
    assert_eq!(files.read("out/pjsip_auth.conf"), stdout(&output));
    let piped = run_on(LIST.as_bytes(), &["provision", "--template", "asterisk"]);
    assert_eq!(stdout(&piped), stdout(&output));
}

#[test]
fn a_file_a_phone() {
    let files = Files::new(LIST);
    let output = files.provision_directory("yealink", &[]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    assert_eq!(files.names("out"), ["001565abcd01.cfg", "001565abcd02.cfg"]);
    let file = files.read("out/001565abcd01.cfg");
    assert!(file.contains("account.1.display_name = Ada <A> & Co\n"), "{file}");
    assert!(file.contains("account.1.password = Fake&Pass1\n"), "{file}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode =
            |name: &str| fs::metadata(files.path(name)).expect("it is there").permissions().mode() & 0o777;
        assert_eq!((mode("out"), mode("out/001565abcd01.cfg")), (0o700, 0o600));
    }
    // Nothing is overwritten by chance: both phones are named, and what was there stays.
    files.write("out/001565abcd02.cfg", "mine");
    let again = files.provision_directory("yealink", &[]);
    fails(&again, "line 2 (\"1001\"): ");
    assert!(stderr(&again).contains("line 3 (\"1002\"): ") && stderr(&again).contains("no file was written"));
    assert_eq!(files.read("out/001565abcd02.cfg"), "mine");
    assert_eq!(status(&files.provision_directory("yealink", &["--force"])), 0);
    assert!(files.read("out/001565abcd02.cfg").contains("Fake;Pass2"));
    assert_eq!(files.names("out"), ["001565abcd01.cfg", "001565abcd02.cfg"]);
}

/// All rows that cannot be written are named, no password is, and nothing is left behind.
#[test]
fn wrong_rows() {
    let long = "a".repeat(31);
    let list = format!(
        "user,mac,password\n1,001565abcd01,Fake-Pass-1\n2,not a mac,Fake-Pass-2\n3,001565ABCD01,Fake-Pass-3\n4,001565abcd04,{long}\n\
         5,001565abcd05\n6,001565abcd06,\n7,001565abcd07,Fake-Pass-7\n"
    );
    let files = Files::new(&list);
    let output = files.provision_directory("cisco", &[]);
    fails(&output, "line 3 (\"2\"): template cisco, line 1: mac: expected a MAC address");
    for said in [
        "line 4 (\"3\"): the file's name \"SEP001565ABCD01.cnf.xml\" is that of line 2 (\"1\") already",
        "line 5 (\"4\"): template cisco: expected a password of at most 30 characters, found 31",
        "line 6: expected 3 fields",
        "line 7: expected a password, found an empty field",
        "5 phones cannot be written, named above; no file was written",
    ] {
        assert!(stderr(&output).contains(said), "{said}: {}", stderr(&output));
    }
    assert!(!stderr(&output).contains("Fake") && !stderr(&output).contains(&long));
    assert!(!files.path("out").exists());
    // One in one file of all: the same, and on standard output, which may be a file too.
    let files = Files::new("user,password\n1,Fake-Pass-1\n2,\" Fake\"\n");
    let file = files.text("one");
    for output in [&["--output", &file][..], &[]] {
        let output = files.provision("asterisk", output);
        fails(&output, "line 3 (\"2\"): template asterisk, line 5: pjsip: expected a text");
        assert_eq!(stdout(&output), "");
    }
    assert_eq!(files.names(""), ["list.csv"]);
    // Nobody.
    let files = Files::new("user,password\n1,Fake-Pass-1\n,Fake-Pass-2\n");
    fails(&files.provision("asterisk", &[]), "line 3 (\"\"): expected a user, found an empty field");
}

/// A password is not shown for another column, nor is it a part of a file's name.
#[test]
fn a_password_in_a_wrong_place() {
    for list in ["extension,password\n,Fake-Pass-1\n", "extension,key\nFake-Pass-1,1\n"] {
        let files = Files::new(list);
        let more =
            if list.contains("password") { ["--map", "user=password"] } else { ["--password", "extension"] };
        let output = files.provision("cisco", &[&more[..], &["--output-dir", &files.text("out")]].concat());
        fails(&output, "line 2: ");
        assert!(!stderr(&output).contains("Fake"), "{}", stderr(&output));
    }
    let files = Files::new("user,password\nFake-Pass-1,Fake-Pass-1\n");
    let output = files.provision_directory("yealink", &[]);
    fails(&output, "line 2 (***): ");
    assert!(!stderr(&output).contains("Fake"), "{}", stderr(&output));
    let files = Files::new(LIST);
    let output = files.provision_directory("yealink", &["--file-name", "{{ password }}.cfg"]);
    fails(&output, "expected the name of a file without a secret");
    assert!(!stderr(&output).contains("Fake") && !files.path("out").exists());
}

/// What a file is made from is not replaced by it.
#[test]
fn a_file_of_its_own_list() {
    let files = Files::new(LIST);
    files.write("list.csv.j2", "{{ extension }}\n");
    files.write("mine.csv", "{{ extension }}\n");
    let [list, mine, same] = ["list.csv", "mine.csv", "./list.csv"].map(|name| files.text(name));
    let directory = files.text("");
    for output in [&["--output", &list], &["--output", &same], &["--output-dir", &directory]] {
        let output = files.provision(&files.text("list.csv.j2"), &[&output[..], &["--force"]].concat());
        fails(&output, "is the list itself, which is never overwritten");
    }
    fails(&files.provision(&mine, &["--output", &mine, "--force"]), "is the template itself");
    assert_eq!(files.read("list.csv"), LIST);
    assert_eq!(files.names(""), ["list.csv", "list.csv.j2", "mine.csv"]);
}

#[test]
fn values() {
    let files = Files::new("Nebenstelle,password\n1001,Fake-Pass-1\n");
    let missing = files.provision("asterisk-md5", &[]);
    fails(&missing, "template asterisk-md5, line 1: expected a value of user, found none");
    let given = ["--map", "user=Nebenstelle", "--set", "realm=asterisk"];
    let output = files.provision("asterisk-md5", &given);
    // Of "1001:asterisk:Fake-Pass-1", by Python's hashlib.
    assert!(stdout(&output).contains("md5_cred = ba4ec5134b0dd48ae13b157c7fd157d5\n"), "{}", stdout(&output));
    fails(&files.provision("asterisk", &["--map", "user=nothing"]), "--map: expected a column");
    for wrong in ["password=Fake-Pass", "1a=b", "a-b=c", "=x", "x"] {
        let output = files.provision("asterisk", &["--set", wrong]);
        assert_eq!(status(&output), 2);
        assert!(!stderr(&output).contains("Fake"), "{}", stderr(&output));
    }
}

#[test]
fn a_template_of_ones_own() {
    let files = Files::new(LIST);
    let mine = files.text("mine.xml.j2");
    files.write("mine.xml.j2", "<p u=\"{{ extension }}\">{{ password }}{{ loop.last }}</p>\n");
    let output = files.provision(&mine, &[]);
    assert_eq!(stdout(&output), "<p u=\"1001\">Fake&amp;Pass1false</p>\n<p u=\"1002\">Fake;Pass2true</p>\n");
    let output = files.provision_directory(&mine, &["--file-name", "{{ extension }}.xml"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    assert_eq!(files.names("out"), ["1001.xml", "1002.xml"]);
    assert_eq!(status(&files.provision_directory(&mine, &[])), 0);
    assert_eq!(files.names("out"), ["1001.xml", "1002.xml", "mine.xml"]);

    files.write("mine", "{{ password }}\n");
    let mine = files.text("mine");
    fails(&files.provision(&mine, &[]), "--escape");
    assert_eq!(stdout(&files.provision(&mine, &["--escape", "shell"])), "'Fake&Pass1'\n'Fake;Pass2'\n");
    files.write("mine", "{{ password | nofilter }\n");
    fails(&files.provision(&mine, &["--escape", "line"]), "line 1: syntax error");
    fails(&files.provision("yealnk", &[]), "did you mean yealink?");
    fails(&files.provision("yealink", &[]), "expected --output-dir");
    fails(&files.provision("no/such.xml", &[]), "cannot read");
    fails(&run(&["provision", &files.text("list.csv")]), "expected --template with one of asterisk, ");
}

/// Of a name and of a port there are defaults.
#[test]
fn a_missing_column_is_named_alone() {
    let files = Files::new("Extension,Full Name,password\n1001,Ada,Fake&Pass1\n");
    let output = files.provision_directory("yealink", &[]);
    fails(&output, "expected a value of mac, found none\n");
}

#[test]
fn what_comes_with_the_command() {
    let listed = run(&["provision", "--list-templates"]);
    assert_eq!(stdout(&listed).lines().filter(|line| !line.starts_with(' ')).count(), 17);
    let printed = run(&["provision", "--print", "yealink"]);
    assert!(stdout(&printed).contains("account.1.password = {{ password }}\n"));
    // A copy makes the same.
    let files = Files::new(LIST);
    files.write("copy.cfg.j2", stdout(&printed));
    let name = ["--file-name", "{{ mac | mac }}.cfg"];
    assert_eq!(status(&files.provision_directory(&files.text("copy.cfg.j2"), &name)), 0);
    let copied = files.read("out/001565abcd01.cfg");
    assert_eq!(status(&files.provision_directory("yealink", &["--force"])), 0);
    assert_eq!(files.read("out/001565abcd01.cfg"), copied);
    fails(&run(&["provision", "--print", "snm"]), "did you mean snom?");
}

/// The name of a copy need not say what its values are escaped for: a Poly's file is XML, and ends in .cfg.
#[test]
fn a_copy_knows_its_place() {
    let files = Files::new(LIST);
    files.write("copy.cfg.j2", stdout(&run(&["provision", "--print", "poly"])));
    let name = ["--file-name", "{{ mac | mac }}-phone.cfg"];
    assert_eq!(status(&files.provision_directory(&files.text("copy.cfg.j2"), &name)), 0);
    let copied = files.read("out/001565abcd01-phone.cfg");
    assert!(copied.contains("=\"Fake&amp;Pass1\""), "{copied}");
    assert_eq!(status(&files.provision_directory("poly", &["--force"])), 0);
    assert_eq!(files.read("out/001565abcd01-phone.cfg"), copied);
    files.write("wrong.cfg", "{#- escape: xlm -#}\n");
    fails(&files.provision(&files.text("wrong.cfg"), &[]), "expected one of line, xml,");
}

/// The list is the record; the files are made of it.
#[test]
fn generated_for_a_list() {
    let files = Files::new("user,mac\n1001,001565abcd01\n1002,001565abcd02\n");
    let [list, new, out] = ["list.csv", "new.csv", "out"].map(|name| files.text(name));
    let generate = |more: &[&str]| {
        let usual = [
            "generate",
            "exotel",
            "--for",
            &list,
            "--template",
            "yealink",
            "--set",
            "registrar=sip.example.com",
        ];
        run(&[&usual[..], more].concat())
    };
    let both = ["--output", &new, "--output-dir", &out];
    for some in [&both[..2], &both[2..]] {
        fails(&generate(some), "expected --for with a list, --output for the list");
    }
    assert_eq!(files.names(""), ["list.csv"]);
    let output = generate(&both);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    assert_eq!(stdout(&output), "");
    for line in files.read("new.csv").lines().skip(1) {
        let [user, mac, password] = line.split(',').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let file = files.read(&format!("out/{mac}.cfg"));
        assert!(file.contains(&format!("account.1.user_name = {user}\n")), "{file}");
        assert!(file.contains(&format!("account.1.password = {password}\n")), "{file}");
    }
    // A template that cannot be used is found before anything is written; one that a row does not fit, behind the list.
    fails(
        &generate(&["--output", &files.text("two.csv"), "--output-dir", &out, "--file-name", "{{ x"]),
        "syntax error",
    );
    assert!(!files.path("two.csv").exists());
    fails(
        &generate(&["--output", &files.text("two.csv"), "--output-dir", &out]),
        "two.csv\", which provision reads",
    );
    assert_eq!(files.read("two.csv").lines().count(), 3);
}

#[test]
fn for_a_target() {
    let output = run(&["generate", "exotel", "--count", "500", "--for-target", "yealink,grandstream"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let is_carried = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!*@+~".contains(&byte);
    assert!(stdout(&output).lines().all(|password| password.bytes().all(is_carried)));
    fails(
        &run(&["generate", "exotel", "--length", "31", "--for-target", "cisco"]),
        "--for-target cisco: expected a length of at most 30 characters, found 31",
    );
    assert_eq!(status(&run(&["generate", "exotel", "--length", "30", "--for-target", "cisco"])), 0);
}

/// A directory that cannot be written, and one that is a file.
#[test]
fn wrong_directories() {
    let files = Files::new(LIST);
    files.write("out", "a file");
    let output = files.provision_directory("yealink", &[]);
    assert_eq!(status(&output), 2, "{}", stderr(&output));
    assert_eq!(files.read("out"), "a file");
    let deep = files.text("no/such");
    assert_eq!(status(&files.provision("yealink", &["--set", "registrar=x", "--output-dir", &deep])), 2);
    assert!(!Path::new(&deep).exists());
}
