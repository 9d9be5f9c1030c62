//! What a reviewer opens: figures, tables and the page that holds them.
//!
//! [`drawing`] is the vocabulary, [`figures`] has one file per figure and computes nothing; the other
//! files simulate what a figure shows and say it in words.

mod build;
pub mod calibration_figures;
mod cast;
mod comparison;
mod content;
mod counts_figure;
pub mod descriptive;
pub mod drawing;
mod figure;
pub mod figures;
mod forecast_figure;
pub mod forecast_words;
mod forecasts;
mod individual_figure;
mod inputs;
mod model_diagram;
mod model_page;
mod model_report;
mod page;
mod population_figure;
mod records_figure;
mod regimen_course;
mod regimen_result;
mod regimen_sheet;
mod report_file;
mod sections;
mod sentence;
mod simulated;
mod stages;
mod stamp;
mod subject;
pub mod trial_figures;
pub mod uncertainty_figure;
mod version;
pub mod window_figures;
mod words;

pub use build::{Report, build};
pub use content::{Content, Identity};
pub use drawing::canvas::Lettering;
pub use drawing::form::Form;
pub use drawing::raster::png_of;
pub use forecast_figure::{DrawnForecast, figure_names, forecast_figure};
pub use forecasts::{ForecastFile, MOST_FORECASTS, Remarks};
pub use individual_figure::individual_figure;
pub use model_diagram::model_diagram;
pub use model_page::model_page;
pub use model_report::model_report;
pub use population_figure::population_figure;
pub use records_figure::{DrawnRecords, records_figure};
pub use sections::{Section, Sections};
pub use trial_figures::trial_figures;
pub use version::{data_version, program};
