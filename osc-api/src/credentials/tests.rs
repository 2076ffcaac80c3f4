use std::fs;
use std::path::PathBuf;

use super::*;
use crate::config::AccessKeyPair;

/// A new directory.
fn directory(name: &str) -> PathBuf {
    let directory = std::env::temp_dir().join(format!("osc-api-credentials-{}-{name}", std::process::id()));
    _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    directory
}

fn profile(key: &str) -> String {
    format!(r#"{{"default": {{"access_key": "{key}", "secret_key": "SECRET{key}"}}}}"#)
}

async fn key(provider: &impl CredentialsProvider) -> String {
    let credentials = provider.credentials().await.unwrap();
    let AccessKeyPair { id, secret } = credentials.access_key.unwrap();
    assert_eq!(secret.expose(), format!("SECRET{id}"));
    id
}

async fn failure(provider: &impl CredentialsProvider) -> String {
    provider.credentials().await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_profile_file_is_read_again_when_it_is_written_or_replaced() {
    let directory = directory("written");
    let file = directory.join("config.json");
    fs::write(&file, profile("FIRST")).unwrap();
    let provider = ProfileProvider::new().file(&file);
    assert_eq!(key(&provider).await, "FIRST");
    // Of the same length, in the same instant.
    fs::write(&file, profile("OTHER")).unwrap();
    assert_eq!(key(&provider).await, "OTHER");
    let new = directory.join("new.json");
    fs::write(&new, profile("THIRD")).unwrap();
    fs::rename(&new, &file).unwrap();
    assert_eq!(key(&provider).await, "THIRD");
    fs::remove_dir_all(&directory).unwrap();
}

/// Kubernetes replaces the symbolic link `..data`, which all files of a volume go through.
#[cfg(unix)]
#[tokio::test]
async fn a_profile_file_is_read_again_when_kubernetes_replaces_it() {
    use std::os::unix::fs::symlink;

    let directory = directory("kubernetes");
    let version = |name: &str, key: &str| {
        fs::create_dir(directory.join(name)).unwrap();
        fs::write(directory.join(name).join("config.json"), profile(key)).unwrap();
        symlink(name, directory.join("..data_tmp")).unwrap();
        fs::rename(directory.join("..data_tmp"), directory.join("..data")).unwrap();
    };
    version("..2026_01_01", "FIRST");
    symlink("..data/config.json", directory.join("config.json")).unwrap();
    let provider = ProfileProvider::new().file(directory.join("config.json")).profile("default");
    assert_eq!(key(&provider).await, "FIRST");
    version("..2026_01_02", "OTHER");
    assert_eq!(key(&provider).await, "OTHER");
    fs::remove_dir_all(&directory).unwrap();
}

#[tokio::test]
async fn an_unchanged_profile_file_is_not_read_again() {
    let directory = directory("unchanged");
    let file = directory.join("config.json");
    fs::write(&file, profile("FIRST")).unwrap();
    let long_ago = std::time::SystemTime::now() - Duration::from_secs(60);
    fs::File::options().write(true).open(&file).unwrap().set_modified(long_ago).unwrap();
    let provider = ProfileProvider::new().file(&file);
    assert!(!provider.has_read());
    assert_eq!(key(&provider).await, "FIRST");
    assert!(provider.has_read());
    assert_eq!(key(&provider).await, "FIRST");
    // Another file is another matter.
    assert!(!provider.file("other").has_read());
    fs::remove_dir_all(&directory).unwrap();
}

#[tokio::test]
async fn problems_of_a_profile_file_are_reported_and_forgotten_once_it_is_right() {
    let directory = directory("problems");
    let file = directory.join("config.json");
    let provider = ProfileProvider::new().file(&file);
    assert!(failure(&provider).await.contains("does not exist"));
    for (text, expected) in [
        // It is being written.
        ("{\"default\": {\"access_key\": \"marker", "is not valid JSON"),
        ("{}", "does not exist"),
        ("{\"default\": {}}", "has no credentials"),
        ("{\"default\": {\"access_key\": \"marker\"}}", "the matching secret key"),
        // Not needed here.
        ("{\"default\": {\"region\": 5}}", "has no credentials"),
    ] {
        fs::write(&file, text).unwrap();
        let shown = failure(&provider).await;
        assert!(shown.contains(expected) && !shown.contains("marker"), "{shown}");
    }
    fs::write(&file, profile("FIRST")).unwrap();
    assert_eq!(key(&provider).await, "FIRST");
    assert!(!format!("{provider:?}").contains("SECRET"));
    fs::remove_dir_all(&directory).unwrap();
}

#[cfg(unix)]
fn shell(script: &str) -> CommandProvider {
    CommandProvider::new("sh").args(["-c", script])
}

#[cfg(unix)]
#[tokio::test]
async fn a_command_prints_credentials() {
    let provider = shell(r#"printf '{"access_key": "FIRST", "secret_key": "SECRETFIRST", "ttl": 5}\n'"#);
    assert_eq!(key(&provider).await, "FIRST");
    let login = shell(r#"printf '{"login": "me@example.com", "password": "marker"}'"#);
    assert!(login.credentials().await.unwrap().basic.is_some());
}

#[cfg(unix)]
#[tokio::test]
async fn a_command_that_fails_is_reported_without_its_output() {
    for (script, expected) in [
        ("printf marker; exit 3", "exit status: 3"),
        ("printf marker", "is not valid JSON"),
        ("printf '\"marker\"'", "is not a JSON object"),
        ("printf '{\"access_key\": \"marker\"}'", "the matching secret key"),
        ("printf '{\"access_key\": [\"marker\"], \"secret_key\": \"marker\"}'", "is not a string"),
        ("true", "is not valid JSON"),
        ("printf '{}'", "has no credentials"),
        ("head -c 100000 /dev/zero", "larger than 64 KiB"),
    ] {
        let shown = failure(&shell(script)).await;
        let is_right = shown.starts_with("the command `sh` failed: ") && shown.contains(expected);
        assert!(is_right && !shown.contains("marker"), "{script}: {shown}");
    }
    let shown = failure(&CommandProvider::new("/nonexistent/helper")).await;
    assert!(shown.contains("`/nonexistent/helper` failed"), "{shown}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_command_that_hangs_is_killed() {
    let directory = directory("hangs");
    let pid = directory.join("pid");
    // It ignores what it is asked, and so does its child, which keeps the output open.
    let child = directory.join("child");
    let script = format!(
        "trap '' TERM; sleep 1000 2>/dev/null & echo $! > '{}'; echo $$ > '{}'; wait",
        child.display(),
        pid.display()
    );
    let provider = shell(&script).timeout(Duration::from_millis(300));
    assert!(failure(&provider).await.contains("did not exit within 300ms"));
    // The shell no longer exists: no signal reaches it. Its end is collected by a thread.
    let pid = fs::read_to_string(&pid).unwrap();
    let exists = || std::path::Path::new("/proc").join(pid.trim()).exists();
    while exists() {
        tokio::task::yield_now().await;
    }
    let child = fs::read_to_string(&child).unwrap();
    assert!(std::process::Command::new("kill").args(["-KILL", child.trim()]).status().unwrap().success());
    fs::remove_dir_all(&directory).unwrap();
}

#[tokio::test]
async fn fixed_credentials_and_closures_are_providers() {
    let fixed = Credentials::access_key("FIRST", "SECRETFIRST");
    assert_eq!(key(&fixed).await, "FIRST");
    assert_eq!(key(&Arc::new(fixed.clone())).await, "FIRST");
    assert_eq!(fixed.refresh_interval(), Duration::MAX);
    let closure = from_fn(|| async { Ok(Credentials::access_key("FIRST", "SECRETFIRST")) });
    assert_eq!(key(&closure).await, "FIRST");
    assert_eq!(closure.with_refresh_interval(Duration::ZERO).refresh_interval(), Duration::ZERO);
}
