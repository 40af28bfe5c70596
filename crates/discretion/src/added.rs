//! What added lines say to people: comments, names of tests, and prose.
//!
//! Told by how lines look, in any language, with everything else blanked out, so that places stay
//! what they were. To take too much for words is harmless: code that says "security" is pointed at.

/// Extensions of files that are code; all others are read as prose.
const CODE: &[&str] = &[
    "c", "cc", "cpp", "cs", "css", "cxx", "ex", "exs", "go", "h", "hpp", "hs", "java", "js",
    "json", "jsx", "kt", "lua", "m", "mjs", "ml", "php", "pl", "pm", "proto", "py", "rb", "rs",
    "scala", "scss", "sh", "sql", "swift", "ts", "tsx", "vue", "zig", "mod", "sum", "lock", "toml",
    "yaml", "yml", "xml", "cfg", "ini", "conf",
];

/// Signs with which a comment begins, or goes on in the next line.
const COMMENTS: [&str; 9] = ["//", "/*", "*", "#", "--", ";", "<!--", "\"\"\"", "%"];

/// What the name of a test stands behind.
const TESTS: [&str; 9] = [
    "fn test",
    "func Test",
    "func Fuzz",
    "def test",
    "it(",
    "test(",
    "describe(",
    "void test",
    "TEST",
];

/// The lines with all but their words blanked out.
pub(crate) fn said_in(path: &str, lines: &[String]) -> String {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    let prose = !CODE.contains(&extension);
    let mut announced = false;
    let kept = lines.iter().map(|line| {
        let trimmed = line.trim_start();
        let is_test = announced || TESTS.iter().any(|sign| trimmed.contains(sign));
        announced = trimmed.starts_with("#[test]") || trimmed.starts_with("@Test");
        if prose || is_test || COMMENTS.iter().any(|sign| trimmed.starts_with(sign)) {
            return line.clone();
        }
        let behind = ["//", " #", "/*", " --"].iter().filter_map(|sign| line.find(sign)).min();
        match behind {
            Some(at) => {
                let (code, comment) = line.split_at(at);
                " ".repeat(code.len()) + comment
            }
            None => String::new(),
        }
    });
    kept.collect::<Vec<_>>().join("\n")
}
