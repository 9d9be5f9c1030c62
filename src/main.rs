//! The program `thrombo`: arguments in, files and text out.

#![deny(clippy::print_stdout, clippy::print_stderr)]

fn main() -> std::process::ExitCode {
    thrombopoiesis::cli::run(std::env::args_os())
}
