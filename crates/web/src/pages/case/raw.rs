//! A report to the byte, as a file. A browser must neither show it nor guess what it is: whoever
//! reported chose every byte of it.

use axum::{
    extract::Path,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::case_id;
use crate::{blocking::blocking, fault::Fault, visit::Visit};

/// A report of a case in an address.
#[derive(Deserialize)]
pub(crate) struct ReportPath {
    case: String,
    report: String,
}

/// The file, for whoever may see who reported it.
pub(crate) async fn show(visit: Visit, Path(at): Path<ReportPath>) -> Result<Response, Fault> {
    blocking(move || {
        let report = at.report.parse().map_err(|_| Fault::NotFound)?;
        let engine = &visit.hall.engine;
        let (name, bytes) = engine.raw_report(case_id(&at.case)?, visit.person, report)?;
        let headers = [
            (CONTENT_TYPE, "application/octet-stream".to_owned()),
            (CONTENT_DISPOSITION, format!("attachment; filename=\"report-{name}\"")),
        ];
        Ok((headers, bytes).into_response())
    })
    .await
}
