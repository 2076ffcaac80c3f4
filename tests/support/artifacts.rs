//! The workspace as cargo built it: its programs, its libraries, and the compiler for code that uses them.
//!
//! The only module that runs cargo, once per test program. Whatever the tests compile, they compile with `rustc` against
//! the libraries that cargo built for the tests themselves: no dependency is built twice.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "without the libraries, every test that needs them fails"
)]

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// A file that cargo built.
#[derive(Debug)]
struct Artifact {
    /// The package as in the lock file: `getrandom 0.2.16`.
    package: String,
    /// The name of the library or program.
    name: String,
    /// The library, or the program.
    file: PathBuf,
    is_program: bool,
    /// Whether this run of cargo built it.
    is_new: bool,
    /// Whether the package is a member of the workspace.
    is_member: bool,
}

/// The path of a program: `xtask`, or one of the crate's examples.
pub fn program(name: &str) -> &'static Path {
    let artifacts = if name == "xtask" { libraries() } else { examples() };
    let found = artifacts.iter().find(|artifact| artifact.is_program && artifact.name == name);
    found.map_or_else(|| panic!("cargo reports no program `{name}`"), |artifact| &artifact.file)
}

/// The compiler for a crate with this name and root file, which may use the crates of [`library`].
pub fn rustc(name: &str, root: &Path) -> Command {
    tool("rustc", "RUSTC", name, root)
}

/// The documentation tool for a crate with this name and root file, like [`rustc`].
pub fn rustdoc(name: &str, root: &Path) -> Command {
    tool("rustdoc", "RUSTDOC", name, root)
}

/// Checks a library like `cargo check`: the compiler writes its metadata into `folder`, and no code.
pub fn check(name: &str, root: &Path, folder: &Path) -> Command {
    let mut command = rustc(name, root);
    command.args(["--crate-type", "lib", "--emit", "metadata", "--out-dir"]).arg(folder);
    command.args(library("osc_api")).args(library("serde_json"));
    command
}

/// The arguments that make a library available to the compiler.
pub fn library(name: &str) -> [String; 2] {
    let found = libraries().iter().find(|artifact| !artifact.is_program && artifact.name == name);
    found.map_or_else(|| panic!("cargo reports no library `{name}`"), Artifact::as_argument)
}

/// The dependencies that cargo built again after the tests. There should be none: it doubles the time of the build.
pub fn dependencies_built_twice() -> Vec<&'static str> {
    let artifacts = libraries().iter().chain(examples());
    let twice = artifacts.filter(|artifact| artifact.is_new && !artifact.is_member);
    twice.map(|artifact| artifact.package.as_str()).collect()
}

/// The arguments that make the dependencies of `osc-api` available to the compiler.
pub fn dependencies_of_the_crate() -> Vec<String> {
    let lock = fs::read_to_string(workspace().join("Cargo.lock")).expect("the lock file");
    let (_, entry) = lock.split_once("\nname = \"osc-api\"\n").expect("the crate in the lock file");
    let (entry, _) = entry.split_once("\n]").expect("the dependencies of the crate");
    let names: Vec<&str> =
        entry.lines().filter_map(|line| line.strip_prefix(" \"")?.strip_suffix("\",")).collect();
    // A package with several versions is listed with its version, any other one by its name.
    let is_listed = |artifact: &&Artifact| {
        let name = artifact.package.split(' ').next().unwrap_or_default();
        names.iter().any(|listed| *listed == name || *listed == artifact.package)
    };
    libraries().iter().filter(is_listed).flat_map(Artifact::as_argument).collect()
}

/// An empty folder in the target directory, which stays after the test.
pub fn scratch(name: &str) -> PathBuf {
    let folder = Layout::find().target_directory.join("tmp").join(name);
    _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("cannot create {}: {error}", folder.display()));
    folder
}

/// Runs a command to its end, with its output captured.
pub fn output(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("cannot run {:?}: {error}", command.get_program()))
}

/// An error of the compiler.
#[derive(Debug)]
pub struct CompileError {
    /// `E0277`. Empty for a lint.
    pub code: String,
    /// The file of its location.
    pub file: PathBuf,
    /// The line of its location, from one.
    pub line: usize,
    /// The error as the compiler prints it.
    pub text: String,
}

/// Runs a compiler. Returns its errors, except for those without a location, which are summaries.
pub fn errors(compiler: &mut Command) -> Vec<CompileError> {
    let output = output(compiler.args(["--error-format", "json"]));
    let stderr = String::from_utf8(output.stderr).expect("messages in UTF-8");
    let messages = stderr.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let errors: Vec<_> = messages.filter_map(|message| CompileError::of(&message)).collect();
    assert_eq!(output.status.success(), errors.is_empty(), "the program cannot be checked:\n{stderr}");
    errors
}

impl CompileError {
    fn of(message: &Value) -> Option<Self> {
        let spans = message["spans"].as_array().filter(|_| message["level"] == "error")?;
        let span = spans.iter().find(|span| span["is_primary"] == true)?;
        let code = message.pointer("/code/code").and_then(Value::as_str);
        let code = code.filter(|code| code.starts_with('E'));
        Some(Self {
            code: code.unwrap_or_default().to_owned(),
            file: span["file_name"].as_str()?.into(),
            line: span["line_start"].as_u64()?.try_into().ok()?,
            text: message["rendered"].as_str()?.to_owned(),
        })
    }
}

