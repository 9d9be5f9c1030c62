//! The printed form says the same as the text, and is printed the same again.

use super::super::TextModel;
use super::{MODELS, read};

#[test]
fn invariant_the_printed_form_reads_as_the_same_model() {
    for (file, text) in MODELS {
        let model = read(text);
        for printed in [model.formatted(), model.canonical()] {
            let again = match TextModel::read(file, &printed) {
                Ok(again) => again,
                Err(problems) => panic!("{problems}\n{printed}"),
            };
            assert_eq!(again.hash(), model.hash(), "{printed}");
            assert_eq!(again.base().nodes, model.base().nodes);
            assert_eq!(
                again.formatted(),
                TextModel::read(file, &again.formatted()).unwrap().formatted()
            );
        }
    }
}

#[test]
fn invariant_comments_and_spaces_do_not_change_the_hash() {
    let (_, text) = MODELS[1];
    let spaced =
        text.replace("# constant drug-free", "#  another comment ").replace(" = ", "   =  ");
    assert_ne!(spaced, text);
    assert_eq!(read(&spaced).hash(), read(text).hash());
    assert_ne!(read(&text.replace("13.7", "13.8")).hash(), read(text).hash());
}

#[test]
fn invariant_formatting_keeps_every_comment() {
    let (_, text) = MODELS[2];
    let printed = read(text).formatted();
    for line in text.lines().filter_map(|line| line.split_once('#')) {
        assert!(printed.contains(line.1.trim()), "{}\n{printed}", line.1);
    }
}
