//! Words as HTML, and HTML as words.

use counterparts::groupsio::page::{html, lines, strictly, text};
use proptest::prelude::*;

proptest! {
    #[test]
    fn what_is_written_is_read_back_to_the_letter(words in "(?s)[^\\p{C}]{0,80}(\n{1,3}[ -~]{0,60}){0,6}") {
        prop_assert_eq!(strictly(&html(&words)), Ok(lines(&words)));
        prop_assert_eq!(lines(&text(&html(&words))), lines(&words));
    }

    #[test]
    fn a_changed_word_is_never_read_as_the_old_one(words in "[a-z<>&\"'#; ]{1,40}", at in 0..40_usize) {
        let mut chars: Vec<char> = words.chars().collect();
        let at = at % chars.len();
        chars[at] = if chars[at] == 'x' { 'y' } else { 'x' };
        let other: String = chars.into_iter().collect();
        prop_assert_ne!(strictly(&html(&other)), Ok(lines(&words)));
    }

    #[test]
    fn any_html_is_read_without_a_panic_and_without_growing(
        parts in prop::collection::vec("(<|>|&|&#|&amp;|&#x41;|;|'|\"|=|<a href=\"|</a>|<style>|<!--|-->|<br>|\\PC{0,3})", 0..40)
    ) {
        let html = parts.concat();
        let _ = strictly(&html);
        prop_assert!(text(&html).len() <= html.len() + 1);
    }
}

#[test]
fn html_of_every_kind_is_words() {
    for (html, seen) in [
        ("plain, a < b and c > d", "plain, a < b and c > d"),
        ("<p>a&amp;b&nbsp;c</p><p>d</p>", "a&b c\nd"),
        ("<HTML><HEAD><title>x</title></HEAD><body>a<!-- <b>no</b> -->b</body>", "ab"),
        ("<style>p { color: red }</style>a<br/>b<script>if (a<b) x()</script>", "a\nb"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        (
            "<a title=\"1>0\" href='x'>a</a> &unknown; &#65;&#x42;&#xD800; &",
            "a &unknown; AB&#xD800; &",
        ),
    ] {
        assert_eq!(text(html).trim(), seen, "{html}");
    }
}

#[test]
fn only_markup_like_ours_is_read_strictly() {
    for (html, what) in [
        ("<b>a</b>", "<b>"),
        ("<p class=\"x\">a</p>", "<p class"),
        ("<a href=\"https://a.example\">https://b.example</a>", "a link"),
        ("<a href=\"https://a.example\" onclick=\"x\">https://a.example</a>", "<a href"),
        ("<a href=\"https://a.example\">https://a.example", "nothing closes"),
        ("<a href=\"b\"><br>b</a>", "<br>"),
        ("a</a>", "</a>"),
        ("<!-- a -->", "<!--"),
        ("<p a>b</p>", "<p a>"),
    ] {
        let said = strictly(html).unwrap_err();
        assert!(said.contains(what), "{html}: {said}");
    }
    let mailto = "<a href=\"mailto:a@b.example\">a@b.example</a>";
    assert_eq!(strictly(mailto).unwrap(), ["a@b.example"]);
}
