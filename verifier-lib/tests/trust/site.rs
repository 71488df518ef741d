//! A web site on this machine, which answers what it is told to.

use std::{
    collections::BTreeMap,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex},
};

type Answers = Arc<Mutex<BTreeMap<String, (u16, Vec<u8>)>>>;

/// Ends with the test.
pub(crate) struct Site {
    address: SocketAddr,
    answers: Answers,
}

impl Site {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let site = Self {
            address: listener.local_addr().unwrap(),
            answers: Answers::default(),
        };
        let answers = Arc::clone(&site.answers);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut asked = Vec::new();
                let mut byte = [0];
                while !asked.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() > 0 {
                    asked.push(byte[0]);
                }
                let asked = String::from_utf8(asked).unwrap();
                let path = asked.split(' ').nth(1).unwrap_or_default();
                let (status, body) = answers
                    .lock()
                    .unwrap()
                    .get(path)
                    .cloned()
                    .unwrap_or((404, vec![]));
                let head = if status == 302 {
                    format!("Location: {}\r\n", String::from_utf8_lossy(&body))
                } else {
                    String::new()
                };
                let head = format!(
                    "HTTP/1.1 {status} x\r\nConnection: close\r\n{head}Content-Length: {}\r\n\r\n",
                    body.len()
                );
                let _ = stream.write_all(head.as_bytes());
                let _ = stream.write_all(&body);
            }
        });
        site
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn answer(&self, path: &str, status: u16, body: impl Into<Vec<u8>>) {
        let mut answers = self.answers.lock().unwrap();
        answers.insert(path.to_owned(), (status, body.into()));
    }
}
