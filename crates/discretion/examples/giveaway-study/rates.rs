//! Recall at fixed shares of false positives.

/// What each method says of a commit; more is more like a fix.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub(crate) keywords: f64,
    pub(crate) stranger: f64,
    pub(crate) own: f64,
    /// The same where the next release is not known yet.
    pub(crate) early: f64,
}

/// A commit, whether it is a fix, and what was said of it.
#[derive(Clone, Copy)]
pub(crate) struct Outcome {
    pub(crate) at: i64,
    pub(crate) fix: bool,
    pub(crate) scores: Row,
}

/// Its name, and what it says.
type Method = (&'static str, fn(&Row) -> f64);

const FALSE: [f64; 3] = [0.005, 0.01, 0.05];

pub(crate) fn head() {
    println!(
        "| project | when | fixes among commits | method | 0.5 % | 1 % | 5 % | right at a base rate of 1 % |"
    );
    println!("|---|---|---:|---|---:|---:|---:|---:|");
}

pub(crate) fn print(group: &str, when: &str, outcomes: &[Outcome]) {
    let fixes = outcomes.iter().filter(|outcome| outcome.fix).count();
    let methods: [Method; 4] = [
        ("keywords", |row| row.keywords),
        ("score, past fixes unknown", |row| row.stranger),
        ("score, past fixes known", |row| row.own),
        ("the same, release unknown", |row| row.early),
    ];
    for (method, of) in methods {
        let found = FALSE.map(|rate| recall(outcomes, rate, of));
        let right = found[1] / (found[1] + 0.01 * 99.0);
        println!(
            "| {group} | {when} | {fixes} of {} | {method} | {:.1} | {:.1} | {:.1} | {:.0} % |",
            outcomes.len(),
            found[0] * 100.0,
            found[1] * 100.0,
            found[2] * 100.0,
            right * 100.0
        );
    }
}

/// The share of fixes above the mark that this share of ordinary commits passes; of those right at the
/// mark as many as chance would take.
fn recall(outcomes: &[Outcome], rate: f64, of: fn(&Row) -> f64) -> f64 {
    let scores = |fix: bool| -> Vec<f64> {
        let chosen = outcomes.iter().filter(|outcome| outcome.fix == fix);
        let mut scores: Vec<f64> = chosen.map(|outcome| of(&outcome.scores)).collect();
        scores.sort_by(|a, b| b.total_cmp(a));
        scores
    };
    let (fixes, ordinary) = (scores(true), scores(false));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a count"
    )]
    let at = (rate * ordinary.len() as f64) as usize;
    let Some(mark) = ordinary.get(at) else { return 0.0 };
    let share = |scores: &[f64], which: fn(&f64, &f64) -> bool| {
        scores.iter().filter(|score| which(score, mark)).count() as f64 / scores.len().max(1) as f64
    };
    let above = |a: &f64, b: &f64| a > b;
    let right_at = |a: &f64, b: &f64| a.total_cmp(b).is_eq();
    let (passed, tied) = (share(&ordinary, above), share(&ordinary, right_at));
    let taken = if tied > 0.0 { (rate - passed) / tied } else { 0.0 };
    share(&fixes, above) + share(&fixes, right_at) * taken
}