/// A tool of the toolchain that runs the tests, unless the variable names another one.
fn tool(tool: &str, variable: &str, name: &str, root: &Path) -> Command {
    let layout = Layout::find();
    let next_to_cargo =
        || Path::new(env!("CARGO")).with_file_name(format!("{tool}{}", env::consts::EXE_SUFFIX));
    let mut command = Command::new(env::var_os(variable).map_or_else(next_to_cargo, PathBuf::from));
    command.arg(root).args(["--crate-name", name, "--edition", "2024"]).arg("-L").arg(&layout.libraries);
    command.args(layout.target());
    command
}

impl Artifact {
    fn as_argument(&self) -> [String; 2] {
        ["--extern".to_owned(), format!("{}={}", self.name, self.file.display())]
    }

    /// The artifact of a message of cargo.
    fn of(message: &Value) -> Option<Self> {
        let target = &message["target"];
        let files = message["filenames"].as_array()?.iter().filter_map(Value::as_str);
        let file = match message["executable"].as_str() {
            Some(program) => program,
            // The library of a member of the workspace has a second name without a hash, which any build replaces.
            None => files.filter(|file| file.ends_with(".rlib") || file.ends_with(".rmeta")).max_by_key(
                |file| {
                    (
                        Path::new(file).parent().is_some_and(|folder| folder.ends_with("deps")),
                        file.ends_with(".rlib"),
                    )
                },
            )?,
        };
        // `registry+https://…#getrandom@0.2.16`, `path+file:///…/osc-api#0.1.0`
        let (source, id) = message["package_id"].as_str()?.rsplit_once('#')?;
        Some(Self {
            package: id.replacen('@', " ", 1),
            name: target["name"].as_str()?.to_owned(),
            file: file.into(),
            is_program: message["executable"].is_string(),
            is_new: message["fresh"] == false,
            is_member: source.starts_with("path+"),
        })
    }
}

/// The libraries, and the program `xtask`.
fn libraries() -> &'static [Artifact] {
    static LIBRARIES: OnceLock<Vec<Artifact>> = OnceLock::new();
    LIBRARIES.get_or_init(|| build(&["--lib", "--bin", "xtask"]))
}

/// The crate's examples.
fn examples() -> &'static [Artifact] {
    static EXAMPLES: OnceLock<Vec<Artifact>> = OnceLock::new();
    EXAMPLES.get_or_init(|| build(&["--examples"]))
}

/// What cargo built for the tests. If the tests were started alone, cargo builds the rest first.
fn build(targets: &[&str]) -> Vec<Artifact> {
    let layout = Layout::find();
    let mut command = Command::new(env!("CARGO"));
    command.args(["build", "--quiet", "--offline", "--message-format", "json"]).args(targets);
    // The packages of the workspace, which decide about the features of the dependencies.
    command.args(["--package", "osc-tests", "--package", "osc-api", "--package", "xtask"]);
    command.args(["--profile", &layout.profile, "--target-dir"]).arg(&layout.target_directory);
    command.args(layout.target()).current_dir(workspace()).stderr(Stdio::inherit());
    // Cargo sets these for the tests. Build scripts that read them, as that of ring, would be dirty for this cargo, and
    // with them most dependencies.
    let is_of_the_package =
        |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_of_the_package)) {
        command.env_remove(name);
    }
    let output = output(&mut command);
    assert!(output.status.success(), "the workspace does not build");
    let messages = String::from_utf8(output.stdout).expect("messages in UTF-8");
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    messages.filter_map(|message| Artifact::of(&message)).collect()
}

/// Where cargo put this program: `<target directory>/[<triple>/]<profile>/deps`.
struct Layout {
    libraries: PathBuf,
    target_directory: PathBuf,
    /// The target of `--target`, if there is one.
    triple: Option<String>,
    profile: String,
}

impl Layout {
    fn find() -> &'static Self {
        static LAYOUT: OnceLock<Layout> = OnceLock::new();
        LAYOUT.get_or_init(|| {
            let program = env::current_exe().expect("the path of this program");
            let folder = |level| program.ancestors().nth(level).expect("a folder of the target directory");
            let name = |path: &Path| path.file_name().and_then(OsStr::to_str).expect("a name").to_owned();
            let profile = Some(name(folder(2))).filter(|name| name != "debug");
            // Cargo keeps this file in the target directory.
            let has_triple = !folder(3).join(".rustc_info.json").exists();
            Self {
                libraries: folder(1).to_owned(),
                target_directory: folder(if has_triple { 4 } else { 3 }).to_owned(),
                triple: has_triple.then(|| name(folder(3))),
                profile: profile.unwrap_or_else(|| "test".to_owned()),
            }
        })
    }

    fn target(&self) -> impl Iterator<Item = &str> {
        self.triple.as_deref().into_iter().flat_map(|triple| ["--target", triple])
    }
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace")
}
