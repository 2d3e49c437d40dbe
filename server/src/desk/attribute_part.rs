//! The answers for a part of a report, asked on two connections where that is quicker.
use super::{Desk, DeskError, attribute::Attributor};
use chrono::{DateTime, Utc};
use domain::{attribution::Answer, event::Observation};

/// Fewer events are not worth a second connection.
const SPLIT_MIN: usize = 32;

/// Answers, and how much was known when they were given.
pub(super) struct Answers {
    /// In the order of the events.
    pub(super) given: Vec<Answer>,
    /// How often something new had been told of leases.
    pub(super) news: i64,
}

impl Desk {
    /// Whose each of these events was, as far as it is known now.
    pub(super) async fn answers(&self, seen: &[Observation], received_at: DateTime<Utc>) -> Result<Answers, DeskError> {
        let mut conn = self.store.read().await?;
        let attributor = Attributor::load(&mut conn, &self.resolvers).await?;
        let spare = if seen.len() < SPLIT_MIN { None } else { self.store.read_beside() };
        let given = match spare {
            None => attributor.answers(&mut conn, seen, received_at).await?,
            Some(mut beside) => {
                let (some, others) = seen.split_at(seen.len() / 2);
                let some = attributor.answers(&mut conn, some, received_at);
                let others = attributor.answers(&mut beside, others, received_at);
                let (mut given, others) = tokio::try_join!(some, others)?;
                given.extend(others);
                given
            }
        };
        Ok(Answers { given, news: attributor.news() })
    }
}
