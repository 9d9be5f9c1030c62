//! Names that a wrong one may have meant.

/// Fewest letters that a part of a name is recognised by.
const FEWEST: usize = 3;

/// What to choose in place of `name`: the nearest of `known`, if one is near, and all of them.
pub(crate) fn choose<S: AsRef<str>>(name: &str, known: &[S]) -> String {
    let known: Vec<&str> = known.iter().map(AsRef::as_ref).collect();
    let one_of = if known.len() == 1 { "" } else { "one of " };
    let all = format!("{one_of}{}", super::sentence(&known.join(", ")));
    match nearest(name, &known) {
        _ if known.is_empty() => String::new(),
        Some(near) if known.len() == 1 => format!(": did you mean `{}`?", super::echo(near)),
        Some(near) => {
            format!(": did you mean `{}`? If not, choose {all}", super::echo(near))
        }
        None => format!(": choose {all}"),
    }
}

/// The one of `known` that `name` misspells in a letter or two, if there is one. Names of few letters are
/// too much alike.
pub(crate) fn near<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let slips = |known: &str| strsim::osa_distance(name, known);
    let most = (name.chars().count() / 4).min(2);
    let near = known.iter().filter(|known| slips(known) <= most);
    near.min_by_key(|known| slips(known)).copied()
}

/// The name that was meant: with a slip of the hand, one letter off in short names and every third
/// in long ones, or else in part, its beginning before its middle and short names before long ones.
fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let name = name.to_lowercase();
    let letters = name.chars().count();
    // What is so long was no slip, and would take long to compare.
    if letters > 100 {
        return None;
    }
    let slips = |known: &str| strsim::osa_distance(&name, &known.to_lowercase());
    let near = known.iter().filter(|known| slips(known) <= (letters / 3).max(1) && letters > 1);
    let likeness = |known: &str| strsim::jaro_winkler(&name, &known.to_lowercase());
    let order =
        |a: &&&str, b: &&&str| slips(a).cmp(&slips(b)).then(likeness(b).total_cmp(&likeness(a)));
    let begun = |known: &&&str| known.to_lowercase().starts_with(&name);
    let held = |known: &&&str| known.to_lowercase().contains(&name);
    let shortest =
        |found: &mut dyn Iterator<Item = &&'a str>| found.min_by_key(|k| k.len()).copied();
    let in_part = || {
        let beginning = shortest(&mut known.iter().filter(begun));
        beginning.or_else(|| shortest(&mut known.iter().filter(held)))
    };
    let in_part = || if letters >= FEWEST { in_part() } else { None };
    near.min_by(order).copied().or_else(in_part)
}

#[cfg(test)]
mod tests {
    use super::choose;

    #[test]
    fn analytic_slips_of_the_hand_are_recognised_and_other_names_are_not() {
        let known = ["kc", "kt", "d", "tmk", "tp"];
        for (given, meant) in [("kd", "kc"), ("KT", "kt"), ("tkm", "tmk"), ("tq", "tp")] {
            assert!(choose(given, &known).contains(&format!("did you mean `{meant}`?")), "{given}");
        }
        let models = ["mechanistic", "katsube_2019", "shimizu_2021", "shimizu_2021_reduced"];
        for (given, meant) in [
            ("mechanistc", "mechanistic"),
            ("katsube2019", "katsube_2019"),
            ("katsube", "katsube_2019"),
            ("Shimizu", "shimizu_2021"),
            ("mech", "mechanistic"),
            ("reduced", "shimizu_2021_reduced"),
        ] {
            let said = choose(given, &models);
            assert!(said.contains(&format!("did you mean `{meant}`?")), "{given}: {said}");
        }
        for other in ["nemo", "x", "", "me", &"k".repeat(49_000)] {
            assert!(choose(other, &models).starts_with(": choose one of mechanistic"), "{other}");
        }
        assert_eq!(choose::<&str>("nemo", &[]), "");
        assert_eq!(choose("plat", &["plt"]), ": did you mean `plt`?");
    }
}
