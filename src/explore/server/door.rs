//! Who is let in, and what is handed out.

use super::kept::{Kept, Reply};
use super::turns::Turns;
use crate::error::{Error, Result};
use crate::explore::answer::Explorer;
use crate::explore::page::Page;
use crate::explore::reply::reply;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderName};
use hyper::{Method, Request, Response, StatusCode, Uri};
use sha2::{Digest, Sha256};
use std::convert::Infallible;
use std::fmt::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::spawn_blocking;

/// Random bytes in an address: 128 bits.
const TOKEN_BYTES: usize = 16;
/// What a response says beside its content: nothing is loaded from elsewhere, kept, framed or told.
const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; font-src data:; \
         img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];
/// The answer to a question that has been given up, in the form that the page shows.
const BUSY: &[u8] =
    br#"{"error":"too many questions are waiting: close other pages of this program and try again"}"#;
const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";

/// What can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Page,
    Style,
    Script,
    Answer,
}

/// Stands between the clients and the explorer.
#[derive(Debug)]
pub(super) struct Door {
    explorer: Explorer,
    /// Address and port, as clients must name them.
    host: String,
    token: String,
    html: Bytes,
    style: Bytes,
    script: Bytes,
    /// Answers are computed one at a time.
    turns: Turns,
    kept: Kept,
}

impl Door {
    pub(super) fn new(explorer: Explorer, address: SocketAddr) -> Result<Self> {
        let mut random = [0_u8; TOKEN_BYTES];
        getrandom::fill(&mut random).map_err(|error| {
            Error::io(Path::new("the system's random numbers"), "read")(std::io::Error::other(
                error.to_string(),
            ))
        })?;
        let mut token = String::new();
        for byte in random {
            // Writing to a string cannot fail.
            let _ = write!(token, "{byte:02x}");
        }
        let page = Page::new(&explorer)?;
        Ok(Self {
            explorer,
            host: address.to_string(),
            token,
            html: page.html.into(),
            style: page.style.into(),
            script: Bytes::from_static(page.script.as_bytes()),
            turns: Turns::default(),
            kept: Kept::default(),
        })
    }

    pub(super) fn address(&self) -> String {
        format!("http://{}/{}/", self.host, self.token)
    }

    /// The answer to a request.
    pub(super) async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
    ) -> std::result::Result<Response<Full<Bytes>>, Infallible> {
        let asked = self.asked(request.method(), request.uri(), request.headers());
        Ok(match asked {
            Err((status, words)) => {
                let mut refusal = respond(status, TEXT, Bytes::from_static(words.as_bytes()));
                if status == StatusCode::METHOD_NOT_ALLOWED {
                    let allowed = header::HeaderValue::from_static("GET, HEAD");
                    refusal.headers_mut().insert(header::ALLOW, allowed);
                }
                refusal
            }
            Ok(Asked::Page) => respond(StatusCode::OK, HTML, self.html.clone()),
            Ok(Asked::Style) => respond(StatusCode::OK, CSS, self.style.clone()),
            Ok(Asked::Script) => respond(StatusCode::OK, SCRIPT, self.script.clone()),
            Ok(Asked::Answer) => {
                let query = request.uri().query().unwrap_or_default().to_owned();
                self.compute(query).await
            }
        })
    }

    /// What is asked for, or why it is not given.
    fn asked(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> std::result::Result<Asked, (StatusCode, &'static str)> {
        let mut hosts = headers.get_all(header::HOST).iter();
        let is_ours = |host: &str| host == self.host;
        let named = hosts.next().and_then(|host| host.to_str().ok()).is_some_and(is_ours);
        let elsewhere = uri.authority().is_some_and(|other| !is_ours(other.as_str()));
        if !named || hosts.next().is_some() || elsewhere {
            return Err((
                StatusCode::MISDIRECTED_REQUEST,
                "use the address that thrombo printed\n",
            ));
        }
        if method != Method::GET && method != Method::HEAD {
            return Err((
                StatusCode::METHOD_NOT_ALLOWED,
                "only GET and HEAD requests are accepted\n",
            ));
        }
        let length = headers.get(header::CONTENT_LENGTH);
        if headers.contains_key(header::TRANSFER_ENCODING) || length.is_some_and(|n| n != "0") {
            return Err((StatusCode::PAYLOAD_TOO_LARGE, "requests must not have a body\n"));
        }
        let (token, rest) =
            uri.path().strip_prefix('/').and_then(|p| p.split_once('/')).unwrap_or_default();
        let found = match rest {
            "" => Some(Asked::Page),
            "page.css" => Some(Asked::Style),
            "page.js" => Some(Asked::Script),
            "answer" => Some(Asked::Answer),
            _ => None,
        };
        // Digests are compared, so that the time taken tells nothing of the token.
        let known = Sha256::digest(token) == Sha256::digest(&self.token);
        found.filter(|_| known).ok_or((StatusCode::NOT_FOUND, "there is nothing here\n"))
    }

    /// The answer to a question. A client that leaves while it waits is not computed.
    async fn compute(self: Arc<Self>, query: String) -> Response<Full<Bytes>> {
        if let Some(reply) = self.kept.find(&query) {
            return answered(reply, None);
        }
        let Some(turn) = self.turns.take().await else {
            return respond(StatusCode::SERVICE_UNAVAILABLE, JSON, Bytes::from_static(BUSY));
        };
        // Another client may have asked the same meanwhile.
        if let Some(reply) = self.kept.find(&query) {
            return answered(reply, None);
        }
        let door = Arc::clone(&self);
        let computed = spawn_blocking(move || {
            let begun = Instant::now();
            let reply = reply(&door.explorer, &query).map(Bytes::from).map_err(Bytes::from);
            door.kept.keep(query, reply.clone());
            // The turn ends with the computation, even if the client leaves before.
            drop(turn);
            (reply, begun.elapsed())
        });
        match computed.await {
            Ok((reply, took)) => answered(reply, Some(took)),
            Err(_) => respond(
                StatusCode::INTERNAL_SERVER_ERROR,
                TEXT,
                Bytes::from_static(b"the answer could not be computed\n"),
            ),
        }
    }
}

/// A reply, with the time that it took if it was computed now.
fn answered(reply: Reply, took: Option<Duration>) -> Response<Full<Bytes>> {
    let status = if reply.is_ok() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let (Ok(text) | Err(text)) = reply;
    let mut response = respond(status, JSON, text);
    let took = took.map(|took| format!("answer;dur={:.1}", 1000.0 * took.as_secs_f64()));
    if let Some(took) = took.and_then(|took| took.parse().ok()) {
        response.headers_mut().insert("server-timing", took);
    }
    response
}

fn respond(status: StatusCode, kind: &'static str, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in HEADERS.into_iter().chain([(header::CONTENT_TYPE, kind)]) {
        headers.insert(name, header::HeaderValue::from_static(value));
    }
    response
}
