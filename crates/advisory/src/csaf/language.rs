//! Languages of a document.

use crate::check::Report;
use crate::check::json::Json;

/// The two-letter languages of the IANA registry, retired ones included.
const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch \
    co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he \
    hi ho hr ht hu hy hz ia id ie ig ii ik in io is it iu iw ja ji jv jw ka kg ki kj kk kl km kn ko \
    kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb nd ne ng nl \
    nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn \
    so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh \
    yi yo za zh zu";

/// The two-letter regions of the IANA registry, retired ones included, without private ones.
const REGIONS: &str = "AC AD AE AF AG AI AL AM AN AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH \
    BI BJ BL BM BN BO BQ BR BS BT BU BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CP CQ CR CS CU \
    CV CW CX CY CZ DD DE DG DJ DK DM DO DZ EA EC EE EG EH ER ES ET EU EZ FI FJ FK FM FO FR FX GA GB \
    GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU IC ID IE IL IM IN IO IQ IR \
    IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME \
    MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NT NU NZ \
    OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL \
    SM SN SO SR SS ST SU SV SX SY SZ TA TC TD TF TG TH TJ TK TL TM TN TO TP TR TT TV TW TZ UA UG UM \
    UN US UY UZ VA VC VE VG VI VN VU WF WS YD YE YT YU ZA ZM ZR ZW";

pub(super) fn look(head: &Json<'_>, report: &mut Report) {
    for member in ["lang", "source_lang"] {
        if let Some(tag) = head.text_of(member) {
            one(tag, &format!("/document/{member}"), report);
        }
    }
    let (language, source) = (head.text_of("lang"), head.text_of("source_lang"));
    let translator = head.get("publisher").and_then(|publisher| publisher.text_of("category"))
        == Some("translator");
    if translator && source.is_none() {
        report.error(
            "csaf 6.1.15",
            "/document",
            "a translator publishes, and `source_lang` is missing",
            "Say from which language the document was translated.",
        );
    }
    if let (Some(language), Some(source)) = (language, source)
        && language.eq_ignore_ascii_case(source)
    {
        report.error(
            "csaf 6.1.28",
            "/document/source_lang",
            "the document is translated from its own language",
            "Take `source_lang` out where nothing was translated.",
        );
    }
    if language.is_none() {
        report.warning(
            "csaf 6.2.12",
            "/document",
            "the document's language is not given",
            "Write \"lang\": \"en\", if it is English.",
        );
    }
}

fn one(tag: &str, path: &str, report: &mut Report) {
    if tag.eq_ignore_ascii_case("i-default") {
        report.warning(
            "csaf 6.2.15",
            path,
            "i-default is no language that anybody reads",
            "Name the language.",
        );
        return;
    }
    let mut tags = tag.split('-');
    let first = tags.next().unwrap_or_default();
    // What follows one letter is an extension and no region.
    let others: Vec<&str> = tags.take_while(|tag| tag.len() > 1).collect();
    let region = others.iter().copied().find(|tag| is_region(tag));
    let script = others.iter().copied().find(|tag| tag.len() == 4 && is_letters(tag));
    let known = |list: &str, tag: &str| list.split(' ').any(|one| one.eq_ignore_ascii_case(tag));
    if first.len() == 2 && !known(LANGUAGES, first) {
        report.error(
            "csaf 6.1.12",
            path,
            format!("`{first}` is no language"),
            "Write a code of the IANA registry, such as en.",
        );
    }
    if let Some(region) = region
        && !known(REGIONS, region)
        && !private_region(region)
    {
        report.error(
            "csaf 6.1.12",
            path,
            format!("`{region}` is no region"),
            "Write a code of the IANA registry, such as US.",
        );
    }
    let private = first.eq_ignore_ascii_case("x")
        || first.len() == 3 && within(first, "qaa", "qtz")
        || script.is_some_and(|script| within(script, "qaaa", "qabx"))
        || region.is_some_and(private_region)
        || tag.to_ascii_lowercase().contains("-x-");
    if private {
        report.warning(
            "csaf 6.2.14",
            path,
            "the language is for private use",
            "Readers elsewhere cannot know what it means.",
        );
    }
}

fn is_letters(tag: &str) -> bool {
    tag.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn is_region(tag: &str) -> bool {
    tag.len() == 2 && is_letters(tag)
}

fn within(tag: &str, first: &str, last: &str) -> bool {
    (first..=last).contains(&tag.to_ascii_lowercase().as_str())
}

fn private_region(tag: &str) -> bool {
    let bounds = [("aa", "aa"), ("qm", "qz"), ("xa", "xz"), ("zz", "zz")];
    bounds.iter().any(|(first, last)| within(tag, first, last))
}
