//! Playbooks over cases that the real `decide` made.

mod rows;
mod script;
mod story;
