//! Lines of the sections as text.

use super::super::lines::{
    Change, CovariateLine, DoseLine, DosedLine, EquationLine, FigureLine, Header, Level,
    OutputLine, ParameterLine, Shape, Spread, Target, Tree, VariantLine, Vary,
};
use super::super::syntax::{For, Origin, Place, Remark};
use super::{Line, Printer};

impl Printer<'_> {
    pub(super) fn header(&self, tree: &Tree) -> Vec<Line> {
        let Header { name, title, language, time, source } = &tree.header;
        let mut lines = Vec::new();
        let title = title.as_ref().map(|title| format!(" \"{title}\"")).unwrap_or_default();
        if let Some(name) = name {
            lines.push(Line::new(name.span, format!("model {}{title}", name.text)));
        }
        if let Some((number, span)) = language {
            lines.push(Line::new(*span, format!("language {number}")));
        }
        if let Some((unit, span)) = time {
            lines.push(Line::new(*span, format!("time {}", self.unit(unit))));
        }
        if let Some(source) = source {
            let doi = source.doi.as_ref().map(|doi| format!(" doi \"{doi}\"")).unwrap_or_default();
            let grade = source.grade.map(|grade| format!(" grade {grade}")).unwrap_or_default();
            let at = lines.last().map(|line| line.at).unwrap_or_default();
            lines.push(Line::new(at, format!("source \"{}\"{doi}{grade}", source.text)));
        }
        lines
    }

    /// The sections in the order in which they are printed.
    pub(super) fn sections(&self, tree: &Tree) -> Vec<(&'static str, Vec<Line>)> {
        let sizes = tree.sizes.iter().map(|size| {
            Line::new(size.name.span, format!("{} = {}", size.name.text, self.expr(&size.value)))
        });
        let covariates = tree.covariates.iter().map(|line| self.covariate(line));
        let states = tree.states.iter().filter_map(|line| {
            let targets: Vec<_> = line.targets.iter().map(|target| self.target(target)).collect();
            let text = format!("{} = {}", targets.join(", "), self.expr(&line.value));
            let at = line.targets.first()?.span;
            let text =
                format!("{text}{}{}", self.each_behind(line.each.as_ref()), remark(&line.remark));
            Some(Line::new(at, text))
        });
        let equations = tree.equations.iter().map(|line| self.equation(line));
        vec![
            ("sizes", sizes.collect()),
            ("covariates", covariates.collect()),
            ("parameters", self.parameters(tree)),
            ("dosing", self.dosing(tree)),
            ("states", states.collect()),
            ("equations", equations.collect()),
            ("variants", self.variants(tree)),
            ("presets", self.presets(tree)),
            ("outputs", tree.outputs.iter().map(|line| self.output(line)).collect()),
            ("figures", self.figures(tree)),
            ("checks", self.checks(tree)),
        ]
    }

    fn covariate(&self, line: &CovariateLine) -> Line {
        let value = match &line.value {
            Level::Number(amount) => self.amount(amount),
            Level::Category(usual, all) => {
                let all: Vec<_> =
                    all.iter().map(|(name, code)| format!("{} = {code}", name.text)).collect();
                format!("{} of ({})", usual.text, all.join(", "))
            }
        };
        let change = match line.change {
            Change::Backward => "",
            Change::Forward => " forward",
            Change::Linear => " linear",
        };
        let text = format!("{} = {value}{change}{}", line.name.text, remark(&line.remark));
        Line::new(line.name.span, text)
    }

    fn parameters(&self, tree: &Tree) -> Vec<Line> {
        let parameters = tree.parameters.iter().map(|line| self.parameter(line));
        let correlations = tree.correlations.iter().map(|line| {
            let [first, second] = &line.names;
            let fixed = if line.is_fixed { " fixed" } else { "" };
            let value = super::number(line.value);
            let text = format!("correlate({}, {}) = {value}{fixed}", first.text, second.text);
            Line::new(line.span, format!("{text}{}", remark(&line.remark)))
        });
        parameters.chain(correlations).collect()
    }

    fn parameter(&self, line: &ParameterLine) -> Line {
        let mut text = format!("{} = {}", line.name.text, self.expr(&line.value));
        if let Some((low, high)) = &line.bounds {
            let high = high.as_ref().map(|high| self.amount(high)).unwrap_or_default();
            text = format!("{text} in {}..{high}", self.amount(low));
        }
        text.push_str(&origin(line.source.as_ref()));
        let vary: Vec<_> = line.vary.iter().map(|vary| self.vary(vary)).collect();
        if !vary.is_empty() {
            text = format!("{text} ~ {}", vary.join(" + "));
        }
        if line.is_fixed {
            text.push_str(" fixed");
        }
        Line::new(line.name.span, format!("{text}{}", remark(&line.remark)))
    }

    fn vary(&self, vary: &Vary) -> String {
        let shape = match vary.shape {
            Shape::Normal => "normal",
            Shape::Lognormal => "lognormal",
            Shape::Logitnormal => "logitnormal",
        };
        let spread = match vary.measure {
            Spread::Sd => "sd",
            Spread::Cv => "cv",
            Spread::Var => "var",
        };
        let occasion = vary.occasion.as_ref().map(|word| format!(" per {}", word.text));
        let fixed = if vary.is_fixed { " fixed" } else { "" };
        let size = self.amount(&vary.size);
        let source = origin(vary.source.as_ref());
        format!("{shape}({spread}={size}{}{fixed}){source}", occasion.unwrap_or_default())
    }

    fn dosing(&self, tree: &Tree) -> Vec<Line> {
        let doses = tree.doses.iter().map(|line| Line::new(line.route.span, self.dose(line)));
        let events = tree.events.iter().map(|line| {
            let argument = line.argument.as_ref();
            let argument =
                argument.map(|(name, unit)| format!("({} in {})", name.text, self.unit(unit)));
            let argument = argument.unwrap_or_default();
            let (target, value) = (self.place(&line.target), self.expr(&line.value));
            let each = self.each_behind(line.each.as_ref());
            let text = format!("event {}{argument}: {target} += {value}{each}", line.name.text);
            Line::new(line.name.span, format!("{text}{}", remark(&line.remark)))
        });
        doses.chain(events).collect()
    }

    fn dose(&self, line: &DoseLine) -> String {
        let own = line.properties.iter();
        let mut properties: Vec<_> =
            own.map(|(name, value)| format!("{} = {}", name.text, self.expr(value))).collect();
        properties.extend(line.number.map(|(number, _)| format!("cmt = {number}")));
        properties.extend(
            line.range
                .as_ref()
                .map(|(low, high)| format!("range = {}..{}", self.amount(low), self.amount(high))),
        );
        let colon = if properties.is_empty() { "" } else { ": " };
        let (route, target) = (&line.route.text, self.place(&line.target));
        let properties = properties.join(", ");
        format!("dose {route} into {target}{colon}{properties}{}", remark(&line.remark))
    }

    fn place(&self, place: &Place) -> String {
        match &place.index {
            Some(index) => format!("{}[{}]", place.name.text, self.expr(index)),
            None => place.name.text.clone(),
        }
    }

    fn target(&self, target: &Target) -> String {
        let name = &target.name.text;
        match (&target.from, &target.to) {
            (Some(from), Some(to)) => format!("{name}[{}..{}]", self.expr(from), self.expr(to)),
            (Some(from), None) => format!("{name}[{}]", self.expr(from)),
            _ => name.clone(),
        }
    }

    fn each_behind(&self, each: Option<&For>) -> String {
        each.map(|each| format!(" {}", self.each(each))).unwrap_or_default()
    }

    fn equation(&self, line: &EquationLine) -> Line {
        match line {
            EquationLine::Definition { name, value, remark: words } => {
                let text = format!("{} = {}{}", name.text, self.expr(value), remark(words));
                Line::new(name.span, text)
            }
            EquationLine::Rate { target, value, each } => {
                let each = self.each_behind(each.as_ref());
                let text = format!("d/dt({}) = {}{each}", self.place(target), self.expr(value));
                Line::new(target.span, text)
            }
            EquationLine::Chain { name, inflow, rate, loss } => {
                let loss = loss.as_ref().map(|loss| format!(", loss = {}", self.expr(loss)));
                let (inflow, rate) = (self.expr(inflow), self.expr(rate));
                let loss = loss.unwrap_or_default();
                let text = format!("chain {}: in = {inflow}, rate = {rate}{loss}", name.text);
                Line::new(name.span, text)
            }
        }
    }

    fn variants(&self, tree: &Tree) -> Vec<Line> {
        let mut lines = Vec::new();
        for block in &tree.variants {
            let title =
                block.title.as_ref().map(|title| format!(" \"{title}\"")).unwrap_or_default();
            let heading = format!("variant {}{title}:", block.name.text);
            lines.push(Line::new(block.name.span, heading));
            lines.extend(block.lines.iter().map(|line| {
                let line = match line {
                    VariantLine::Named(line) => self.parameter(line),
                    VariantLine::Equation(line) => self.equation(line),
                };
                Line { is_inside: true, ..line }
            }));
        }
        lines
    }

    fn presets(&self, tree: &Tree) -> Vec<Line> {
        let mut lines = Vec::new();
        for block in &tree.presets {
            let title =
                block.title.as_ref().map(|title| format!(" \"{title}\"")).unwrap_or_default();
            lines.push(Line::new(block.name.span, format!("preset {}{title}:", block.name.text)));
            let own =
                block.lines.iter().map(|line| Line { is_inside: true, ..self.parameter(line) });
            lines.extend(own);
        }
        lines
    }

    fn output(&self, line: &OutputLine) -> Line {
        let mut text = format!("{} = {}", line.name.text, self.expr(&line.value));
        if let Some((unit, _)) = &line.unit {
            text = format!("{text} in {}", self.unit(unit));
        }
        let errors = line.errors.iter().map(|(kind, arguments)| {
            let own = arguments.iter();
            let own: Vec<_> =
                own.map(|(name, value)| format!("{}={}", name.text, self.expr(value))).collect();
            format!("{}({})", kind.text, own.join(", "))
        });
        let errors: Vec<_> = errors.collect();
        if !errors.is_empty() {
            text = format!("{text} ~ {}", errors.join(" + "));
        }
        for (word, number) in [("dvid", line.dvid), ("cmt", line.cmt)] {
            if let Some((number, _)) = number {
                text = format!("{text} {word} = {number}");
            }
        }
        Line::new(line.name.span, format!("{text}{}", remark(&line.remark)))
    }

    fn figures(&self, tree: &Tree) -> Vec<Line> {
        let lines = tree.figures.iter().map(|line| match line {
            FigureLine::Label { name, text } => {
                Line::new(name.span, format!("label {} = \"{text}\"", name.text))
            }
            FigureLine::Panel { title, names, is_log, lines } => {
                let all: Vec<_> = names.iter().map(|name| name.text.as_str()).collect();
                let log = if *is_log { " log" } else { "" };
                let lines: String =
                    lines.iter().map(|line| format!(" line {}", self.amount(line))).collect();
                let at = names.first().map(|name| name.span).unwrap_or_default();
                Line::new(at, format!("panel \"{title}\": {}{log}{lines}", all.join(", ")))
            }
        });
        lines.collect()
    }

    fn checks(&self, tree: &Tree) -> Vec<Line> {
        let lines = tree.checks.iter().map(|line| match &line.dosed {
            None => Line::new(line.span, "steady".to_owned()),
            Some(dosed) => Line::new(line.span, self.check(dosed)),
        });
        lines.collect()
    }

    fn check(&self, line: &DosedLine) -> String {
        let every = line
            .every
            .as_ref()
            .map(|(interval, times)| format!(" every {} times {times}", self.amount(interval)));
        let with: Vec<_> = line.with.iter().map(|word| word.text.as_str()).collect();
        let with =
            if with.is_empty() { String::new() } else { format!(" with {}", with.join(", ")) };
        let (kind, output) = (&line.what.kind.text, &line.what.output.text);
        let time = line.what.time.as_ref().map(|time| self.amount(time));
        let what = match (kind.as_str(), time) {
            ("at", time) => format!("{output} at {}", time.unwrap_or_default()),
            (kind, Some(time)) => format!("{kind}({output}) until {time}"),
            (kind, None) => format!("{kind}({output})"),
        };
        let (route, dose) = (&line.route.text, self.amount(&line.dose));
        let (value, within) = (self.amount(&line.value), self.amount(&line.within));
        let every = every.unwrap_or_default();
        let remark = remark(&line.remark);
        format!("after {route} {dose}{every}{with}: {what} = {value} within {within}{remark}")
    }
}

/// Meaning and source at the end of a line.
fn remark(remark: &Remark) -> String {
    let meaning = remark.meaning.as_ref().map(|meaning| format!(" \"{meaning}\""));
    format!("{}{}", meaning.unwrap_or_default(), origin(remark.source.as_ref()))
}

fn origin(origin: Option<&Origin>) -> String {
    match origin {
        None => String::new(),
        Some(Origin { grade: Some(grade), text }) => format!(" {{{grade}: {text}}}"),
        Some(Origin { grade: None, text }) => format!(" {{{text}}}"),
    }
}
