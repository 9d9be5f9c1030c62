//! `thrombo explore` as a browser uses it, and as everything else might.

use crate::bad_input::refused;
use crate::browser::{Outcome, chromium_or_skip, node};
use crate::served::{PATIENCE, Running, all_of, body, status};
use crate::{printed, thrombo_in};
use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use thrombopoiesis::explore::{Explorer, View, equivalent};

/// Most memory of the server, whatever clients do, MB.
#[cfg(target_os = "linux")]
const MOST_MEMORY_MB: f64 = 150.0;
/// Patients, few so that answers are quick.
const SUBJECTS: usize = 50;

fn still_answers(server: &Running) {
    assert!(server.get("answer").starts_with("HTTP/1.1 200"), "the server answers no more");
    #[cfg(target_os = "linux")]
    {
        let most = server.memory_mb("VmHWM:");
        assert!(most < MOST_MEMORY_MB, "the server has taken {most} MB");
    }
}

#[test]
fn invariant_the_page_is_served_whole_and_loads_nothing_from_elsewhere() {
    let server = Running::start(SUBJECTS);
    for (page, kind, words) in [
        ("", "text/html", "For research. Not for treating patients."),
        ("?dose=4&days=10", "text/html", "id=\"dose\""),
        ("page.css", "text/css", "@font-face"),
        ("page.js", "text/javascript", "fetch("),
        ("answer?dose=4", "application/json", "Outside the label"),
    ] {
        let response = server.get(page);
        assert_eq!(status(&response), "200", "{page}");
        let head = response.split("\r\n\r\n").next().unwrap_or_default().to_lowercase();
        for header in [
            "content-security-policy: default-src 'none'; script-src 'self'",
            "cache-control: no-store",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            &format!("content-type: {kind}"),
        ] {
            assert!(head.contains(header), "{page}: {header} is missing in {head}");
        }
        assert!(body(&response).contains(words), "{page} does not say {words}");
        let foreign = body(&response).replace("http://www.w3.org/2000/svg", "");
        assert!(!foreign.contains("http://") && !foreign.contains("https://"), "{page}");
        assert!(!foreign.contains("{{") && !foreign.contains("{%"), "{page}");
        let whole = server.request("HEAD", &format!("{}{page}", server.path), "");
        assert_eq!((status(&whole), body(&whole)), ("200", ""), "{page}");
    }
}

#[test]
fn invariant_the_same_view_gives_the_same_bytes_in_every_server() {
    let (one, other) = (Running::start(SUBJECTS), Running::start(SUBJECTS));
    assert_ne!(one.path, other.path, "the random part of the address is the same");
    assert_eq!(one.path.len(), 34, "128 bits in hexadecimal");
    let view = "answer?dose=2&days=9&miss=2,4&variant=D&kc=300&width=95";
    let answer = one.get(view);
    assert!(body(&answer).contains("<svg"));
    assert_eq!(body(&answer), body(&one.get(view)));
    assert_eq!(body(&answer), body(&other.get(view)));
}

#[test]
fn invariant_a_bad_view_is_refused_in_one_sentence() {
    let server = Running::start(SUBJECTS);
    for (query, expected) in [
        ("dose=9", "`dose = 9 mg` is outside [0, 6]"),
        ("width=1e9", "must be a number of mm in [80, 260]"),
        ("miss=%FF", "must be the number of a dose"),
    ] {
        let response = server.get(&format!("answer?{query}"));
        assert_eq!(status(&response), "400", "{query}");
        assert!(body(&response).contains(expected), "{query}: {}", body(&response));
        // The page asks for the default instead, and for a sentence about it.
        let response = server.get(&format!("answer?mend=yes&{query}"));
        assert_eq!(status(&response), "200", "{query}");
        assert!(body(&response).contains(expected) && body(&response).contains("<svg"), "{query}");
    }
}

