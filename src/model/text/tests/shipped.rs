//! The texts that the program ships are read without an error.

use super::super::{Choice, TextModel};
use super::Subject;

#[test]
fn invariant_every_shipped_text_is_read_and_printed_as_the_same_model() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/models");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "model") {
            continue;
        }
        let (name, text) = (path.display().to_string(), std::fs::read_to_string(&path).unwrap());
        let model = TextModel::read(&name, &text).unwrap_or_else(|problems| panic!("{problems}"));
        let again = TextModel::read(&name, &model.formatted());
        let again = again.unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!(again.hash(), model.hash(), "{name}");
        for variant in std::iter::once(None).chain(model.variants.iter().map(|own| Some(&own.name)))
        {
            let choice = Choice { variant: variant.cloned(), ..Choice::default() };
            let subject = Subject::of(model.sheet(&choice).unwrap());
            assert!(subject.rates(&subject.initial).iter().all(|rate| rate.is_finite()), "{name}");
        }
        count += 1;
    }
    assert!(count > 0);
}
