//! Where the asynchronous server meets the synchronous engine.

use crate::fault::Fault;

/// Runs a call to the engine on a thread that may block.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        // The payload of a panic may quote what a form said: none of it is passed on.
        Err(_) => Err(Fault::Inside("a handler did not finish".into())),
    }
}