#[test]
fn invariant_whoever_may_not_ask_is_refused() {
    let server = Running::start(SUBJECTS);
    let Running { port, path, .. } = &server;
    let other = path.replace(|c: char| c.is_ascii_hexdigit(), "0");
    let host = format!("Host: 127.0.0.1:{port}\r\n");
    let cases = [
        ("404", format!("GET {other} HTTP/1.1\r\n{host}\r\n")),
        ("404", format!("GET {other}answer HTTP/1.1\r\n{host}\r\n")),
        ("404", format!("GET / HTTP/1.1\r\n{host}\r\n")),
        ("404", format!("GET {path}../answer HTTP/1.1\r\n{host}\r\n")),
        ("404", format!("GET {path}answer/ HTTP/1.1\r\n{host}\r\n")),
        ("421", format!("GET {path} HTTP/1.1\r\nHost: evil.example:{port}\r\n\r\n")),
        ("421", format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")),
        ("421", format!("GET {path} HTTP/1.1\r\n\r\n")),
        ("421", format!("GET {path} HTTP/1.0\r\n\r\n")),
        ("421", format!("GET {path} HTTP/1.1\r\n{host}{host}\r\n")),
        ("421", format!("GET http://evil.example{path} HTTP/1.1\r\n{host}\r\n")),
        ("405", format!("POST {path} HTTP/1.1\r\n{host}\r\n")),
        ("405", format!("OPTIONS {path} HTTP/1.1\r\n{host}\r\n")),
        ("413", format!("GET {path} HTTP/1.1\r\n{host}Content-Length: 3\r\n\r\nabc")),
        ("413", format!("GET {path} HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n1\r\n")),
        ("400", "\u{16}\u{3}\u{1} no HTTP at all\r\n\r\n".to_owned()),
    ];
    for (expected, request) in cases {
        let response = server.send(request.as_bytes());
        assert_eq!(status(&response), expected, "{request:?}");
        assert!(!response.contains("<svg") && !response.contains("<html"), "{request:?}");
        assert!(!response.contains(path.trim_matches('/')), "the token is told: {request:?}");
    }
    still_answers(&server);
}

#[test]
fn invariant_what_is_too_much_is_refused() {
    let server = Running::start(SUBJECTS);
    let Running { port, path, .. } = &server;
    let start = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n");
    let long_line = format!("{start}X: {}\r\n\r\n", "x".repeat(20_000));
    let long_path = format!("GET {path}answer?{} HTTP/1.1\r\n", "x".repeat(20_000));
    let many = format!("{start}{}\r\n", "X: y\r\n".repeat(200));
    for request in [long_line, long_path, many] {
        let response = server.send(request.as_bytes());
        assert!(["431", "414", "closed"].contains(&status(&response)), "{}", status(&response));
        assert!(!response.contains("<html"));
    }
    let twice = format!("{start}\r\n{}", "garbage ".repeat(500));
    let response = server.send(twice.as_bytes());
    assert!(["200", "closed"].contains(&status(&response)), "{}", status(&response));
    assert!(response.matches("HTTP/1.1").count() <= 1, "a second request was answered");
    still_answers(&server);
}

/// Sends `part` again and again, with a pause between, until the server has had enough; what it took
/// of it, and for how long.
fn send_without_end(stream: &mut TcpStream, part: &[u8], pause: Duration) -> (usize, Duration) {
    let (begun, mut sent) = (Instant::now(), 0);
    while begun.elapsed() < PATIENCE && stream.write_all(part).is_ok() {
        sent += part.len();
        std::thread::sleep(pause);
    }
    (sent, begun.elapsed())
}

#[test]
fn invariant_endless_slow_and_silent_clients_are_closed_in_bounded_time_and_memory() {
    // What the system's own buffers hold before a client notices that nobody reads.
    const BUFFERS: usize = 64 << 20;
    let server = Running::start(SUBJECTS);
    let start = format!("GET {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n", server.path, server.port);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut stream = server.connect();
                stream.write_all(format!("{start}X: ").as_bytes()).expect("sent");
                let (sent, took) = send_without_end(&mut stream, &[b'x'; 16384], Duration::ZERO);
                assert!(sent < BUFFERS && took < PATIENCE, "{sent} bytes of a header in {took:?}");
            });
            scope.spawn(|| {
                let mut stream = server.connect();
                let one_a_second = Duration::from_secs(1);
                let (_, took) = send_without_end(&mut stream, b"G", one_a_second);
                assert!(took < PATIENCE, "a slow client is still held after {took:?}");
            });
            scope.spawn(|| {
                let begun = Instant::now();
                assert_eq!(status(&all_of(&mut server.connect())), "closed");
                assert!(begun.elapsed() < PATIENCE, "a silent client is still held");
            });
            scope.spawn(|| {
                let mut stream = server.connect();
                let body = format!("{start}Content-Length: 9999999999\r\n\r\n");
                stream.write_all(body.as_bytes()).expect("sent");
                let (sent, took) = send_without_end(&mut stream, &[b'x'; 16384], Duration::ZERO);
                assert!(sent < BUFFERS && took < PATIENCE, "{sent} bytes of a body in {took:?}");
            });
        }
    });
    still_answers(&server);
}

