//! Links between the pages lead somewhere.

use crate::Outcome;
use crate::page::{files, root};
use std::fs;
use std::path::Path;

/// The text outside fenced code.
fn prose(text: &str) -> String {
    text.split("```").step_by(2).collect()
}

/// The anchor that a forge gives to a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || "-_ ".contains(*c));
    kept.collect::<String>().trim().to_lowercase().replace(' ', "-")
}

fn link_complaints(page: &Path, text: &str) -> Vec<String> {
    let prose = prose(text);
    let links = prose.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let inside = links.filter(|link| !link.contains("://"));
    let is_broken = |link: &&str| {
        let (file, heading) = link.split_once('#').unwrap_or((link, ""));
        let target = if file.is_empty() {
            page.to_owned()
        } else {
            page.parent().unwrap_or(page).join(file)
        };
        let has_heading = || {
            let text =
                if file.is_empty() { Ok(text.to_owned()) } else { fs::read_to_string(&target) };
            let text = text.unwrap_or_default();
            let mut headings = text.lines().filter(|line| line.starts_with('#'));
            headings.any(|line| anchor(line.trim_start_matches('#')) == heading)
        };
        !target.exists() || !heading.is_empty() && !has_heading()
    };
    inside.filter(is_broken).map(|link| format!("{}: {link}", page.display())).collect()
}

#[test]
fn invariant_links_of_the_pages_resolve() -> Outcome {
    let mut pages = files(&root().join("docs"), "md")?;
    let at_root = fs::read_dir(root())?.filter_map(|entry| Some(entry.ok()?.path()));
    pages.extend(at_root.filter(|path| path.extension().is_some_and(|ending| ending == "md")));
    let mut complaints = Vec::new();
    for page in &pages {
        complaints.extend(link_complaints(page, &fs::read_to_string(page)?));
    }
    assert!(complaints.is_empty(), "{complaints:#?}");
    assert!(pages.len() > 10, "only {} pages", pages.len());

    let page = root().join("docs/model.md");
    for planted in ["[a](absent.md)", "[a](glossary.md#absent)", "[a](#absent)"] {
        assert!(!link_complaints(&page, planted).is_empty(), "{planted} was not seen");
    }
    assert!(link_complaints(&page, "[a](glossary.md#states)").is_empty());
    Ok(())
}
