//! The report on paper: printed by a browser that is installed.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use thrombopoiesis::error::{Error, Result};

/// Names under which browsers are installed that can print without a window.
const BROWSERS: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// A browser that can print.
#[derive(Debug)]
pub(super) struct Browser(PathBuf);

impl Browser {
    /// The first that the PATH has.
    ///
    /// # Errors
    /// It has none.
    pub(super) fn find() -> Result<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let all =
            std::env::split_paths(&path).flat_map(|folder| BROWSERS.map(|own| folder.join(own)));
        all.into_iter().find(|path| path.is_file()).map(Self).ok_or_else(|| Error::Contradiction {
            first: "--pdf".to_owned(),
            second: "this machine, whose PATH has no Chromium or Chrome".to_owned(),
            remedy: "install one (on Debian: apt install chromium), or print index.html from another browser"
                .to_owned(),
        })
    }

    /// A page, complete in itself, as PDF.
    ///
    /// # Errors
    /// The browser does not start, or prints nothing.
    pub(super) fn print(&self, page: &str) -> Result<Vec<u8>> {
        let folder = tempfile::tempdir().map_err(Error::io(&std::env::temp_dir(), "created"))?;
        let [html, pdf] = ["index.html", "report.pdf"].map(|name| folder.path().join(name));
        std::fs::write(&html, page).map_err(Error::io(&html, "written"))?;
        let setting = |name: &str, value: &OsStr| {
            let mut setting = std::ffi::OsString::from(name);
            setting.push(value);
            setting
        };
        let ended = Command::new(&self.0)
            // The page is our own and loads nothing; without rights of its own the sandbox does not start.
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"])
            .arg(setting("--user-data-dir=", folder.path().join("profile").as_os_str()))
            .arg(setting("--print-to-pdf=", pdf.as_os_str()))
            .arg(&html)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        ended.map_err(Error::io(&self.0, "started"))?;
        std::fs::read(&pdf).map_err(|_| Error::Contradiction {
            first: self.0.display().to_string(),
            second: "--pdf: it printed nothing".to_owned(),
            remedy: "leave the option out, and print index.html from a browser".to_owned(),
        })
    }
}
