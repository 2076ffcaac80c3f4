//! Profile files on a real file system.

use std::fs;

use osc_api::Client;
use osc_tests::cloud::{ACCESS_KEY, SECRET_KEY};
use osc_tests::logs;

#[cfg(unix)]
#[test]
fn a_profile_file_with_secrets_that_others_can_read_causes_a_warning() {
    use std::os::unix::fs::PermissionsExt as _;

    logs::watch();
    let folder = tempfile::tempdir().expect("a folder");
    let profiles = format!(
        r#"{{"default": {{"access_key": "{ACCESS_KEY}", "secret_key": "{SECRET_KEY}"}}, "bare": {{"region": "r"}}}}"#
    );
    for (mode, profile, warned) in [
        (0o600, "default", false),
        (0o640, "default", true),
        (0o604, "default", true),
        (0o644, "bare", false),
    ] {
        let file = folder.path().join(format!("{mode:o}-{profile}.json"));
        fs::write(&file, &profiles).expect("a file");
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("file permissions");
        let builder = Client::builder().ignore_environment().endpoint("http://127.0.0.1");
        builder.config_file(&file).profile(profile).build().expect("a client");
        let warnings = logs::events("osc_api", file.to_str().expect("a UTF-8 path"));
        assert_eq!(warnings.len(), usize::from(warned), "{mode:o} {profile}: {warnings:?}");
        for warning in warnings {
            let text = warning.to_string();
            assert!(text.starts_with("WARN ") && text.contains("chmod 600"), "{text}");
            assert!(text.contains(&format!("mode {mode:o}")), "{text}");
        }
    }
}
