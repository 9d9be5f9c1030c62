//! Writes virtual patients as the TOML file that [`VirtualPatients::read`] reads.

use super::covariates::{Covariate, Law};
use super::virtual_patients::{Effect, EffectForm, VirtualPatients};
use super::{Distribution, Spread};
use crate::error::Result;
use crate::model::{Entry, MODEL_ENDING, parameter_set};
use std::fmt::Write;
use std::path::Path;

impl VirtualPatients {
    /// The file, with `heading` as comment lines and `calibration` as the table of that name. A model in a text is named
    /// as if it lay beside the file ([`Self::text_beside`]). Rows of a covariate table are not part of it.
    #[must_use]
    pub fn to_toml(&self, heading: &str, calibration: &toml::Table) -> String {
        let mut text: String = heading.lines().flat_map(|line| ["# ", line, "\n"]).collect();
        let _ = writeln!(text, "schema = 1");
        let _ = writeln!(text, "title = {}", quoted(&self.title));
        let _ = writeln!(text, "model = {}", quoted(&self.model_beside()));
        let _ = writeln!(text, "population = \"{}\"", self.population);
        if let Some(variant) = self.variant {
            let _ = writeln!(text, "variant = \"{variant}\"");
        }
        if !self.typical.is_empty() {
            text += "\n[typical]\n";
        }
        for entry in &self.typical {
            write_entry(&mut text, entry);
        }
        text += "\n[variability]\n";
        for Spread { symbol, distribution, grade, source } in &self.spreads {
            let origin = format!("grade = \"{grade}\", source = {}", quoted(source));
            let _ = writeln!(text, "{symbol} = {{ {}, {origin} }}", law(*distribution));
        }
        for correlation in &self.correlations {
            let [a, b] = &correlation.between;
            let _ = writeln!(
                text,
                "\n[[correlations]]\nbetween = [\"{a}\", \"{b}\"]\nvalue = {:?}\ngrade = \"calc\"\nsource = \"as in the file this one was made from\"",
                correlation.value
            );
        }
        text += "\n[covariates]\n";
        for covariate in &self.covariates {
            write_covariate(&mut text, covariate);
        }
        for effect in &self.effects {
            write_effect(&mut text, effect);
        }
        self.write_rest(&mut text, calibration);
        text
    }

    /// The model as the file names it: a text by its file name, without folders.
    fn model_beside(&self) -> String {
        let file =
            Path::new(&self.model).file_name().filter(|_| self.model.ends_with(MODEL_ENDING));
        file.map_or_else(|| self.model.clone(), |name| name.to_string_lossy().into_owned())
    }

    /// Name and content of the model text that [`Self::to_toml`] expects beside its file; none for other models.
    ///
    /// # Errors
    /// The model cannot be read.
    pub fn text_beside(&self) -> Result<Option<(String, String)>> {
        if !self.model.ends_with(MODEL_ENDING) {
            return Ok(None);
        }
        let set = parameter_set(&self.model, self.population)?;
        Ok(set.model.text().map(|text| (self.model_beside(), text.text().to_owned())))
    }

    fn write_rest(&self, text: &mut String, calibration: &toml::Table) {
        if let Some(mixture) = &self.non_responders {
            let _ = writeln!(
                text,
                "\n[non_responders]\nshare = {:?}\nsymbol = \"{}\"\nfactor = {:?}",
                mixture.share, mixture.symbol, mixture.factor
            );
        }
        let error = self.count_error;
        let _ = writeln!(
            text,
            "\n[count_error]\nadditive = {:?}\nproportional = {:?}\nsize_omega = {:?}\nbetween_visit_omega = {:?}\nbetween_visit_days = {:?}\ngrade = \"calc\"\nsource = {}",
            error.additive,
            error.proportional,
            error.size_omega,
            error.between_visit_omega,
            error.between_visit_days,
            quoted("as estimated; what is not estimated as in the file this one was made from")
        );
        for practice in &self.practice {
            let _ = writeln!(text, "\n[practice.{}]", practice.trial);
            for (key, value) in [
                ("no_transfusion_below", practice.no_transfusion_below),
                ("drug_difference", practice.drug_difference),
                ("transfusion_above", practice.transfusion_above),
                ("no_procedure", practice.no_procedure),
                ("rescue", practice.rescue),
            ] {
                if let Some(value) = value {
                    let _ = writeln!(text, "{key} = {value:?}");
                }
            }
        }
        if !calibration.is_empty() {
            let mut root = toml::Table::new();
            root.insert("calibration".to_owned(), calibration.clone().into());
            *text += "\n";
            *text += &toml::to_string(&root).unwrap_or_default();
        }
    }
}

