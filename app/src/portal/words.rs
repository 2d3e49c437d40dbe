//! Every sentence of the customer's pages, one table per language; a missing one does not compile.
mod de;
mod en;

use domain::{language::Language, portal::DetailKind};

/// The sentences of one language. Fields with a blank in them are functions of what fills it.
pub(super) struct Words {
    /// Name of the other language in that language, and its tag.
    pub(super) other: (&'static str, &'static str),
    pub(super) error_prefix: &'static str,

    // The headline and the box below it.
    pub(super) head_restricted: fn(&str) -> String,
    pub(super) head_coming: fn(&str) -> String,
    pub(super) head_lifting: &'static str,
    pub(super) head_waiting: &'static str,
    pub(super) head_released: &'static str,
    pub(super) head_closed: &'static str,
    pub(super) since: fn(&str) -> String,
    pub(super) from: fn(&str) -> String,
    pub(super) back_at_once: &'static str,
    pub(super) back_by_person: &'static str,
    pub(super) back_asked: &'static str,
    pub(super) back_lifting: &'static str,
    pub(super) ends: fn(&str) -> String,
    pub(super) told: &'static str,
    pub(super) answer_by: fn(&str) -> String,
    pub(super) waiting: &'static str,
    pub(super) released: &'static str,
    pub(super) watched: fn(&str) -> String,
    pub(super) closed: &'static str,

    // After a statement was sent.
    pub(super) thanks: &'static str,
    pub(super) thanks_lifting: &'static str,
    pub(super) thanks_person: &'static str,
    pub(super) thanks_help: &'static str,
    pub(super) thanks_dispute: &'static str,
    pub(super) thanks_other: &'static str,
    pub(super) receipt: fn(i64) -> String,

    // What was seen and what to do.
    pub(super) desk_wrote: fn(&str) -> String,
    pub(super) saw: &'static str,
    pub(super) seen_once: fn(&str) -> String,
    pub(super) seen_often: fn(&str, &str, &str) -> String,
    pub(super) no_blame: &'static str,
    pub(super) todo: &'static str,
    pub(super) can_do: &'static str,

    // The form.
    pub(super) tell: &'static str,
    pub(super) more_to_say: &'static str,
    pub(super) choose: &'static str,
    pub(super) fixed: &'static str,
    pub(super) fixed_self: fn(i64) -> String,
    pub(super) fixed_person: &'static str,
    pub(super) fixed_told: &'static str,
    pub(super) help: &'static str,
    pub(super) help_phone: fn(&str) -> String,
    pub(super) help_write: &'static str,
    pub(super) not_me: &'static str,
    pub(super) not_me_hint: &'static str,
    pub(super) dispute: &'static str,
    pub(super) dispute_hint: &'static str,
    pub(super) text: &'static str,
    pub(super) text_hint: &'static str,
    pub(super) send: &'static str,
    pub(super) no_password: &'static str,
    pub(super) fault_head: &'static str,
    pub(super) fault_choose: &'static str,
    pub(super) fault_did: &'static str,
    pub(super) fault_why: &'static str,
    pub(super) fault_long: fn(usize, usize) -> String,

    // More about this.
    pub(super) more: &'static str,
    pub(super) why: &'static str,
    pub(super) reason: &'static str,
    pub(super) by_person: &'static str,
    pub(super) by_machine: &'static str,
    pub(super) lasts: fn(&str, &str) -> String,
    pub(super) review: fn(&str) -> String,
    pub(super) redress: fn(Option<&str>) -> String,
    pub(super) technical: &'static str,
    pub(super) kind: &'static str,
    pub(super) first: &'static str,
    pub(super) last: &'static str,
    pub(super) count: &'static str,
    pub(super) source: &'static str,
    pub(super) service: &'static str,
    pub(super) detail: fn(DetailKind) -> &'static str,
    pub(super) sights: &'static str,
    pub(super) said: &'static str,
    pub(super) you: &'static str,
    pub(super) desk: &'static str,
    pub(super) left_out: fn(usize) -> String,
    pub(super) noticed: fn(&str) -> String,
    pub(super) restricted: &'static str,
    pub(super) lifted: &'static str,
    pub(super) refused: &'static str,
    pub(super) upheld: &'static str,
    pub(super) rejected: &'static str,
    pub(super) was_closed: &'static str,

    // The foot.
    pub(super) case: &'static str,
    pub(super) yours: fn(&str) -> String,
    pub(super) questions: &'static str,
    pub(super) zone: fn(&str) -> String,
    pub(super) print: &'static str,
    pub(super) short: &'static str,

    // Pages that know no customer.
    pub(super) garden_head: &'static str,
    pub(super) garden: &'static [&'static str],
    pub(super) garden_find: &'static str,
    pub(super) garden_steps: &'static [&'static str],
    pub(super) expired_head: &'static str,
    pub(super) expired: &'static [&'static str],
    pub(super) mistaken_head: &'static str,
    pub(super) mistaken: &'static [&'static str],
    pub(super) unknown_head: &'static str,
    pub(super) unknown: &'static [&'static str],
    pub(super) reach: &'static str,
    pub(super) phone: &'static str,
    pub(super) mail: &'static str,
    pub(super) reach_bill: &'static str,
}

impl Words {
    pub(super) const fn of(language: Language) -> &'static Self {
        match language {
            Language::En => &en::WORDS,
            Language::De => &de::WORDS,
        }
    }
}
