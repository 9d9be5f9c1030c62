//! The command line of a run, for its record: it can be typed again.

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};
use thrombopoiesis::error::{Error, Result, echo};
use thrombopoiesis::files::quoted;

/// Options that change where, how or how fast a result is written, but not the result.
const NOT_OF_THE_RESULT: [&str; 12] = [
    "out", "force", "json", "quiet", "threads", "resume", "figure", "dpi", "svg_text", "help",
    "version", "shard",
];

/// The command behind `matches`: every option that is not at its default, by its present name, in the
/// order of the help, quoted for a shell.
pub(super) fn command(program: &Command, matches: &ArgMatches) -> String {
    let mut words = vec![program.get_name().to_owned()];
    let (mut program, mut matches) = (program, matches);
    // `thrombo model check`: a command may have commands of its own.
    while let Some((name, of_command)) = matches.subcommand()
        && let Some(command) = program.find_subcommand(name)
    {
        words.push(name.to_owned());
        let (positional, options): (Vec<_>, Vec<_>) =
            command.get_arguments().partition(|arg| arg.is_positional());
        let all = positional.into_iter().chain(options);
        words.extend(all.flat_map(|arg| typed(arg, of_command)));
        (program, matches) = (command, of_command);
    }
    words.join(" ")
}

/// Options that give a value to the same parameter, where a value follows its name.
const SAME_VALUE: [&[&str]; 2] = [&["set", "size", "fix", "start"], &["omega", "cv"]];

/// Refuses a name that is given twice, because one of its values would replace the other without notice.
///
/// # Errors
/// `--set kc=5 --set kc=6`, `--variant A,A`, `--omega kc=0.3 --cv kc=0.5`.
pub(super) fn check_named_once(program: &Command, matches: &ArgMatches) -> Result<()> {
    let Some((name, of_command)) = matches.subcommand() else { return Ok(()) };
    let options = program.find_subcommand(name).into_iter().flat_map(Command::get_opts);
    let mut known: Vec<Named> = Vec::new();
    for (arg, option) in options.filter_map(|arg| Some((arg, arg.get_long()?))) {
        let values = of_command.try_get_raw(arg.get_id().as_str());
        for value in values.into_iter().flatten().flatten() {
            let named = Named::new(option, value.to_string_lossy().into_owned());
            if let Some(first) = known.iter().find(|other| other.repeats(&named)) {
                return Err(Error::Contradiction {
                    first: format!("--{} {}", first.option, echo(&first.value)),
                    second: format!("--{option} {}", echo(&named.value)),
                    remedy: format!("give `{}` once", echo(&named.name)),
                });
            }
            known.push(named);
        }
    }
    Ok(())
}

/// A value of an option, with the name in it.
struct Named<'a> {
    option: &'a str,
    value: String,
    name: String,
}

impl<'a> Named<'a> {
    fn new(option: &'a str, value: String) -> Self {
        let name = value.split('=').next().unwrap_or_default().trim().to_lowercase();
        Self { option, value, name }
    }

    fn repeats(&self, other: &Self) -> bool {
        let both = [self.option, other.option];
        let with_values = [self, other].iter().all(|named| named.value.contains('='));
        let share = SAME_VALUE.iter().any(|group| both.iter().all(|option| group.contains(option)));
        self.name == other.name && (both[0] == both[1] || share && with_values)
    }
}

/// One argument, if it was given another value than its default.
fn typed(arg: &Arg, matches: &ArgMatches) -> Vec<String> {
    let id = arg.get_id().as_str();
    if NOT_OF_THE_RESULT.contains(&id) || matches.value_source(id) != Some(ValueSource::CommandLine)
    {
        return Vec::new();
    }
    let values: Vec<String> = matches
        .get_raw(id)
        .into_iter()
        .flatten()
        .map(|value| value.to_string_lossy().into_owned())
        .collect();
    let default = arg.get_default_values().iter().map(|value| value.to_string_lossy());
    if default.eq(values.iter().map(String::as_str)) {
        return Vec::new();
    }
    let Some(long) = arg.get_long() else {
        return values.iter().map(|value| quoted(value)).collect();
    };
    match (arg.get_action(), arg.get_value_delimiter()) {
        (ArgAction::SetTrue, _) => vec![format!("--{long}")],
        (_, Some(delimiter)) => vec![option(long, &values.join(&delimiter.to_string()))],
        _ => values.iter().map(|value| option(long, value)).collect(),
    }
}

fn option(long: &str, value: &str) -> String {
    // What begins with a hyphen could be taken for an option.
    let between = if value.starts_with('-') { '=' } else { ' ' };
    format!("--{long}{between}{}", quoted(value))
}

#[cfg(test)]
mod tests {
    use super::super::args::Args;
    use super::{NOT_OF_THE_RESULT, command};
    use clap::CommandFactory;
    use std::collections::BTreeSet;

    fn recorded(line: &str) -> String {
        let mut program = Args::command();
        let words = shlex::split(line).expect("words");
        let matches = program.try_get_matches_from_mut(words).expect(line);
        command(&program, &matches)
    }

    #[test]
    fn analytic_every_option_that_is_not_at_its_default_is_recorded_and_quoted() {
        for (line, expected) in [
            ("thrombo trial l_plus_2 --seed 1 --out o --force", "thrombo trial l_plus_2"),
            (
                "thrombo trial --seed 7 'my trial.toml' --variants A,B --threads 2",
                "thrombo trial 'my trial.toml' --seed 7 --variant A,B",
            ),
            (
                "thrombo simulate --every '6 h' --set tp=8 --regimen '3 mg qd x5' --set kc=115 --states",
                "thrombo simulate --set tp=8 --set kc=115 --regimen '3 mg qd x5' --states",
            ),
            ("thrombo fit --method nelder-mead", "thrombo fit --optimiser nelder-mead"),
            ("thrombo window --baselines 35 --rule", "thrombo window --baseline 35 --rule"),
            ("thrombo --json report --parameters=-x", "thrombo report --parameters=-x"),
        ] {
            assert_eq!(recorded(line), expected);
            assert_eq!(recorded(expected), expected);
        }
    }

    #[test]
    fn invariant_what_is_not_recorded_exists() {
        let mut program = Args::command();
        program.build();
        let names: BTreeSet<String> = program
            .get_subcommands()
            .flat_map(clap::Command::get_arguments)
            .chain(program.get_arguments())
            .map(|arg| arg.get_id().to_string())
            .collect();
        for id in NOT_OF_THE_RESULT {
            assert!(names.contains(id), "{id}");
        }
    }
}
