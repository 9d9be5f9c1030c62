//! No text makes the reader fail: it reads or refuses.

use super::super::{Choice, TextModel};
use super::MODELS;
use super::features::{DRUG, HEADER};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How many mutated texts are read, unless `MUTATED_TEXTS` says otherwise.
const TEXTS: u64 = 2_000;
/// Pieces that mutations put in.
const PIECES: [&str; 34] = [
    "(",
    ")",
    "[",
    "]",
    "^",
    "-",
    "..",
    "1e308",
    "0",
    "for i in 1..n",
    "if ",
    "then ",
    "else ",
    "\n",
    "[states]\n",
    "{",
    "\"",
    "#",
    "%",
    " mg",
    " 1/h",
    "*",
    "/",
    ",",
    "=",
    "sum(",
    "out(",
    "x[",
    "tad(",
    "µ",
    "~ lognormal(",
    "d/dt(",
    "chain ",
    "10^9",
];

/// A text with some of its pieces removed, doubled, exchanged or put in.
fn mutated(text: &str, rng: &mut ChaCha8Rng) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    for _ in 0..rng.random_range(1..6) {
        let count = letters.len();
        let at = rng.random_range(0..count);
        let end = (at + rng.random_range(0..12)).min(count);
        let lines: Vec<_> = letters.split(|c| *c == '\n').map(<[char]>::to_vec).collect();
        match rng.random_range(0..5) {
            0 => drop(letters.drain(at..end)),
            1 => {
                let piece = PIECES[rng.random_range(0..PIECES.len())];
                letters.splice(at..at, piece.chars());
            }
            2 => {
                let copy: Vec<char> = letters[at..end].to_vec();
                letters.splice(at..at, copy);
            }
            3 => letters.swap(at, end.min(count - 1)),
            _ => {
                let line = &lines[rng.random_range(0..lines.len())];
                letters.splice(at..at, line.iter().copied());
            }
        }
        if letters.is_empty() {
            letters.push(' ');
        }
    }
    letters.into_iter().collect()
}

#[test]
fn prop_mutated_texts_are_read_or_refused() {
    let count = std::env::var("MUTATED_TEXTS").ok().and_then(|n| n.parse().ok()).unwrap_or(TEXTS);
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let mut read = 0;
    for i in 0..count {
        let place = usize::try_from(i % 4).unwrap();
        let text =
            MODELS.get(place).map_or_else(|| format!("{HEADER}{DRUG}\n"), |own| own.1.to_owned());
        let text = mutated(&text, &mut rng);
        match TextModel::read("mutated.model", &text) {
            Ok(model) => {
                read += 1;
                assert!(model.sheet(&Choice::default()).is_ok());
            }
            Err(problems) => {
                assert!(problems.all().iter().any(|problem| !problem.is_warning()), "{text}");
                assert!(!problems.to_string().contains("could not be read"), "{text}");
            }
        }
    }
    assert!(read > 0 && read < count, "{read} of {count}");
}

#[test]
fn invariant_deep_and_large_texts_are_refused_with_a_message() {
    let header = "model m\nlanguage 1\ntime h\n[equations]\n";
    let deep = format!("x = {}1{}", "(".repeat(190), ")".repeat(190));
    let powers = format!("x = {}1", "1^".repeat(190));
    let minus = format!("x = {}1{}", "(-".repeat(120), ")".repeat(120));
    let sums = format!("x = {}1", "1 +\n".repeat(5_000));
    let chain: String = (0..400).map(|i| format!("a{i} = a{} + 1\n", i + 1)).collect();
    let doubled: String = (0..60).map(|i| format!("b{i} = b{}*b{}\n", i + 1, i + 1)).collect();
    let wide = "x = sum(sum(sum(1 for i in 1..2000) for j in 1..2000) for k in 1..2000)".to_owned();
    for text in [deep, powers, minus, sums, chain, doubled, wide] {
        // Whether it is refused depends on the limits; that it ends is what counts.
        let _ = TextModel::read("a.model", &format!("{header}{text}\n"));
    }
    let large = "#".repeat(300 * 1024);
    assert!(TextModel::read("a.model", &large).unwrap_err().to_string().contains("S11"));
}
