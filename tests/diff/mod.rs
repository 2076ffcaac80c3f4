//! `spec diff`: every kind of change is reported, nothing else is, and the verdicts are correct.
mod caller;
mod cases;
mod command;
mod complete;
mod laws;
mod raw;
mod rules;
mod semver;
mod semver_checks;
mod small;
