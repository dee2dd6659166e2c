//! A merchant's own program, which answers as it is told.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What it was told.
#[derive(Clone, Debug)]
pub struct Told {
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

#[derive(Clone)]
pub struct Receiver {
    pub address: SocketAddr,
    told: Arc<Mutex<Vec<Told>>>,
    /// Statuses of the next answers; then 204.
    answers: Arc<Mutex<VecDeque<u16>>>,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            address: listener.local_addr().unwrap(),
            told: Arc::default(),
            answers: Arc::default(),
        };
        let serving = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serving.clone().answer(stream));
            }
        });
        receiver
    }

    pub fn url(&self) -> String {
        format!("http://{}/hooks", self.address)
    }

    pub fn will_answer(&self, statuses: &[u16]) {
        self.answers.lock().unwrap().extend(statuses);
    }

    pub fn told(&self) -> Vec<Told> {
        self.told.lock().unwrap().clone()
    }

    async fn answer(self, mut stream: TcpStream) {
        let mut bytes = Vec::new();
        let mut buffer = [0_u8; 8_192];
        let (head, length) = loop {
            let Ok(read @ 1..) = stream.read(&mut buffer).await else {
                return;
            };
            bytes.extend_from_slice(&buffer[..read]);
            if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
                break (head, end + 4);
            }
        };
        let headers: BTreeMap<String, String> = head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
            .collect();
        let wanted: usize = headers
            .get("content-length")
            .map_or(0, |text| text.parse().unwrap());
        while bytes.len() < length + wanted {
            let Ok(read @ 1..) = stream.read(&mut buffer).await else {
                return;
            };
            bytes.extend_from_slice(&buffer[..read]);
        }
        let body = bytes[length..].to_vec();
        self.told.lock().unwrap().push(Told { headers, body });
        let status = self.answers.lock().unwrap().pop_front().unwrap_or(204);
        let answer =
            format!("HTTP/1.1 {status} X\r\ncontent-length: 5\r\nconnection: close\r\n\r\nheard");
        let answer = if status == 204 {
            "HTTP/1.1 204 X\r\nconnection: close\r\n\r\n".to_owned()
        } else {
            answer
        };
        let _ = stream.write_all(answer.as_bytes()).await;
    }
}
