//! Sizes of texts, such as the number of stages of a chain, as a user gives them.

use super::{Model, ParameterSet};
use crate::error::{Error, Result};

impl Model {
    /// Refuses a name that is not a size of the model: only texts have sizes.
    ///
    /// # Errors
    /// The model has no such size.
    pub(crate) fn require_size(&self, name: &str) -> Result<()> {
        let sizes = self.text().map_or(&[][..], |text| &text.sizes);
        if sizes.iter().any(|(own, _)| own == name) {
            return Ok(());
        }
        Err(Error::NotIn {
            owner: format!("the model `{self}`"),
            kind: "size",
            name: name.to_owned(),
            known: sizes.iter().map(|(own, _)| own.clone()).collect(),
        })
    }
}

impl ParameterSet {
    /// Gives the size `name` of a text the value of the user.
    ///
    /// # Errors
    /// The model has no such size, or the value lies outside 1 to 2000.
    pub fn set_size(&mut self, name: &str, size: usize) -> Result<()> {
        self.model.require_size(name)?;
        self.put(name, size as f64)
    }
}
