//! Mail by SMTP (RFC 5321) into the same inbox: as much of the protocol as a client that submits
//! needs, without encryption because nothing leaves the machine.

mod message;
mod session;

use super::Sim;
use session::Session;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Takes connections until the simulator stops.
pub(super) async fn serve(sim: Arc<Sim>, listener: TcpListener) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let session = Session::new(Arc::clone(&sim), stream);
                tokio::spawn(async move {
                    if let Err(error) = session.run().await {
                        tracing::debug!(%error, "an SMTP connection broke: {error}");
                    }
                });
            }
            Err(error) => tracing::warn!(%error, "no SMTP connection was taken: {error}"),
        }
    }
}
