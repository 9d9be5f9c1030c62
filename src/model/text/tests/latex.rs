//! Equations as LaTeX.

use super::{MODELS, read};
use pulldown_latex::{Parser, RenderConfig, Storage, push_mathml};

#[test]
fn analytic_equations_are_written_as_in_a_paper() {
    let model = read(MODELS[0].1);
    let equations = model.equations();
    let latex = |name: &str| {
        let all: Vec<_> = equations.iter().filter(|own| own.name == name).collect();
        all.last().map(|own| own.latex.clone()).unwrap_or_default()
    };
    assert_eq!(latex("c"), r"c = \frac{a_{2}}{v_{2}}");
    assert_eq!(latex("a1"), r"\frac{da_{1}}{dt} = -\mathrm{ka}\,a_{1}");
    assert_eq!(
        latex("plt"),
        r"\frac{d\mathrm{plt}}{dt} = \mathrm{out}\left(p\right) - \mathrm{kl}\,\mathrm{plt}"
    );
}

#[test]
fn invariant_every_equation_is_understood_as_latex() {
    for (file, text) in MODELS {
        for equation in read(text).equations() {
            let storage = Storage::new();
            let mut html = String::new();
            let parser = Parser::new(&equation.latex, &storage);
            push_mathml(&mut html, parser, RenderConfig::default()).unwrap();
            assert!(!html.contains("merror"), "{file}: {} {html}", equation.latex);
        }
    }
}
