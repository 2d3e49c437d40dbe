//! Resolvers: systems that are asked who had an address. One worker of all replicas asks each, a few questions at a time
//! and no faster than it may. Whatever it does (nothing, garbage, lies), nothing is guessed and nothing is given up.
use super::resolver_call::{Caller, Reply};
use crate::{
    config::resolver::Resolver,
    desk::{Desk, DeskError, Due, Turn},
    worker::woken,
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    lease::resolver::{NoAnswer, judged},
    limit::retry_wait,
};
use std::time::{Duration, Instant};
use tokio::{sync::Mutex, time::sleep};
use tokio_util::sync::CancellationToken;

/// How often it is looked whether nobody else asks.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often it is said that this worker still asks; less than the lease of a channel.
const KEEP_EVERY: TimeDelta = TimeDelta::seconds(45);
/// Questions under way at the same time.
const AT_ONCE: usize = 4;

/// What became of a look for questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// None was due.
    Idle,
    /// One was answered.
    Answered,
    /// One has to be put again: what came is no answer.
    Wrong(String),
    /// One has to be put again: the resolver does not know so much yet.
    TooEarly,
    /// The resolver itself does not work: it is left alone for a while.
    Away(String, Option<TimeDelta>),
}

/// Asks one resolver.
pub struct Asker {
    desk: Desk,
    resolver: Resolver,
    caller: Caller,
    worker: String,
    /// When the next question may begin.
    next: Mutex<Instant>,
}

impl Asker {
    /// For a resolver of the settings.
    ///
    /// # Errors
    /// When TLS cannot be set up, in plain words.
    pub fn new(desk: &Desk, resolver: &Resolver) -> Result<Self, String> {
        let worker = format!("resolver-{}", uuid::Uuid::now_v7().simple());
        let (desk, resolver, next) = (desk.clone(), resolver.clone(), Mutex::new(Instant::now()));
        Ok(Self { caller: Caller::new(&resolver)?, desk, resolver, worker, next })
    }

    /// Puts one question that is due, and writes down what came of it.
    ///
    /// # Errors
    /// Only when the store fails; the question is then put again after the job's lease.
    pub async fn step(&self) -> Result<Step, DeskError> {
        let Some(due) = self.desk.resolver_take(&self.resolver, &self.worker).await? else { return Ok(Step::Idle) };
        self.pace().await;
        let asked_at = self.desk.clock().now();
        let reply = self.caller.ask(&due.question, due.skew).await;
        match reply {
            Reply::Said(answer) => match judged(&due.question, due.skew, &answer, asked_at) {
                Ok(told) => match self.desk.resolver_answered(&self.resolver, &self.worker, &due, &told).await? {
                    None => Ok(Step::Answered),
                    Some(problem) => self.wrong(&due, problem).await,
                },
                Err(NoAnswer::Wrong(problem)) => self.wrong(&due, problem).await,
                Err(NoAnswer::TooEarly(through)) => self.too_early(&due, through).await,
            },
            Reply::Useless(problem) => self.wrong(&due, problem).await,
            Reply::Away(problem, pause) => {
                // Due at once: when the resolver is asked again is settled for all its questions together.
                self.desk.resolver_tried(&self.worker, &due, &problem, self.desk.clock().now()).await?;
                Ok(Step::Away(problem, pause))
            }
        }
    }

    async fn wrong(&self, due: &Due, problem: String) -> Result<Step, DeskError> {
        let again = self.desk.clock().now() + retry_wait(due.job.attempts);
        self.desk.resolver_tried(&self.worker, due, &problem, again).await?;
        Ok(Step::Wrong(problem))
    }

    async fn too_early(&self, due: &Due, through: DateTime<Utc>) -> Result<Step, DeskError> {
        let now = self.desk.clock().now();
        let over = due.question.to + due.skew + TimeDelta::seconds(1);
        // Just now is no fault: it is asked when the time has passed.
        let problem = if over > now { String::new() } else { format!("knows only up to {}", through.to_rfc3339()) };
        self.desk.resolver_tried(&self.worker, due, &problem, over.max(now + retry_wait(due.job.attempts))).await?;
        Ok(Step::TooEarly)
    }

