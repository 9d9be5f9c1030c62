//! The documentation says what the code says: names, keys, equation numbers, scenarios, links.
//!
//! Every checker is a function from texts to a list of complaints, and is shown to complain about a
//! planted fault.

mod command_line;
mod equations;
mod evidence;
mod forecasts;
mod formats;
mod glossary;
mod links;
mod numbers;
mod page;
mod scenarios;
mod tables;

type Outcome = Result<(), Box<dyn std::error::Error>>;
