//! Numbers in the prose of `docs/model.md` are those of the code and of the reference solutions.

use crate::Outcome;
use crate::glossary::{Names, models};
use crate::page::{chapter, quoted, read, rows};
use thrombopoiesis::integrate::Options;
use thrombopoiesis::model::{Population, parameter_set};
use thrombopoiesis::simulate::simulate;
use thrombopoiesis::units::Time;

/// Platelet stages of the mechanistic model in [`models`].
const STAGES: usize = 12;

/// The text with every stretch of white space as one space.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The maximum of a case of `tests/reference/summary.csv`, and its elapsed day.
fn maximum(summary: &str, case: &str) -> Option<(f64, f64)> {
    let row = summary.lines().find(|line| line.split(',').next() == Some(case))?;
    let mut numbers = row.split(',').skip(1).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

fn quote_complaints(page: &str, summary: &str) -> Option<Vec<String>> {
    let (cld, day) = maximum(summary, "shimizu_2021_cld_3mg_x7")?;
    let (healthy, _) = maximum(summary, "mechanistic_healthy_2mg_x14")?;
    let expected = [
        format!("gives {:.1}, and so do these equations", cld - 40.0),
        format!("(peak {cld:.1} from 40, at {day:.2} elapsed days;"),
        format!("the rise is {:.0} (case", healthy - 200.0),
    ];
    let page = unwrapped(page);
    let absent = expected.into_iter().filter(|quote| !page.contains(quote.as_str()));
    Some(absent.map(|quote| format!("the page does not say \"{quote}\"")).collect())
}

fn count_complaints(page: &str, models: &[Names]) -> Vec<String> {
    let table = rows(chapter(page, "Purpose"));
    let complaint = |model: &Names| {
        let row = table.iter().find(|row| quoted(row[0]) == [model.model.as_str()]);
        let cell = row.and_then(|row| row.last()).copied().unwrap_or_default();
        let counted = cell.split([' ', ',']).next().and_then(|count| count.parse().ok());
        let grows = cell.contains("one for each platelet stage");
        let states = model.states.len() - if grows { STAGES } else { 0 };
        (counted != Some(states)).then(|| format!("{} has {states} states", model.model))
    };
    models.iter().filter_map(complaint).collect()
}

#[test]
fn val_the_model_page_quotes_the_reference_solutions() -> Outcome {
    let (page, summary) = (read("docs/model.md")?, read("tests/reference/summary.csv")?);
    assert_eq!(quote_complaints(&page, &summary), Some(Vec::new()));

    let planted = quote_complaints(&page.replace("13.08 elapsed", "13.80 elapsed"), &summary);
    assert!(planted.is_some_and(|complaints| complaints.len() == 1), "a fault was not seen");
    Ok(())
}

#[test]
fn invariant_the_model_page_quotes_the_terminal_half_life() -> Outcome {
    let set = parameter_set("katsube_2019", Population::CLD)?;
    let until = Time::days(100.0);
    let course = simulate(&set, &"3 mg qd x7".parse()?, until, Options::default())?;
    let half_life_h = course.terminal()?.ok_or("the concentration does not fall")?.half_life_h;
    let quote = format!("Katsube 2019 is {half_life_h:.0} h;");
    assert!(unwrapped(&read("docs/model.md")?).contains(&quote), "{quote}");
    Ok(())
}

#[test]
fn invariant_the_model_page_counts_the_states() -> Outcome {
    let (page, models) = (read("docs/model.md")?, models()?);
    let complaints = count_complaints(&page, &models);
    assert!(complaints.is_empty(), "{complaints:#?}");

    let planted = page.replace("| CLD | 8 |", "| CLD | 9 |");
    assert!(!count_complaints(&planted, &models).is_empty(), "a fault was not seen");
    Ok(())
}

#[test]
fn invariant_the_citation_has_the_version_of_the_package() -> Outcome {
    let version = format!("\nversion: {}\n", env!("CARGO_PKG_VERSION"));
    assert!(read("CITATION.cff")?.contains(&version), "CITATION.cff has another version");
    assert!(read("CHANGELOG.md")?.contains("\n### Numerical\n"), "no Numerical in CHANGELOG.md");
    Ok(())
}

/// A number of `tests/reference/trial.csv`, by the words before it.
fn trial_number(csv: &str, key: &str) -> Option<f64> {
    let row = csv.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(','))?;
    row.split(',').next()?.parse().ok()
}

fn selection_complaints(page: &str, csv: &str) -> Option<Vec<String>> {
    let of = |key: &str| trial_number(csv, key);
    let drug = |key: &str| of(&format!("allowed,lusutrombopag,{key}"));
    let placebo = |key: &str| of(&format!("allowed,placebo,{key}"));
    let (max, true_max) = ("mean,maximum", "mean,true_maximum");
    let days = "median,days_at_least_level";
    let none = "all,proportion,no_transfusion";
    let earlier = |arm: &str| Some(100.0 * of(&format!("not allowed,{arm},{none}"))?);
    let expected = [
        format!(
            "the mean maximum is {:.1} among the {:.1} % of the drug patients not transfused and {:.1} in all drug \
             patients; on placebo it is {:.1} among the {:.1} % not transfused and {:.1} in all.",
            drug(&format!("no_transfusion,{max}"))?,
            100.0 * drug(none)?,
            drug(&format!("all,{max}"))?,
            placebo(&format!("no_transfusion,{max}"))?,
            100.0 * placebo(none)?,
            placebo(&format!("all,{max}"))?,
        ),
        format!(
            "days at or above 50 is {:.1} and {:.1} on drug.",
            drug(&format!("no_transfusion,{days}"))?,
            drug(&format!("all,{days}"))?,
        ),
        format!(
            "transfused is {:.1} on placebo and {:.1} on drug.",
            placebo(&format!("no_transfusion,{true_max}"))?,
            drug(&format!("no_transfusion,{true_max}"))?,
        ),
        format!(
            "the share on drug is {:.1} %, and {:.1} % on placebo:",
            earlier("lusutrombopag")?,
            earlier("placebo")?,
        ),
    ];
    let page = unwrapped(page);
    let absent = expected.into_iter().filter(|quote| !page.contains(quote.as_str()));
    Some(absent.map(|quote| format!("the page does not say \"{quote}\"")).collect())
}

#[test]
fn val_the_model_page_quotes_the_simulated_trial() -> Outcome {
    let (page, csv) = (read("docs/model.md")?, read("tests/reference/trial.csv")?);
    assert_eq!(selection_complaints(&page, &csv), Some(Vec::new()));

    let planted = selection_complaints(&page.replace("maximum is 85.2", "maximum is 86.9"), &csv);
    assert!(planted.is_some_and(|complaints| complaints.len() == 1), "a fault was not seen");
    Ok(())
}
