//! Files: which of them must be valid, how they are read, and their names in messages.

#[cfg(unix)]
use std::fs;
#[cfg(unix)]
use std::path::PathBuf;

use super::*;

const COMPLETE: [(&str, &str); 3] =
    [("OSC_ACCESS_KEY", "A"), ("OSC_SECRET_KEY", "s"), ("OSC_REGION", "us-east-2")];

fn complete(world: World) -> World {
    COMPLETE.into_iter().fold(world, |world, (name, value)| world.variable(name, value))
}

#[test]
fn a_default_profile_that_is_not_needed_only_warns() {
    for text in [
        "",
        " \n",
        "[]",
        "{\"default\": {\"access_key\": \"A\", }}",
        r#"{"default": 3}"#,
        r#"{"default": {"region": 5}}"#,
        r#"{"default": {"secret_key": []}}"#,
        r#"{"a": {"default": true}, "b": {"default": true}}"#,
        "\u{0}{\u{0}}",
    ] {
        let world = world().file(HOME_FILE, text);
        assert_eq!(world.problems().len(), 1, "{text:?}");
        let resolved = complete(world).resolved();
        assert_eq!(resolved.warnings.len(), 1, "{text:?}: {:?}", resolved.warnings);
        assert!(resolved.warnings[0].contains(HOME_FILE), "{:?}", resolved.warnings);
        let selected =
            complete(World::default().file(HOME_FILE, text)).variable("OSC_CONFIG_FILE", HOME_FILE);
        assert_eq!(selected.problems().len(), 1, "{text:?}");
    }
    // The region of the profile is needed.
    let world = World::default().profile(r#""region": 5"#);
    world
        .variable("OSC_ACCESS_KEY", "A")
        .variable("OSC_SECRET_KEY", "s")
        .one_problem(&["`region`", "quotes"]);
}

#[test]
fn a_home_directory_is_expanded_wherever_a_path_is_accepted() {
    let world = || world().file("/home/me/c.pem", CERTIFICATE).file("/home/me/k.pem", KEY);
    let profiles =
        r#"{"default": {"region": "r", "x509_client_cert": "~/c.pem", "x509_client_key": "~/k.pem"}}"#;
    let world = |file: &str| world().file(file, profiles);
    let named = world("/home/me/osc.json");
    for world in [
        world(HOME_FILE),
        world("/home/me/osc.json").variable("OSC_CONFIG_FILE", "~/osc.json"),
        named.overrides(|overrides| overrides.config_file = Some("~/osc.json".into())),
        world("/home/me").variable("OSC_CONFIG_FILE", "~"),
    ] {
        let resolved = world.resolved();
        assert_eq!(resolved.config.region, "r");
        assert!(resolved.connection.client_certificate.is_some());
    }
    World::default()
        .variable("HOME", "")
        .variable("OSC_CONFIG_FILE", "~/x")
        .one_problem(&["OSC_CONFIG_FILE", "HOME"]);
}

#[cfg(unix)]
#[test]
fn only_regular_files_of_limited_size_are_read() {
    let directory = temporary("regular");
    let large = directory.join("large");
    fs::File::create(&large).unwrap().set_len((1 << 20) + 1).unwrap();
    let symlink_loop = directory.join("loop");
    std::os::unix::fs::symlink(&symlink_loop, &symlink_loop).unwrap();
    let pipe = directory.join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for (path, reason) in [
        (directory.clone(), "directory"),
        (PathBuf::from("/dev/zero"), "regular"),
        (pipe, "regular"),
        (large, "1 MiB"),
        (symlink_loop, "links"),
    ] {
        let error = file::read(&path).unwrap_err().to_string();
        assert!(error.contains(reason), "{}: {error}", path.display());
    }
    let small = directory.join("small");
    fs::write(&small, vec![b'a'; 1 << 20]).unwrap();
    assert_eq!(file::read(&small).unwrap().len(), 1 << 20);
}

/// The path was a regular file when it was checked, and is a pipe without a writer when it is opened.
#[cfg(unix)]
#[test]
fn a_file_replaced_by_a_pipe_does_not_block() {
    let directory = temporary("replaced");
    let pipe = directory.join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let error = file::open(&pipe).unwrap_err().to_string();
    assert!(error.contains("regular"), "{error}");
    assert!(file::open(&directory).is_err());
    fs::write(directory.join("file"), "{}").unwrap();
    assert!(file::open(&directory.join("file")).is_ok());
}

#[cfg(unix)]
#[test]
fn permissions_are_checked_except_in_a_volume_of_kubernetes() {
    use std::os::unix::fs::PermissionsExt as _;

    let directory = temporary("volume");
    let data = directory.join("..2024_01_31_23_59_59.1");
    fs::create_dir(&data).unwrap();
    std::os::unix::fs::symlink(&data, directory.join("..data")).unwrap();
    std::os::unix::fs::symlink("..data/key", directory.join("key")).unwrap();
    for path in [data.join("key"), directory.join("own")] {
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    }
    assert_eq!(file::mode(&directory.join("key")), None);
    assert_eq!(file::mode(&directory.join("own")).map(|mode| mode & 0o777), Some(0o644));
}

#[test]
fn a_key_file_that_others_can_read_is_warned_about_once() {
    let pair = |key: &str, certificate: &str| World {
        mode: Some(0o644),
        ..world()
            .file(HOME_FILE, &format!("{CERTIFICATE}{KEY}"))
            .file("/c.pem", &format!("{CERTIFICATE}{KEY}"))
            .variable("OSC_X509_CLIENT_CERT", certificate)
            .variable("OSC_X509_CLIENT_KEY", key)
            .variable("OSC_CONFIG_FILE", "/osc.json")
            .file("/osc.json", "{}")
    };
    for (key, certificate, warned) in [
        (HOME_FILE, "/c.pem", true),
        ("", HOME_FILE, true),
        (HOME_FILE, HOME_FILE, true),
        ("/c.pem", HOME_FILE, false),
    ] {
        let warnings = pair(key, certificate).resolved().warnings;
        assert_eq!(warnings.len(), usize::from(warned), "{key} {certificate}: {warnings:?}");
        assert!(warnings.iter().all(|warning| warning.contains("chmod 600")), "{warnings:?}");
    }
}

#[test]
fn the_encoding_of_a_file_is_recognized() {
    let utf_16 = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    for text in [utf_16("\u{feff}{}"), utf_16("{}"), utf_16(CERTIFICATE)] {
        assert_eq!(file::foreign_encoding(&text), Some("UTF-16"));
    }
    assert_eq!(file::foreign_encoding(b"{}"), None);
    assert_eq!(file::foreign_encoding(b"\xef\xbb\xbf{}"), None);
}

#[test]
fn a_path_is_shown_and_a_key_is_not() {
    for path in
        ["/etc/ssl/private/client.key", "none.pem", "certs/key", "/run/secrets/Tls.Key", "C:\\a\\client.pem"]
    {
        assert_eq!(file::display(Path::new(path)), path);
    }
    let key = KEY.lines().nth(2).unwrap();
    for text in [key, KEY, "AK345678901234567890", &KEY.replace('\n', " "), "{\"default\": {}}"] {
        assert!(!file::display(Path::new(text)).contains(text), "{text}");
    }
}

#[cfg(unix)]
fn temporary(name: &str) -> PathBuf {
    let directory = std::env::temp_dir().join(format!("osc-api-{name}-{}", std::process::id()));
    _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    directory
}