fn write_entry(text: &mut String, entry: &Entry) {
    let value = entry.value.map_or_else(String::new, |value| format!("value = {value:?}, "));
    let _ = writeln!(
        text,
        "{} = {{ {value}unit = {}, status = \"{}\", grade = \"{}\", source = {} }}",
        entry.symbol,
        quoted(&entry.unit),
        entry.status,
        entry.grade,
        quoted(&entry.source)
    );
}

fn write_effect(text: &mut String, effect: &Effect) {
    let form = match effect.form {
        EffectForm::Power { reference, exponent } => {
            format!("reference = {reference:?}\nexponent = {exponent:?}")
        }
        EffectForm::Factor { from, factor } => {
            format!("from = {from:?}\nfactor = {factor:?}")
        }
    };
    let _ = writeln!(
        text,
        "\n[[effects]]\nsymbol = \"{}\"\ncovariate = \"{}\"\n{form}\ngrade = \"{}\"\nsource = {}",
        effect.symbol,
        effect.covariate,
        effect.grade,
        quoted(&effect.source)
    );
}

fn write_covariate(text: &mut String, covariate: &Covariate) {
    let values = match &covariate.law {
        Law::Fixed(value) => format!("value = {value:?}"),
        Law::Spread { typical, distribution } => {
            format!("typical = {typical:?}, {}", law(*distribution))
        }
        Law::Choice { values, shares } => format!("values = {values:?}, shares = {shares:?}"),
    };
    let _ = writeln!(
        text,
        "{} = {{ unit = {}, {values}, grade = \"{}\", source = {} }}",
        covariate.name,
        quoted(&covariate.unit),
        covariate.grade,
        quoted(&covariate.source)
    );
}

fn law(distribution: Distribution) -> String {
    match distribution {
        Distribution::LogNormal { omega } => {
            format!("distribution = \"log-normal\", omega = {omega:?}")
        }
        Distribution::LogitNormal { omega, .. } => {
            format!("distribution = \"logit-normal\", omega = {omega:?}")
        }
        Distribution::Normal { sd } => format!("distribution = \"normal\", sd = {sd:?}"),
        Distribution::TruncatedNormal { sd, lower, upper } => {
            format!(
                "distribution = \"truncated-normal\", sd = {sd:?}, range = [{lower:?}, {upper:?}]"
            )
        }
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::VirtualPatients;
    use std::path::Path;

    #[test]
    fn invariant_what_is_written_reads_back_the_same() {
        for name in ["patients_start", "patients_covariates"] {
            let mut patients = VirtualPatients::load(name).unwrap();
            patients.of_variants.clear();
            let text = patients.to_toml("heading", &toml::Table::new());
            let mut again =
                VirtualPatients::read(Path::new(&format!("{name}.toml")), &text).unwrap();
            again.sha256.clone_from(&patients.sha256);
            assert_eq!(again, patients, "{text}");
        }
    }

    #[test]
    fn invariant_people_of_a_text_are_read_back_beside_their_text() {
        for name in ["models/katsube_2019.model", "examples/models/turnover.model"] {
            let patients = VirtualPatients::of_model(name, None).unwrap().unwrap();
            let folder = tempfile::tempdir().unwrap();
            let (file, text) = patients.text_beside().unwrap().unwrap();
            std::fs::write(folder.path().join(file), text).unwrap();
            let path = folder.path().join("patients.toml");
            let text = patients.to_toml("heading", &toml::Table::new());
            std::fs::write(&path, &text).unwrap();
            let again = VirtualPatients::load(&path.to_string_lossy()).unwrap();
            assert_eq!(again.spreads, patients.spreads, "{text}");
            assert_eq!(again.correlations, patients.correlations, "{text}");
            assert_eq!(again.count_error, patients.count_error, "{text}");
            assert_eq!(again.population, patients.population, "{text}");
        }
        assert_eq!(VirtualPatients::load("patients_start").unwrap().text_beside().unwrap(), None);
    }
}
