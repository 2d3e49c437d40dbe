//! Compares the network with the desk every minute, and repairs both ways.
use crate::{desk::Desk, enforcement::Network};
use domain::enforcement::Findings;

/// One comparison.
pub async fn compare(desk: &Desk, network: &Network) {
    super::enforcement::remember(desk, network).await;
    let wanted = match desk.reconcile_wanted().await {
        Ok(wanted) => wanted,
        Err(error) => {
            tracing::warn!(%error, "the network is compared later");
            return;
        }
    };
    let outcome = match network.backend().list().await {
        Ok(held) => desk.reconcile(&wanted, held).await.map_err(|error| error.to_string()),
        Err(problem) => Err(problem),
    };
    let findings = outcome.unwrap_or_else(|problem| Findings {
        at: Some(desk.clock().now()),
        problem: Some(problem),
        ..network.findings()
    });
    if let Some(problem) = &findings.problem {
        tracing::warn!(problem, "the network could not be compared");
    }
    let repaired = findings.missing.len() + findings.left_over.len();
    if repaired + findings.strangers.len() > 0 {
        tracing::warn!(repaired, strangers = findings.strangers.len(), "the network held something else than ordered");
    }
    network.found(findings);
}