    /// Waits for this question's turn.
    async fn pace(&self) {
        let mut next = self.next.lock().await;
        let now = Instant::now();
        if let Some(wait) = next.checked_duration_since(now) {
            sleep(wait).await;
        }
        *next = now.max(*next) + self.resolver.pause;
    }

    fn channel(&self) -> &str {
        self.resolver.source.as_str()
    }

    /// A few questions at a time, until the resolver fails, another worker has it, or `stop`.
    async fn serve(&self, turn: Turn<'_>, stop: &CancellationToken) -> Result<Result<(), Trouble>, DeskError> {
        let mut kept_at = self.desk.clock().now();
        let mut failing = true;
        while !stop.is_cancelled() {
            if self.desk.clock().now() - kept_at >= KEEP_EVERY {
                kept_at = self.desk.clock().now();
                if !self.desk.channel_keep(turn).await? {
                    return Ok(Ok(()));
                }
            }
            let steps = futures_util::future::join_all((0..AT_ONCE).map(|_| self.step())).await;
            let steps: Vec<Step> = steps.into_iter().collect::<Result<_, _>>()?;
            for step in &steps {
                match step {
                    Step::Wrong(problem) => {
                        tracing::warn!(resolver = self.channel(), problem, "this is no answer");
                        self.desk.channel_failed(self.channel(), problem).await?;
                        failing = true;
                    }
                    Step::Answered if failing => {
                        self.desk.channel_went_well(self.channel(), None).await?;
                        failing = false;
                    }
                    Step::Away(problem, pause) => return Ok(Err(Trouble { problem: problem.clone(), pause: *pause })),
                    Step::Answered | Step::TooEarly | Step::Idle => {}
                }
            }
            if steps.iter().all(|step| *step == Step::Idle) {
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = woken(&self.desk.wake.resolver) => {}
                }
            }
        }
        Ok(Ok(()))
    }
}

/// Why a resolver is left alone, and for how long it asked to be.
struct Trouble {
    problem: String,
    pause: Option<TimeDelta>,
}

/// Asks a resolver whatever is owed, whenever no other worker does, until it is asked to stop.
pub(super) async fn run(desk: Desk, resolver: Resolver, holder: String, stop: CancellationToken) {
    while let Err(error) = desk.resolver_set_up(&resolver).await {
        tracing::warn!(resolver = %resolver.source, %error, "the store is away");
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(LOOK_EVERY) => {}
        }
    }
    let turn = Turn { channel: resolver.source.as_str(), holder: &holder };
    while !stop.is_cancelled() {
        match desk.channel_take(turn).await {
            Ok(Some(_)) => one_turn(&desk, &resolver, turn, &stop).await,
            Ok(None) => {}
            Err(error) => tracing::warn!(resolver = %resolver.source, %error, "the store is away"),
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = sleep(LOOK_EVERY) => {}
        }
    }
}

async fn one_turn(desk: &Desk, resolver: &Resolver, turn: Turn<'_>, stop: &CancellationToken) {
    let outcome = match Asker::new(desk, resolver) {
        Ok(asker) => asker.serve(turn, stop).await,
        Err(problem) => Ok(Err(Trouble { problem, pause: None })),
    };
    let due = match outcome {
        Ok(Ok(())) => Ok(desk.clock().now()),
        Ok(Err(Trouble { problem, pause })) => {
            tracing::warn!(resolver = turn.channel, problem, "a resolver does not work");
            let asked = pause.map_or(DateTime::<Utc>::MIN_UTC, |pause| desk.clock().now() + pause);
            desk.channel_failed(turn.channel, &problem).await.map(|due| due.max(asked))
        }
        Err(error) => Err(error),
    };
    let done = match due {
        Ok(due) => desk.channel_let_go(turn, due).await,
        Err(error) => Err(error),
    };
    if let Err(error) = done {
        tracing::warn!(resolver = turn.channel, %error, "the store is away");
    }
}
