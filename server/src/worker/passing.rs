//! Hands evidence to others: a signed POST to a webhook of the settings, or a mail with the file attached.
use super::{
    LOOK_EVERY, Workers,
    mail::Mailer,
    webhook::{Call, Poster},
    woken,
};
use crate::desk::{Desk, DeskError, Relayed};
use domain::passing::{Passing, Way};

/// Gives to others what people passed on.
pub struct Passer {
    desk: Desk,
    mailer: Mailer,
    poster: Poster,
    name: String,
}

/// Starts the worker.
pub(super) fn start(workers: &Workers, desk: &Desk) {
    let passer = match Passer::new(desk) {
        Ok(passer) => passer,
        Err(error) => return tracing::error!(%error, "nothing is passed on"),
    };
    let (desk, stop) = (desk.clone(), workers.stopping());
    workers.spawn(async move {
        while !stop.is_cancelled() {
            match passer.deliver_one().await {
                Ok(true) => {}
                Ok(false) => tokio::select! {
                    () = stop.cancelled() => break,
                    () = woken(&desk.wake.passing) => {}
                },
                Err(error) => {
                    tracing::error!(%error, "passing on");
                    tokio::time::sleep(LOOK_EVERY).await;
                }
            }
        }
    });
}

impl Passer {
    /// For the desk's settings.
    ///
    /// # Errors
    /// [`DeskError::Broken`] when `smtp.url` is not one.
    pub fn new(desk: &Desk) -> Result<Self, DeskError> {
        let name = format!("passer-{}", uuid::Uuid::now_v7().simple());
        Ok(Self { desk: desk.clone(), mailer: Mailer::new(desk, "passer")?, poster: Poster::new(desk), name })
    }

    /// Gives one that is owed; false when none is due.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn deliver_one(&self) -> Result<bool, DeskError> {
        let Some(delivery) = self.desk.begin_passing(&self.name).await? else { return Ok(false) };
        let passing = &delivery.passing;
        let relayed = match passing.way {
            Way::Mail => self.mailer.pass_on(passing).await,
            Way::Webhook => self.post(passing).await,
            Way::Download => Relayed::Taken("taken as a file".to_owned()),
        };
        if let Relayed::Later(answer) | Relayed::Away(answer) | Relayed::Never(answer) = &relayed {
            tracing::warn!(passing = %passing.id, answer, "not passed on");
        }
        self.desk.settle_passing(&self.name, &delivery, &relayed).await?;
        Ok(true)
    }

    async fn post(&self, passing: &Passing) -> Relayed {
        let config = self.desk.config();
        let key = |end: &str| format!("passon.{}.{end}", passing.target);
        let url = config.text(&key("url"));
        if url.is_empty() {
            return Relayed::Never("this webhook is not in the settings any more".to_owned());
        }
        let call = Call {
            url,
            id: &passing.id.to_string(),
            media_type: passing.media_type(),
            body: &passing.body,
            key: config.text(&key("key")),
            inside: config.text(&key("private")) == "yes",
            allowed_by: &key("private"),
        };
        self.poster.post(call).await
    }
}
