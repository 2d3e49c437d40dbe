//! Staff sessions in the store, found by the SHA-256 of their id.
use crate::desk::Desk;
use chrono::{DateTime, Utc};
use domain::id::UserId;
use sha2::{Digest, Sha256};
use std::fmt;
use store::{Chore, SessionRow, StoreError};
use tower_sessions::{
    SessionStore,
    cookie::time::OffsetDateTime,
    session::{Id, Record},
    session_store::{Error, Result},
};

/// Key of the signed-in account in a session.
pub(crate) const USER: &str = "user";

/// Sessions of a desk.
#[derive(Clone)]
pub(crate) struct Sessions(pub(crate) Desk);

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

fn hashed(id: &Id) -> Vec<u8> {
    Sha256::digest(id.0.to_be_bytes()).to_vec()
}

fn row(record: &Record) -> Result<SessionRow> {
    let user = record.data.get(USER).and_then(|value| value.as_str()).and_then(|text| text.parse::<UserId>().ok());
    let data = serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
    let expires_at = DateTime::<Utc>::from_timestamp(record.expiry_date.unix_timestamp(), 0).unwrap_or_default();
    Ok(SessionRow { id_hash: hashed(&record.id), user, data, expires_at })
}

fn failed(error: &StoreError) -> Error {
    Error::Backend(error.to_string())
}

impl Sessions {
    async fn written(&self, record: &Record, new: bool) -> std::result::Result<(), StoreError> {
        let Ok(row) = row(record) else { return Ok(()) };
        let mut tx = self.0.store().write().await?;
        let now = tx.now();
        if new {
            tx.session_add(&row, now).await?
        } else {
            tx.session_save(&row, now).await?
        }
        tx.commit_chore(Chore::Session).await
    }
}

#[async_trait::async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        loop {
            match self.written(record, true).await {
                // Somebody else's id: draw another, never share.
                Err(StoreError::Conflict(_)) => record.id = Id::default(),
                other => return other.map_err(|error| failed(&error)),
            }
        }
    }

    async fn save(&self, record: &Record) -> Result<()> {
        self.written(record, false).await.map_err(|error| failed(&error))
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let now = self.0.clock().now();
        let mut conn = self.0.store().read().await.map_err(|error| failed(&error))?;
        let Some(row) = conn.session_by_hash(&hashed(id), now).await.map_err(|error| failed(&error))? else {
            return Ok(None);
        };
        let data = serde_json::from_str(&row.data).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(row.expires_at.timestamp())
            .map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let forget = async {
            let mut tx = self.0.store().write().await?;
            tx.session_forget(&hashed(id)).await?;
            tx.commit_chore(Chore::Session).await
        };
        forget.await.map_err(|error: StoreError| failed(&error))
    }
}
