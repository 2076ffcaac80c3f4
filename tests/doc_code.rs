//! The examples of generated documentation, as code that can be compiled. Shared by several test targets.

use osc_codegen::Files;

/// The examples as functions that use the types of the case instead of those of the crate.
pub fn examples(files: &Files) -> String {
    let mut text =
        "// The documentation's examples, for the compiler. Written by the test `golden`.\n".to_owned();
    let (mut inside, mut count) = (false, 0);
    for line in files.values().flat_map(|text| text.lines()) {
        let Some(line) = line.trim_start().strip_prefix("///") else { continue };
        let line = line.strip_prefix(' ').unwrap_or(line);
        match (inside, line) {
            (false, "```no_run") => {
                inside = true;
                count += 1;
                text.push_str(&format!("\npub mod example{count} {{\n"));
            }
            (true, "```") => {
                inside = false;
                text.push_str("}\n");
            }
            (true, line) => {
                let line = line.strip_prefix("# ").unwrap_or(line);
                let line = line.replace("osc_api::types::", "super::super::modules::types::");
                let line = line.replace("osc_api::", "crate::").replace("async fn", "pub async fn");
                text.push_str(format!("    {line}").trim_end());
                text.push('\n');
            }
            (false, _) => {}
        }
    }
    text
}
