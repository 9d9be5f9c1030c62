//! No fault in a command line or a file brings the program to a panic, a signal or a library's own words.

mod mutation;

use crate::hostile::scene;

#[test]
fn prop_no_fault_in_words_or_files_ends_in_a_panic_or_raw_words() {
    if !scene::unprivileged() {
        println!("skipped: no user without privileges");
        return;
    }
    let ends = mutation::run(2000, 12);
    assert!(ends.faults.is_empty(), "{}", ends.faults.join("\n"));
    // Faults are found, and not every line is refused for the same reason.
    assert!(ends.codes[0] > 50 && ends.codes[1] > 100 && ends.codes[2] > 500, "{:?}", ends.codes);
    assert!(ends.long < 20, "{} runs took too long", ends.long);
}
