//! The program `thrombo`: arguments in, files and text out.

mod cli;

fn main() -> std::process::ExitCode {
    cli::run()
}
