//! `thrombo completions` and `thrombo man`: what shells and `man` know of the program, from the same
//! definitions as its command line.

use super::args::Args;
use super::console::Console;
use super::document::Document;
use super::{Answer, Outcome};
use clap::{Args as ClapArgs, Command, CommandFactory};
use clap_complete::Shell;
use std::path::{Path, PathBuf};
use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::files::Outputs;

/// The name under which the program is called.
const NAME: &str = "thrombo";

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  thrombo completions bash > ~/.local/share/bash-completion/completions/thrombo
  thrombo completions zsh > ~/.zfunc/_thrombo
  thrombo completions fish > ~/.config/fish/completions/thrombo.fish")]
pub(super) struct CompletionsArgs {
    /// Shell
    #[arg(value_enum)]
    pub(super) shell: Shell,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  thrombo man | man -l -                read the page of the program
  thrombo man --out man1                a page for each command; then: man man1/thrombo-fit.1")]
pub(super) struct ManArgs {
    /// Folder for the pages of all commands [default: print the page of the program]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// If a folder that thrombo did not write, or that has been modified, is in the way, rename it to DIR.previous
    #[arg(long)]
    pub(super) force: bool,
}

pub(super) fn completions(args: &CompletionsArgs, typed: &str, console: Console) -> Result<Answer> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), NAME, &mut text);
    let text = String::from_utf8_lossy(&text).into_owned();
    console.print(&text)?;
    console.answer(Outcome::Done, || {
        Ok(Document::new(typed).with("shell", args.shell.to_string()).with("text", text))
    })
}

pub(super) fn man(args: &ManArgs, typed: &str, console: Console) -> Result<Answer> {
    let pages = pages()?;
    match &args.out {
        None => console.print(pages.first().map_or("", |(_, page)| page))?,
        Some(out) => {
            let mut folder = Outputs::default().folder(out, args.force)?;
            for (name, page) in &pages {
                folder.add(name, page.as_str());
            }
            let record = [("program", super::program()), ("command", typed.to_owned())];
            let record: toml::Table =
                record.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect();
            let written = folder.finish(&toml::to_string(&record).unwrap_or_default())?;
            console.say(&written.to_string());
        }
    }
    console.answer(Outcome::Done, || {
        let pages: serde_json::Map<_, _> =
            pages.into_iter().map(|(name, page)| (name, page.into())).collect();
        Ok(Document::new(typed).with("pages", pages))
    })
}

/// The pages by file name, that of the program first.
fn pages() -> Result<Vec<(String, String)>> {
    let mut top = Args::command().disable_help_subcommand(true);
    // Global options and full names reach the commands when the whole is built.
    top.build();
    let mut pages = vec![page(NAME, &top)?];
    for command in top.get_subcommands() {
        pages.push(page(&format!("{NAME}-{}", command.get_name()), command)?);
    }
    Ok(pages)
}

fn page(name: &str, command: &Command) -> Result<(String, String)> {
    let file = format!("{name}.1");
    let mut page = Vec::new();
    let manual = clap_mangen::Man::new(command.clone()).title(name).source(super::program());
    manual.render(&mut page).map_err(Error::io(Path::new(&file), "written"))?;
    // Examples stand line by line, as in the help.
    let page = String::from_utf8_lossy(&page)
        .replacen(".SH EXTRA\n", ".SH NOTES AND EXAMPLES\n.nf\n", 1)
        .replacen(".SH VERSION\n", ".fi\n.SH VERSION\n", 1);
    Ok((file, page))
}
