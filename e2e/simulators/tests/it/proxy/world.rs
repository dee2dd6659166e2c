//! An upstream that says everything back, a pair before it, and a client.

use simulators::proxy::Pair;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Longer than anything here takes, shorter than a test may.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// Long enough to see that nothing comes.
pub const SILENCE: Duration = Duration::from_millis(150);

pub struct World {
    pub pair: Pair,
    echo: JoinHandle<()>,
}

impl World {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let upstream = listener.local_addr().unwrap().to_string();
        let echo = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(say_back(stream));
            }
        });
        let pair = Pair::start("127.0.0.1:0", &upstream).await.unwrap();
        Self { pair, echo }
    }

    pub async fn connect(&self) -> Client {
        Client(TcpStream::connect(self.pair.address()).await.unwrap())
    }

    /// Waits until so many connections are open.
    pub async fn open(&self, count: u64) {
        let opened = async {
            while self.pair.counted().open != count {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, opened).await.unwrap();
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.echo.abort();
    }
}

async fn say_back(mut stream: TcpStream) {
    let (mut from, mut to) = stream.split();
    if tokio::io::copy(&mut from, &mut to).await.is_ok() {
        let _ = to.shutdown().await;
    }
}

pub struct Client(pub TcpStream);

impl Client {
    pub async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// The next `count` bytes.
    pub async fn hear(&mut self, count: usize) -> std::io::Result<Vec<u8>> {
        let mut bytes = vec![0; count];
        let read = self.0.read_exact(&mut bytes);
        tokio::time::timeout(PATIENCE, read)
            .await
            .expect("an answer or an end")?;
        Ok(bytes)
    }

    /// Everything until the end, and how it ended.
    pub async fn hear_all(&mut self) -> (Vec<u8>, Option<std::io::ErrorKind>) {
        let mut bytes = Vec::new();
        let read = self.0.read_to_end(&mut bytes);
        let ended = tokio::time::timeout(PATIENCE, read).await.expect("an end");
        (bytes, ended.err().map(|error| error.kind()))
    }

    pub async fn ask(&mut self, text: &str) -> String {
        self.send(text).await;
        String::from_utf8(self.hear(text.len()).await.unwrap()).unwrap()
    }

    pub async fn hears_nothing(&mut self) -> bool {
        let mut byte = [0];
        tokio::time::timeout(SILENCE, self.0.read(&mut byte))
            .await
            .is_err()
    }
}