#[test]
fn invariant_two_hundred_connections_at_once_are_all_answered() {
    let server = Running::start(SUBJECTS);
    let request =
        format!("GET {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", server.path, server.port);
    let mut open: Vec<TcpStream> = (0..200).map(|_| server.connect()).collect();
    for stream in &mut open {
        stream.write_all(request.as_bytes()).expect("sent");
    }
    for stream in &mut open {
        assert_eq!(status(&all_of(stream)), "200");
    }
    // Those who leave before they are answered.
    let answer = request.replacen(" HTTP", "answer HTTP", 1);
    let mut gone: Vec<TcpStream> = (0..100).map(|_| server.connect()).collect();
    for stream in &mut gone {
        stream.write_all(answer.as_bytes()).expect("sent");
        let _ = stream.shutdown(Shutdown::Both);
    }
    still_answers(&server);
}

#[cfg(unix)]
#[test]
fn invariant_an_interrupt_and_a_request_to_terminate_end_it_cleanly() {
    for signal in ["-INT", "-TERM"] {
        let mut server = Running::start(SUBJECTS);
        let sent = [signal, &server.program.id().to_string()];
        assert!(Command::new("kill").args(sent).status().expect("kill").success());
        assert_eq!(server.program.wait().expect("an end").code(), Some(0), "{signal}");
    }
}

#[test]
fn invariant_explorations_that_make_no_sense_are_refused() {
    let taken = Running::start(SUBJECTS);
    let port = taken.port.to_string();
    for (args, code, expected) in [
        (&["--subjects", "0"][..], 2, "write a whole number from 1 to 1000000"),
        (&["--subjects", "1000001"], 2, "write a whole number from 1 to 1000000"),
        (&["--subjects", "18446744073709551615"], 2, "write a whole number from 1 to 1000000"),
        (&["--subjects", "-1"], 2, "-1"),
        (&["--patients", "nobody"], 2, "there is no set of virtual patients `nobody`"),
        (&["--port", "70000"], 2, "70000"),
        (&["--port", port.as_str()], 1, "could not be opened"),
    ] {
        let said = refused(&[&["explore"][..], args].concat(), code);
        assert!(said.contains(expected), "{args:?}: {said:?} does not say {expected:?}");
    }
}

/// The words of a command, quotes taken away.
fn words(command: &str) -> Vec<String> {
    let parts = command.split('"').enumerate();
    let of = |(place, part): (usize, &str)| match place % 2 {
        1 => vec![part.to_owned()],
        _ => part.split_whitespace().map(str::to_owned).collect(),
    };
    parts.flat_map(of).skip(1).collect()
}

fn column(csv: &str, name: &str) -> Vec<f64> {
    let mut rows = csv.lines().filter(|line| !line.starts_with('#'));
    let place = rows.next().and_then(|header| header.split(',').position(|own| own == name));
    let place = place.expect("the column");
    rows.map(|row| row.split(',').nth(place).expect("a cell").parse().expect("a number")).collect()
}

#[test]
fn val_the_commands_of_a_view_give_its_numbers() {
    // Of the typical patient: the lane engine against Dop853.
    const RELATIVE: f64 = 1e-5;
    let explorer = Explorer::new("calibrated", SUBJECTS, 3).expect("shipped patients");
    for query in
        ["", "dose=4.25&days=9&miss=2,5&start=9&baseline=33&threshold=60&variant=D&kc=250&tp=5.5"]
    {
        let view = View::parse(query).expect("a view");
        let answer = explorer.answer(&view).expect("an answer");
        let commands = equivalent(&explorer, &view, &answer).expect("commands");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let run = |command: &str, more: &[&str]| {
            let words = words(command);
            let mut args: Vec<&str> = words.iter().map(String::as_str).collect();
            args.extend(more);
            printed(&thrombo_in(folder.path(), &args))
        };
        let counts = column(&run(&commands.simulate, &[]), "plt_1e9_l");
        assert_eq!(counts.len(), answer.typical.count.len());
        for (theirs, ours) in counts.iter().zip(&answer.typical.count) {
            assert!((theirs / ours - 1.0).abs() < RELATIVE, "{query}: {theirs} is not {ours}");
        }
        let outlook = answer.outlook.expect("probabilities");
        run(&commands.window, &["--out", "found"]);
        let days = std::fs::read_to_string(folder.path().join("found/days.csv")).expect("days");
        // The patients of the measured baseline come first, or after all those below 50.
        let of_view: Vec<&str> = days.lines().filter(|line| !line.contains(",below,")).collect();
        let of_view = of_view.join("\n");
        for (name, ours) in [
            ("p_at_threshold", outlook.days.iter().map(|day| day.at_threshold).collect()),
            ("plt_1e9_l_q05", outlook.days.iter().map(|day| day.count.q05).collect()),
            ("plt_1e9_l_q95", outlook.days.iter().map(|day| day.count.q95).collect::<Vec<f64>>()),
        ] {
            let theirs = column(&of_view, name);
            assert_eq!(theirs[..ours.len()], ours, "{query}: {name}");
        }
    }
}

