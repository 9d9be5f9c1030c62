//! The page on forecasts has the tables of its benchmark, and the figure is drawn from the same numbers.

#[path = "../../benches/forecasts/evidence.rs"]
mod evidence;
#[path = "../../benches/forecasts/figure.rs"]
mod figure;

use crate::Outcome;
use crate::page::{read, root};

const NUMBERS: &str = "docs/forecasts/evidence.csv";

/// The lines of the tables that the page lacks.
fn table_complaints(page: &str, rows: &[evidence::Evidence]) -> Vec<String> {
    let tables = evidence::tables(rows);
    tables.lines().filter(|line| !page.contains(line)).map(str::to_owned).collect()
}

#[test]
fn val_the_page_of_forecasts_has_the_tables_of_its_benchmark() -> Outcome {
    let (page, text) = (read("docs/forecasts.md")?, read(NUMBERS)?);
    let mut rows = evidence::of_csv(&root().join(NUMBERS), &text)?;
    assert_eq!(table_complaints(&page, &rows), Vec::<String>::new());
    let run = text.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap_or_default();
    assert_eq!(evidence::to_csv(&rows, run), text);

    rows[0].width += 5.0;
    assert_eq!(table_complaints(&page, &rows).len(), 1, "a fault was not seen");
    Ok(())
}

#[test]
fn regress_the_figure_of_forecasts_is_drawn_from_its_numbers() -> Outcome {
    let rows = evidence::of_csv(&root().join(NUMBERS), &read(NUMBERS)?)?;
    let is_committed = figure::figure(&rows)? == read("docs/forecasts/evidence.svg")?;
    assert!(is_committed, "refresh: cargo bench --bench forecasts -- --figure docs/forecasts");
    Ok(())
}
