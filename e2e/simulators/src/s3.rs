//! An S3 server on a folder: real signatures, real presigned addresses, objects as plain files.

mod cors;

use crate::Handle;
use anyhow::Context;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::net::{TcpListener, TcpStream};

/// What the server needs to know.
#[derive(Clone, Debug, clap::Args)]
pub struct Config {
    /// Folder of the objects; made when it is missing. Each bucket is a folder in it.
    #[arg(long)]
    pub root: PathBuf,
    #[arg(long, default_value = "127.0.0.1")]
    pub host: String,
    /// 0 takes a free port.
    #[arg(long, default_value_t = 9010)]
    pub port: u16,
    #[arg(long, env = "MINIO_ACCESS_KEY")]
    pub access_key: String,
    #[arg(long, env = "MINIO_SECRET_KEY", hide_env_values = true)]
    pub secret_key: String,
    /// Bucket that exists from the start; may be given several times.
    #[arg(long, default_value = "stores")]
    pub bucket: Vec<String>,
}

/// Starts the server and answers once it listens.
pub async fn start(config: Config) -> anyhow::Result<(SocketAddr, Handle)> {
    for bucket in &config.bucket {
        let folder = config.root.join(bucket);
        tokio::fs::create_dir_all(&folder)
            .await
            .with_context(|| format!("creating the bucket folder {}", folder.display()))?;
    }
    let files = FileSystem::new(&config.root)
        .map_err(|error| anyhow::anyhow!("opening {}: {error:?}", config.root.display()))?;
    let mut builder = S3ServiceBuilder::new(files);
    builder.set_auth(SimpleAuth::from_single(
        config.access_key,
        config.secret_key,
    ));
    let service = builder.build();

    let listener = TcpListener::bind((config.host.as_str(), config.port))
        .await
        .with_context(|| format!("listening on {}:{}", config.host, config.port))?;
    let address = listener.local_addr()?;
    Ok((
        address,
        Handle::new(tokio::spawn(accept(listener, service))),
    ))
}

async fn accept(listener: TcpListener, service: S3Service) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(serve(stream, service.clone()));
            }
            Err(error) => tracing::warn!(%error, "a connection was not accepted: {error}"),
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(stream: TcpStream, service: S3Service) {
    let answer = service_fn(move |request| cors::answer(service.clone(), request));
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), answer);
    if let Err(error) = connection.await {
        tracing::debug!(%error, "a connection ended early: {error}");
    }
}