#[test]
fn val_the_commands_of_a_patient_with_counts_give_its_numbers() {
    // A particle more or less of 2,048. Of fewer patients the command would draw further ones.
    const CLOSE: f64 = 1e-3;
    let explorer = Explorer::new("calibrated", 600, 3).expect("shipped patients");
    for query in [
        "counts=0:35,4:38,7.25:52",
        "dose=4.25&days=9&miss=2,5&start=9&counts=2:33&threshold=60&variant=D&kc=250&tp=5.5",
    ] {
        let view = View::parse(query).expect("a view");
        let answer = explorer.answer(&view).expect("an answer");
        let commands = equivalent(&explorer, &view, &answer).expect("commands");
        assert_eq!(commands.window, "", "{query}");
        let (file, command) = commands.forecast.split_once('\n').expect("two commands");
        let counts =
            file.strip_prefix("printf '").and_then(|own| own.strip_suffix("' > counts.csv"));
        let counts = counts.expect("a file").replace("\\n", "\n");
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("counts.csv"), counts).expect("written");
        let words = words(command);
        let mut args: Vec<&str> = words.iter().map(String::as_str).collect();
        args.extend(["--out", "-"]);
        let found = printed(&thrombo_in(folder.path(), &args));
        let outlook = answer.outlook.expect("probabilities");
        assert_eq!(column(&found, "time_h").len(), outlook.days.len());
        for (number, day) in outlook.days.iter().enumerate() {
            let at = |name: &str| column(&found, name)[number];
            for (name, ours, within) in [
                ("p_measured_at_least_level", day.at_threshold, CLOSE),
                ("p_measured_at_least_high_level", day.too_high, CLOSE),
                ("plt_q05", day.count.q05, CLOSE * day.count.q05),
                ("plt_q50", day.count.q50, CLOSE * day.count.q50),
                ("plt_q95", day.count.q95, CLOSE * day.count.q95),
            ] {
                let theirs = at(name);
                assert!((theirs - ours).abs() < within, "{query}: {name} {theirs} is not {ours}");
            }
        }
    }
}

#[test]
fn invariant_the_page_holds_in_a_browser_and_its_answer_follows_a_slider() -> Outcome {
    let name = "invariant_the_page_holds_in_a_browser_and_its_answer_follows_a_slider";
    let Some(chromium) = chromium_or_skip(name)? else { return Ok(()) };
    let server = Running::start(SUBJECTS);
    let address = format!("http://127.0.0.1:{}{}", server.port, server.path);
    for slider in ["#dose", "#start"] {
        let arguments = [&address, slider, "#summary", "#counts"].map(Path::new);
        let told = node(&chromium, "page.js", &arguments)?;
        print!("{told}");
        assert_eq!(told.lines().count(), 10, "a check more or less than before");
    }
    Ok(())
}

#[test]
fn invariant_a_model_text_has_its_page_or_one_sentence() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = crate::root().join("examples/models/turnover.model");
    let server = Running::of(&["--model", &text.to_string_lossy(), "--subjects", "50"]);
    let page = server.get("");
    for words in ["Indirect response", "id=\"ec50\"", "max=\"12.0\"", "For research."] {
        assert!(body(&page).contains(words), "{words}");
    }
    assert!(!body(&page).contains("lusutrombopag"), "of another drug");
    let answer = server.get("answer?dose=5&ec50=100");
    assert_eq!(status(&answer), "200", "{answer}");
    for (arguments, expected) in [
        (["explore", "--model", "liu_2025"], "gives no platelet count"),
        (["explore", "--model", "petrov_2024"], "has no parameter `plt0`"),
    ] {
        let output = thrombo_in(folder.path(), &arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(expected), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}
